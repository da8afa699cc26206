package stream

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
)

// noise has bytes that tell where they are.
var noise = func() []byte {
	b := make([]byte, 6<<20)
	rand.NewChaCha8([32]byte{}).Read(b)
	return b
}()

func content(n int) []byte { return noise[n%1000:][:n:n] }

// With splicing, bodies of every framing and size arrive as they were sent, and the
// connections to servers are kept; large ones went through pipes.
func TestSplicedBodies(t *testing.T) {
	for _, x := range []struct {
		name string
		set  func(r *real)
		most bool // nearly all of it goes through pipes
	}{
		{"always", func(r *real) { r.fe.SpliceUp, r.be.SpliceDown = true, true }, true},
		{"auto", func(r *real) { r.be.SpliceAuto = true }, true},
		{"small pipes", func(r *real) { r.be.SpliceUp, r.fe.SpliceDown = true, true; r.tune.PipeSize = 4096 }, true},
		{"two pipes", func(r *real) { r.fe.SpliceAuto = true; r.tune.MaxPipes = 2 }, false},
		{"none", func(r *real) { r.be.SpliceAuto = true; r.tune.NoSplice = true }, false},
	} {
		t.Run(x.name, func(t *testing.T) {
			var conns atomic.Int64
			s := &http.Server{Handler: http.HandlerFunc(echoBody), ConnState: func(_ net.Conn, s http.ConnState) {
				if s == http.StateNew {
					conns.Add(1)
				}
			}}
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			go s.Serve(l)
			t.Cleanup(func() { s.Close() })
			r := newReal(t, true, 2, func(r *real) {
				x.set(r)
				r.be.Reuse = config.ReuseAlways
			}, l.Addr().String())
			var wg sync.WaitGroup
			for c := range 2 {
				wg.Go(func() { askBodies(t, r.at, c) })
			}
			wg.Wait()
			if n := conns.Load(); n > 8 {
				t.Errorf("%d connections to the server: they were not kept", n)
			}
			spliced := r.e.Spliced()
			if x.most && spliced < 20<<20 || x.name == "none" && spliced > 0 {
				t.Errorf("%d bytes went through pipes", spliced)
			}
			// The client has its last byte before the loop gives the pipe back.
			for end := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
				open, free := r.e.Pipes()
				if open == free {
					break
				}
				if time.Now().After(end) {
					t.Fatalf("%d pipes open, %d of them free", open, free)
				}
			}
		})
	}
}

// echoBody sends the body back: with a length, or in chunks when the client asks for
// that.
func echoBody(w http.ResponseWriter, q *http.Request) {
	b, err := io.ReadAll(q.Body)
	if err != nil {
		http.Error(w, err.Error(), 500)
		return
	}
	if q.Header.Get("Chunks") == "" {
		w.Header().Set("Content-Length", fmt.Sprint(len(b)))
		w.Write(b)
		return
	}
	for len(b) > 0 {
		n := min(len(b), 300_000)
		w.Write(b[:n])
		w.(http.Flusher).Flush()
		b = b[n:]
	}
}

func askBodies(t *testing.T, at string, c int) {
	tr := &http.Transport{WriteBufferSize: 1 << 20, ReadBufferSize: 1 << 20}
	defer tr.CloseIdleConnections()
	client := &http.Client{Transport: tr, Timeout: 30 * time.Second}
	for i, size := range []int{0, 10, 100_000, 3 << 20, 70_000, 5 << 20, 1, 1<<20 + 1} {
		want := content(size)
		var body io.Reader = bytes.NewReader(want)
		chunks := (i+c)%2 == 0
		if chunks {
			body = struct{ io.Reader }{body} // its length is not known
		}
		q, _ := http.NewRequest("POST", "http://"+at+"/", body)
		if chunks {
			q.Header.Set("Chunks", "1")
		}
		res, err := client.Do(q)
		if err != nil {
			t.Errorf("%d bytes: %v", size, err)
			return
		}
		got, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != 200 || !bytes.Equal(got, want) {
			t.Errorf("%d bytes: status %d, %d came back, %v", size, res.StatusCode, len(got), err)
			return
		}
	}
}

