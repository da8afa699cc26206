package check

import (
	"encoding/hex"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// fake is a server that does what a script says, on memory.
type fake struct {
	script []string
	drip   bool // sends a byte at a time
	mu     sync.Mutex
	heard  [][]byte // by connection
	ended  sync.WaitGroup
}

func (f *fake) dial(_, address string, _ time.Duration) (net.Conn, error) {
	port := address[strings.LastIndexByte(address, ':')+1:]
	if f.script[0] == "refuse" || port != "80" {
		return nil, &net.OpError{Op: "dial", Err: &os.SyscallError{Syscall: "connect", Err: syscall.ECONNREFUSED}}
	}
	client, server := net.Pipe()
	f.mu.Lock()
	n := len(f.heard)
	f.heard = append(f.heard, nil)
	f.mu.Unlock()
	c := &fakeConn{Conn: client}
	f.ended.Go(func() { f.serve(server, c, n) })
	return c, nil
}

// fakeConn is the client's end; a server may reset it.
type fakeConn struct {
	net.Conn
	mu  sync.Mutex
	rst bool
}

func (c *fakeConn) was(err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rst && (err == io.EOF || err == io.ErrClosedPipe) {
		return &net.OpError{Op: "read", Err: &os.SyscallError{Syscall: "read", Err: syscall.ECONNRESET}}
	}
	return err
}

func (c *fakeConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	return n, c.was(err)
}

func (c *fakeConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	return n, c.was(err)
}

func (f *fake) serve(c net.Conn, client *fakeConn, n int) {
	defer c.Close()
	more := make(chan struct{}, 1)
	done := make(chan struct{})
	go func() { // as the kernel does, take what comes
		defer close(done)
		b := make([]byte, 4096)
		for {
			k, err := c.Read(b)
			f.mu.Lock()
			f.heard[n] = append(f.heard[n], b[:k]...)
			f.mu.Unlock()
			select {
			case more <- struct{}{}:
			default:
			}
			if err != nil {
				return
			}
		}
	}()
	used := 0
	wait := func(enough func(b []byte) int) {
		for {
			f.mu.Lock()
			k := enough(f.heard[n][used:])
			f.mu.Unlock()
			if k >= 0 {
				used += k
				return
			}
			select {
			case <-more:
			case <-done:
				return
			}
		}
	}
	for _, s := range f.script {
		word, arg, _ := strings.Cut(s, " ")
		switch word {
		case "recv":
			want, _ := strconv.Atoi(arg)
			wait(func(b []byte) int {
				if len(b) < want {
					return -1
				}
				return want
			})
		case "rxreq":
			wait(func(b []byte) int {
				head, _, ok := strings.Cut(string(b), "\r\n\r\n")
				size := len(head) + 4
				if _, v, found := strings.Cut(head, "content-length: "); found {
					k, _ := strconv.Atoi(strings.SplitN(v, "\r\n", 2)[0])
					size += k
				}
				if !ok || len(b) < size {
					return -1
				}
				return size
			})
		case "send":
			text, err := strconv.Unquote(`"` + strings.ReplaceAll(arg, `"`, `\"`) + `"`)
			if err != nil {
				panic(s)
			}
			f.say(c, []byte(text))
		case "sendhex":
			b, err := hex.DecodeString(strings.ReplaceAll(arg, " ", ""))
			if err != nil {
				panic(s)
			}
			f.say(c, b)
		case "sleep":
			d, _ := strconv.ParseFloat(arg, 64)
			time.Sleep(time.Duration(d * float64(time.Second)))
		case "rst":
			client.mu.Lock()
			client.rst = true
			client.mu.Unlock()
			return
		case "drain", "hold":
			<-done
		}
	}
}

func (f *fake) say(c net.Conn, b []byte) {
	if !f.drip {
		_, _ = c.Write(b)
		return
	}
	for i := range b {
		_, _ = c.Write(b[i : i+1])
	}
}

// spec makes the check of a backend with these lines.
func spec(t testing.TB, name string, lines []string) *Spec {
	t.Helper()
	text := "defaults\n mode http\n timeout connect 1s\n timeout client 1s\n timeout server 1s\nbackend " + name + "\n " + strings.Join(lines, "\n ") + "\n"
	parsed, d := config.Parse([]config.File{{Name: "t.cfg", Data: []byte(text)}}, config.Options{})
	if d.Failed() {
		t.Fatal(d.List)
	}
	p := parsed.Proxies[0]
	script, fault := Compile(&p.Checks, &sample.Scope{}, nil)
	if fault != nil {
		t.Fatalf("line %d: %s", fault.Pos.Line, fault.Text)
	}
	return &Spec{Target: Target{Network: "tcp", Address: "127.0.0.1:80"}, Backend: name, Server: "srv", Script: script,
		Inter: 600 * time.Millisecond, Connect: p.Timeouts.Connect, Read: p.Timeouts.Check}
}
