package test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
	"github.com/sluice-proxy/sluice/test/origin"
)

// Bad clients get what they deserve, and the log says what it was.
func TestBadClients(t *testing.T) {
	o := origin.NewHTTP(t, "o")
	for name, c := range map[string]struct {
		send   string
		then   string // "wait", "close", "reset"
		status int    // answered; 0: none
		line   string // of the log
	}{
		"not HTTP":           {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "wait", 400, httpLine("web/<NOSRV>", `-1/-1/-1/-1/\d+`, "400", "PR--") + `<BADREQ>"`},
		"space in a name":    {"GET /bad HTTP/1.1\r\nHost : x\r\n\r\n", "wait", 400, httpLine("web/<NOSRV>", `-1/-1/-1/-1/\d+`, "400", "PR--") + `<BADREQ>"`},
		"stops in the head":  {"GET /half HTTP/1.1\r\nHos", "wait", 408, httpLine("web/<NOSRV>", `-1/-1/-1/-1/4\d\d`, "408", "cR--") + `<BADREQ>"`},
		"closes in the head": {"GET /half HTTP/1.1\r\nHos", "close", 400, httpLine("web/<NOSRV>", `-1/-1/-1/-1/\d+`, "400", "CR--") + `<BADREQ>"`},
		"resets in the head": {"GET /half HTTP/1.1\r\nHos", "reset", 0, httpLine("web/<NOSRV>", `-1/-1/-1/-1/\d+`, "400", "CR--") + `<BADREQ>"`},
		"no host":            {"GET /nohost HTTP/1.0\r\n\r\n", "wait", 200, httpLine("app/s1", `\d+/\d+/\d+/\d+/\d+`, "200", "----") + `GET /nohost HTTP/1.0"`},
		"leaves early":       {"GET /hold?size=100000 HTTP/1.1\r\nHost: x\r\n\r\n", "reset after the head", 200, httpLine("app/s1", `\d+/\d+/\d+/\d+/\d+`, "200", "CD--")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr, logs, _ := logged(t, o.Addr(), "")
			conn := harness.Dial(t, addr)
			io.WriteString(conn, c.send)
			switch c.then {
			case "close":
				conn.(*net.TCPConn).CloseWrite()
			case "reset":
				origin.Reset(conn)
			case "reset after the head":
				br := bufio.NewReader(conn)
				if s, err := br.ReadString('\n'); err != nil || !strings.Contains(s, " 200 ") {
					t.Fatalf("%q %v", s, err)
				}
				origin.Reset(conn)
			}
			if !strings.HasPrefix(c.then, "reset") {
				status := 0
				a, err := harness.ReadAnswer(bufio.NewReader(conn), "GET")
				if err == nil {
					status = a.Status
				}
				if status != c.status {
					t.Errorf("status %d (%v), want %d", status, err, c.status)
				}
			}
			port := conn.LocalAddr().(*net.TCPAddr).Port
			logs.Await(fmt.Sprintf("127.0.0.1:%d ", port), c.line, 3*time.Second)
		})
	}
}

// A client that sends a byte now and then is served as long as it keeps to the
// timeout, and answered 408 when it does not.
func TestByteByByte(t *testing.T) {
	o := origin.NewHTTP(t, "o")
	addr, logs, _ := logged(t, o.Addr(), "")
	trickle := func(c net.Conn, s string, every time.Duration) {
		for i := range s {
			if _, err := c.Write([]byte{s[i]}); err != nil {
				return
			}
			time.Sleep(every) // the client's speed is what is tested
		}
	}
	t.Run("slow but in time", func(t *testing.T) {
		c := harness.Dial(t, addr)
		go trickle(c, "POST /slowpost?size=500 HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n"+strings.Repeat("b", 20), 2*time.Millisecond)
		a, err := harness.ReadAnswer(bufio.NewReader(c), "POST")
		if err != nil || a.Status != 200 || len(a.Body) != 500 {
			t.Errorf("%+v %v", a, err)
		}
	})
	t.Run("slow body", func(t *testing.T) { // longer than timeout client in all, never silent for so long
		c := harness.Dial(t, addr)
		io.WriteString(c, "POST /slowbody?size=500 HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n")
		go trickle(c, strings.Repeat("b", 50), 20*time.Millisecond)
		a, err := harness.ReadAnswer(bufio.NewReader(c), "POST")
		if err != nil || a.Status != 200 || len(a.Body) != 500 {
			t.Errorf("%+v %v", a, err)
		}
	})
	t.Run("too slow", func(t *testing.T) {
		c := harness.Dial(t, addr)
		go trickle(c, "GET /never HTTP/1.1\r\nX: "+strings.Repeat("x", 200)+"\r\n\r\n", 20*time.Millisecond)
		begin := time.Now()
		a, err := harness.ReadAnswer(bufio.NewReader(c), "GET")
		if err != nil || a.Status != 408 {
			t.Errorf("%+v %v, want 408", a, err)
		}
		if took := time.Since(begin); took < 350*time.Millisecond || took > 2*time.Second {
			t.Errorf("408 after %v with timeout http-request 400ms", took)
		}
		logs.Await("408", httpLine("web/<NOSRV>", `-1/-1/-1/-1/4\d\d`, "408", "cR--")+`<BADREQ>"`, 3*time.Second)
	})
}