// peers are a client and a server of one spliced exchange, by hand.
func splicedPeers(t *testing.T, r func() *real, l net.Listener, request string) (client, server net.Conn) {
	t.Helper()
	client, err := net.Dial("tcp", r().at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	client.SetDeadline(time.Now().Add(20 * time.Second))
	io.WriteString(client, request)
	if server, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	server.SetDeadline(time.Now().Add(20 * time.Second))
	return client, server
}

func newSpliced(t *testing.T) (*real, net.Listener) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return newReal(t, true, 1, func(r *real) {
		r.fe.SpliceUp, r.fe.SpliceDown = true, true
	}, l.Addr().String()), l
}

const size = 3 << 20

// What does not end as it should ends as it does without splicing.
func TestSplicedBodyCut(t *testing.T) {
	r, l := newSpliced(t)
	of := func() *real { return r }
	head := func(s net.Conn) {
		t.Helper()
		if _, err := http.ReadRequest(bufio.NewReader(s)); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("the server ends in the middle", func(t *testing.T) {
		c, s := splicedPeers(t, of, l, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		head(s)
		go func() {
			fmt.Fprintf(s, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", size)
			s.Write(content(size / 2))
			s.Close()
		}()
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(res.Body)
		if err != io.ErrUnexpectedEOF || !bytes.Equal(got, content(size/2)) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	})
	t.Run("until the end of the connection", func(t *testing.T) {
		c, s := splicedPeers(t, of, l, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		head(s)
		go func() {
			io.WriteString(s, "HTTP/1.1 200 OK\r\n\r\n")
			s.Write(content(size))
			s.Close()
		}()
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(res.Body); err != nil || !bytes.Equal(got, content(size)) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	})
	t.Run("the client goes away", func(t *testing.T) {
		c, s := splicedPeers(t, of, l, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		head(s)
		fmt.Fprintf(s, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", 1<<40)
		go func() {
			io.ReadFull(c, make([]byte, 2<<20))
			c.Close()
		}()
		if n, err := io.Copy(s, endless{}); err == nil || n < 2<<20 {
			t.Errorf("the server sent %d bytes, %v", n, err)
		}
	})
	t.Run("the server answers early", func(t *testing.T) {
		c, s := splicedPeers(t, of, l, fmt.Sprintf("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n", 1<<40))
		head(s)
		go io.Copy(c, endless{})
		io.CopyN(io.Discard, s, 1<<20)
		io.WriteString(s, "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
		s.(*net.TCPConn).CloseWrite()
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || res.StatusCode != 413 {
			t.Fatalf("%v, %v", res, err)
		}
		if got, _ := io.ReadAll(res.Body); string(got) != "no" {
			t.Errorf("%q", got)
		}
	})
	t.Run("bytes after the body are another answer's", func(t *testing.T) {
		c, s := splicedPeers(t, of, l, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		head(s)
		go func() {
			fmt.Fprintf(s, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", size)
			s.Write(content(size))
			io.WriteString(s, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong")
		}()
		in := bufio.NewReader(c)
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(res.Body); err != nil || !bytes.Equal(got, content(size)) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
		io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		other, err := l.Accept() // the first connection is not used again
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		head(other)
		io.WriteString(other, "HTTP/1.1 204 No Content\r\n\r\n")
		if res, err := http.ReadResponse(in, nil); err != nil || res.StatusCode != 204 {
			t.Errorf("%v, %v", res, err)
		}
	})
	t.Run("a request behind a spliced one", func(t *testing.T) {
		c, s := splicedPeers(t, of, l, fmt.Sprintf("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n", size))
		go func() {
			c.Write(content(size))
			io.WriteString(c, "GET /second HTTP/1.1\r\nHost: h\r\n\r\n")
		}()
		from := bufio.NewReader(s)
		in := bufio.NewReader(c)
		for i := range 2 {
			q, err := http.ReadRequest(from)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(q.Body); err != nil || i == 0 && !bytes.Equal(got, content(size)) {
				t.Fatalf("%d bytes, %v", len(got), err)
			}
			io.WriteString(s, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n"+fmt.Sprint(i))
			res, err := http.ReadResponse(in, q)
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := io.ReadAll(res.Body); string(got) != fmt.Sprint(i) {
				t.Errorf("answer %q", got)
			}
		}
	})
	if n := r.e.Spliced(); n < 3*size {
		t.Errorf("%d bytes spliced", n)
	}
}

// endless is a reader without an end.
type endless struct{}

func (endless) Read(b []byte) (int, error) { return copy(b, noise), nil }
