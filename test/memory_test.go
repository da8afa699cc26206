package test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// Near the limit of -m nothing is accepted, what was begun ends, and it goes on
// when there is room again.
func TestMemoryLimit(t *testing.T) {
	const limit = 96 // MiB
	s := newService(t)
	p := harness.Start(t, harness.Options{Standalone: true, Await: []string{s.HTTP}, Args: []string{"-m", fmt.Sprint(limit)},
		Config: "global\n    tune.bufsize 1m\n" + s.Config("", "")})
	held := harness.Dial(t, s.HTTP)
	io.WriteString(held, "GET /hold?size=1000 HTTP/1.1\r\nHost: test\r\n\r\n")
	answer := bufio.NewReader(held)
	if _, err := answer.Peek(1); err != nil {
		t.Fatal(err)
	}
	// Heads that do not end have to be kept.
	head := "GET / HTTP/1.1\r\nHost: test\r\nX: " + strings.Repeat("x", 600<<10)
	var fill []net.Conn
	near := func() bool { return strings.Contains(p.Output(), "near the limit of 96 MB (-m)") }
	for range 400 {
		c, err := net.DialTimeout("tcp", s.HTTP, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		fill = append(fill, c)
		c.SetWriteDeadline(time.Now().Add(2 * time.Second))
		if _, err := io.WriteString(c, head); err != nil || near() {
			break // it is not read any more
		}
	}
	eventually(t, 5*time.Second, "notice of the limit", func() error {
		if !near() {
			return fmt.Errorf("not after %d connections", len(fill))
		}
		return nil
	})
	late := harness.Dial(t, s.HTTP)
	io.WriteString(late, "GET /echo HTTP/1.1\r\nHost: test\r\n\r\n")
	late.SetReadDeadline(time.Now().Add(time.Second))
	if _, err := late.Read(make([]byte, 1)); err == nil {
		t.Error("a connection was accepted near the limit")
	}
	if rss := harness.RSS(t, p.Pid); rss > 2*limit<<20 { // the executable's own pages are no part of the limit
		t.Errorf("%d MiB are resident", rss>>20)
	}
	s.Origin.Release()
	if a, err := harness.ReadAnswer(answer, "GET"); err != nil || a.Err != nil || len(a.Body) != 1000 {
		t.Errorf("the answer that was under way: %+v, %v", a, err)
	}
	for _, c := range fill {
		c.Close()
	}
	late.SetReadDeadline(time.Now().Add(10 * time.Second))
	if a, err := harness.ReadAnswer(bufio.NewReader(late), "GET"); err != nil || a.Status != 200 {
		t.Errorf("the connection that waited: %+v, %v", a, err)
	}
	p.Signal(syscall.SIGTERM)
	if rc := p.AwaitExit(5 * time.Second); rc != 128+int(syscall.SIGTERM) {
		t.Errorf("exit status %d", rc)
	}
}

// A limit below what the process takes anyway is refused.
func TestMemoryLimitTooLow(t *testing.T) {
	s := newService(t)
	p := harness.Start(t, harness.Options{Standalone: true, NoWait: true, Args: []string{"-m", "1"}, Config: s.Config("", "")})
	if rc := p.AwaitExit(10 * time.Second); rc != 1 {
		t.Errorf("exit status %d, want 1", rc)
	}
	p.AwaitOutput(`The configuration alone takes \d+ MB of memory, too much for the limit of 1 MB`, time.Second)
}

// The master stays small whatever it starts and loads again.
func TestMasterMemory(t *testing.T) {
	const target = 18 << 20
	s := newService(t)
	var b strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&b, "backend many%d\n    option forwardfor\n    server s0 127.0.0.1:%d\n    server s1 127.0.0.1:%d\n", i, 8000+i%1000, 9000+i%1000)
	}
	p := s.Start(t, "", b.String())
	var most int64
	for n := range 4 {
		if n > 0 {
			p.MustReload()
		}
		// What a load takes for a moment is given back within a second.
		eventually(t, 10*time.Second, "a small master", func() error {
			rss := harness.RSS(t, p.Pid)
			if rss >= target {
				return fmt.Errorf("%d KiB after load %d", rss>>10, n+1)
			}
			most = max(most, rss)
			return nil
		})
	}
	noted(t, "20,000 backends: resident memory of the master %d KiB", most>>10)
}