// A client that resets after every possible number of bytes sent, and after
// every possible number of bytes received, leaves nothing behind.
func TestResetAtEveryPoint(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	worker := p.Worker()
	harness.MustGet(t, s.HTTP, "/echo")
	before := len(harness.Descriptors(t, worker))
	request := "POST /chunked?size=300 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nX-T: 1\r\n\r\n"
	for i := range len(request) + 1 {
		c := harness.Dial(t, s.HTTP)
		io.WriteString(c, request[:i])
		origin.Reset(c)
	}
	for i := 1; ; i += soak(7, 1) {
		c := harness.Dial(t, s.HTTP)
		io.WriteString(c, request)
		n, err := io.ReadFull(c, make([]byte, i))
		origin.Reset(c)
		if n < i {
			if i < 300 {
				t.Fatalf("an answer of %d bytes (%v)", n, err)
			}
			break
		}
		if i > 500 { // the whole answer has been read
			break
		}
	}
	harness.MustGet(t, s.HTTP, "/echo")
	if now := p.Worker(); now != worker {
		t.Errorf("worker %d instead of %d", now, worker)
	}
	// Idle server connections may stay; the reset ones may not.
	eventually(t, 5*time.Second, "descriptors as before", func() error {
		if n := len(harness.Descriptors(t, worker)); n > before+5 {
			return fmt.Errorf("%d descriptors, %d before", n, before)
		}
		return nil
	})
}

// A server that resets after every possible number of bytes of its answer: the
// client sees a right beginning of it or an error page, never anything else.
func TestServerCutsAtEveryPoint(t *testing.T) {
	answer := "HTTP/1.1 200 OK\r\nX-Origin: o\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
	next := make(chan string, 1)
	o := origin.NewTCP(t, func(c net.Conn) {
		br := bufio.NewReader(c)
		if _, err := origin.ReadRequest(br); err == nil {
			io.WriteString(c, <-next)
		}
	})
	addr := harness.Addr(t)
	harness.Start(t, harness.Options{Await: []string{addr}, Config: defaults + fmt.Sprintf("listen web\n    bind %s\n    retries 0\n    server s %s\n", addr, o.Addr())})
	head := strings.Index(answer, "\r\n\r\n") + 4
	for i := range len(answer) + 1 {
		next <- answer[:i]
		a, err := harness.Get(t, addr, "/")
		switch {
		case err != nil:
			t.Errorf("cut at %d: %v", i, err)
		case i < head && a.Status != 502:
			t.Errorf("cut at %d, in the head: status %d, want 502", i, a.Status)
		case i >= head && (a.Status != 200 || !strings.HasPrefix("hello world", string(a.Body))):
			t.Errorf("cut at %d, in the body: %d %q", i, a.Status, a.Body)
		case i >= head && i < len(answer) && a.Err == nil:
			t.Errorf("cut at %d: the client thinks that %q is all", i, a.Body)
		case i == len(answer) && (a.Err != nil || string(a.Body) != "hello world"):
			t.Errorf("the whole answer: %q %v", a.Body, a.Err)
		}
	}
}
