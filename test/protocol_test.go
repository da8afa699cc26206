package test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
	"github.com/sluice-proxy/sluice/test/origin"
	"github.com/sluice-proxy/sluice/test/payload"
)

// What regtest/ cannot say: trailers, half-closed connections, bytes as they
// are on the wire.

func plain(t *testing.T, server, more string) (addr string) {
	t.Helper()
	addr = harness.Addr(t)
	harness.Start(t, harness.Options{Await: []string{addr}, Config: defaults + fmt.Sprintf("listen web\n    bind %s\n    server s1 %s\n%s", addr, server, more)})
	return addr
}

// Trailers pass in both directions, and the connection goes on after them.
func TestTrailers(t *testing.T) {
	o := origin.NewHTTP(t, "o")
	addr := plain(t, o.Addr(), "")
	c := harness.Dial(t, addr)
	br := bufio.NewReader(c)
	for i := range 3 {
		fmt.Fprintf(c, "POST /trailers?seed=4&size=5000 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\nX-Other: 2\r\n\r\n")
		r, err := http.ReadResponse(br, &http.Request{Method: "POST"})
		if err != nil {
			t.Fatalf("request %d: %v", i, err)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil || string(body) != string(payload.Bytes(4, 5000)) {
			t.Fatalf("request %d: body of %d bytes, %v", i, len(body), err)
		}
		if r.Header.Get("X-Request-Hash") != payload.Sum([]byte("abc")) {
			t.Errorf("request %d: the body arrived changed", i)
		}
		if got, want := r.Trailer.Get("X-Hash"), payload.Sum(body); got != want {
			t.Errorf("request %d: trailer %q, want %q", i, got, want)
		}
	}
}

// A client that half-closes after its request still gets its answer, if the
// server is not told of it: in HTTP mode that is the default since 3.3.
func TestHalfClosedClient(t *testing.T) {
	o := origin.NewHTTP(t, "o")
	addr := plain(t, o.Addr(), "    no option abortonclose\n")
	c := harness.Dial(t, addr)
	io.WriteString(c, "GET /slow?size=20&delay=5 HTTP/1.1\r\nHost: x\r\n\r\n")
	c.(*net.TCPConn).CloseWrite()
	a, err := harness.ReadAnswer(bufio.NewReader(c), "GET")
	if err != nil || a.Status != 200 || a.Err != nil || len(a.Body) != 20 {
		t.Errorf("%+v %v", a, err)
	}
}

// In TCP mode each direction ends by itself.
func TestHalfClosedTCP(t *testing.T) {
	late := payload.Bytes(1, 200000)
	srv := origin.NewTCP(t, func(c net.Conn) {
		b, _ := io.ReadAll(c) // to the client's end
		time.Sleep(50 * time.Millisecond)
		if string(b) == "question" {
			c.Write(late)
		}
	})
	addr := harness.Addr(t)
	harness.Start(t, harness.Options{Await: []string{addr}, Config: strings.Replace(defaults, "mode http", "mode tcp", 1) +
		fmt.Sprintf("listen svc\n    bind %s\n    server s1 %s\n", addr, srv.Addr())})
	c := harness.Dial(t, addr)
	io.WriteString(c, "question")
	c.(*net.TCPConn).CloseWrite()
	b, err := io.ReadAll(c)
	if err != nil || string(b) != string(late) {
		t.Errorf("%d bytes of %d after the half-close, %v", len(b), len(late), err)
	}
}

// A request and an answer whose bytes arrive one by one are the same request
// and the same answer.
func TestOneByteAtATime(t *testing.T) {
	const answer = "HTTP/1.1 200 OK\r\nX-Origin: o\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\nX-T: 1\r\n\r\n"
	o := origin.NewTCP(t, func(c net.Conn) {
		c.(*net.TCPConn).SetNoDelay(true)
		br := bufio.NewReader(c)
		for {
			r, err := origin.ReadRequest(br)
			if err != nil || r.ReadBody(br) != nil {
				return
			}
			if string(r.Body) != "a body" {
				c.Write([]byte("HTTP/1.1 500 Wrong\r\nContent-Length: 0\r\n\r\n"))
				return
			}
			for i := range answer {
				c.Write([]byte{answer[i]})
				time.Sleep(time.Millisecond)
			}
		}
	})
	addr := plain(t, o.Addr(), "")
	c := harness.Dial(t, addr)
	c.(*net.TCPConn).SetNoDelay(true)
	br := bufio.NewReader(c)
	for range 2 {
		go func() {
			for _, b := range []byte("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\na \r\n4\r\nbody\r\n0\r\nX: y\r\n\r\n") {
				c.Write([]byte{b})
				time.Sleep(time.Millisecond)
			}
		}()
		a, err := harness.ReadAnswer(br, "POST")
		if err != nil || a.Status != 200 || a.Err != nil || string(a.Body) != "hello world" {
			t.Fatalf("%+v %v", a, err)
		}
	}
}

// A chunk extension is for the next hop only, and a chunk's size line that is
// wrong is not handed on: what the server sees is chunks that the proxy
// understood (RFC 9112, 7.1.1 and 11.2).
func TestChunkLinesOnTheWire(t *testing.T) {
	seen := make(chan string, 10)
	o := origin.NewTCP(t, func(c net.Conn) {
		c.SetReadDeadline(time.Now().Add(time.Second))
		b, _ := io.ReadAll(c)
		seen <- string(b)
	})
	addr := plain(t, o.Addr(), "    retries 0\n")
	for name, c := range map[string]struct{ body, never string }{
		"extension":       {"5;a=\"b\"\r\nhello\r\n0\r\n\r\n", "a="},
		"size overflow":   {"fffffffffffffffff\r\nhello\r\n0\r\n\r\n", "ffff"},
		"size not a size": {"5 5\r\nhello\r\n0\r\n\r\n", "5 5"},
		"lone LF":         {"5\nhello\r\n0\r\n\r\n", "5\nh"},
	} {
		t.Run(name, func(t *testing.T) {
			conn := harness.Dial(t, addr)
			defer conn.Close()
			io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"+c.body)
			select {
			case s := <-seen:
				_, body, _ := strings.Cut(s, "\r\n\r\n")
				if strings.Contains(body, c.never) {
					t.Errorf("the server received %q", body)
				}
			case <-time.After(2 * time.Second): // refused before it was connected to: better still
			}
		})
	}
}
