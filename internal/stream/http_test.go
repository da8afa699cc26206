package stream

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/sluice-proxy/sluice/internal/sys"
)

func newIdle(n int) []atomic.Int64 { return make([]atomic.Int64, n) }

const get = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n"
const ok = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

func TestKeepAliveOnBothSides(t *testing.T) {
	s := newSim(t, true, 1)
	c := s.client()
	for i := range 5 {
		s.say(c, get)
		// The first request opens its own connection; the others reuse it.
		u := s.server(0)
		s.want(u, "GET /x HTTP/1.1\r\nhost: h\r\n")
		s.say(u, ok)
		if got := s.want(c, "HTTP/1.1 200 OK\r\n"); !strings.HasSuffix(got, "\r\n\r\nhello") || strings.Contains(got, "connection:") {
			t.Fatalf("answer %d: %q", i, got)
		}
	}
	if len(s.made) != 1 {
		t.Fatalf("%d connections to the server for 5 requests", len(s.made))
	}
	s.idle()
	s.fin(c)
	if !c.closed {
		t.Fatal("not closed after the client left")
	}
	s.pass(60e9)
	if u := s.ends[s.made[0]]; !u.closed {
		t.Fatal("idle server connection kept for a minute that nobody needed it")
	}
}

// Whatever way the bytes of a request and of its answer are cut, both sides see
// the same.
func TestCutAtEveryByte(t *testing.T) {
	const req = "POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
	const res = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
	var wantReq, wantRes string
	for cutReq := range len(req) {
		s := newSim(t, true, 1)
		c := s.client()
		s.say(c, req[:cutReq])
		s.say(c, req[cutReq:])
		u := s.server(0)
		s.say(u, res[:min(cutReq, len(res))])
		s.say(u, res[min(cutReq, len(res)):])
		gotReq, gotRes := u.take(), c.take()
		if wantReq == "" {
			wantReq, wantRes = gotReq, gotRes
			if !strings.Contains(gotReq, "abc") || !strings.Contains(gotRes, "hello") {
				t.Fatalf("%q %q", gotReq, gotRes)
			}
		}
		if gotReq != wantReq || gotRes != wantRes {
			t.Fatalf("cut at %d: request %q answer %q", cutReq, gotReq, gotRes)
		}
		s.idle()
	}
	s := newSim(t, true, 1)
	c := s.client()
	s.drip(c, req)
	u := s.server(0)
	s.drip(u, res)
	if got := c.take(); got != wantRes {
		t.Fatalf("byte by byte: %q", got)
	}
}

func TestPipelinedRequestsAreAnsweredInOrder(t *testing.T) {
	s := newSim(t, true, 2)
	c := s.client()
	s.say(c, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\nGET /3 HTTP/1.1\r\nHost: h\r\n\r\n")
	var got string
	for _, path := range []string{"/1", "/2", "/3"} {
		var u *end
		for i := range s.made {
			if x := s.server(i); strings.Contains(string(x.got), path+" ") {
				u = x
			}
		}
		if u == nil {
			t.Fatalf("%s never reached a server", path)
		}
		s.say(u, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"+path)
		got += c.take()
	}
	if i, j, k := strings.Index(got, "/1"), strings.Index(got, "/2"), strings.Index(got, "/3"); i < 0 || j < i || k < j {
		t.Fatalf("answers %q", got)
	}
	s.idle()
}

func TestDeadReusedConnectionIsNotTheClientsTrouble(t *testing.T) {
	s := newSim(t, true, 1)
	c := s.client()
	s.say(c, get)
	s.say(s.server(0), ok)
	c.take()
	s.ends[s.made[0]].rst = true // the server closed it; the event is still under way
	s.say(c, get)
	s.event(s.ends[s.made[0]], sys.In|sys.RDHup|sys.Hup|sys.Err)
	s.say(s.server(1), ok)
	s.want(c, "200 OK")
	s.idle()
}

func TestPostOnDeadReusedConnectionIsNotRepeated(t *testing.T) {
	s := newSim(t, true, 1)
	c := s.client()
	s.say(c, get)
	s.say(s.server(0), ok)
	c.take()
	s.say(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab")
	s.fin(s.ends[s.made[0]])
	if len(s.made) != 1 {
		t.Fatal("a POST was sent twice")
	}
	// Nor is the client told of an error that there is none of without a proxy.
	if !c.closed || len(c.got) > 0 {
		t.Fatalf("closed: %v, sent %q", c.closed, c.got)
	}
}

func TestClientThatDoesNotRead(t *testing.T) {
	s := newSim(t, true, 1)
	c := s.client()
	c.room = 1000
	s.say(c, get)
	u := s.server(0)
	s.say(u, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
	piece := strings.Repeat("x", 50000)
	for range 20 {
		s.say(u, piece)
	}
	// What the server sent waits in its own socket, not in our memory.
	if held := 1000000 - len(u.in) - 1000; held > 2*64<<10 {
		t.Fatalf("%d bytes held for a client that does not read", held)
	}
	s.pass(31e9)
	if !c.closed {
		t.Fatal("a client that takes nothing for longer than timeout client is still there")
	}
	s.idle()
}

func TestSlowClientGetsEverything(t *testing.T) {
	s := newSim(t, true, 1)
	c := s.client()
	c.room = 10
	s.say(c, get)
	u := s.server(0)
	body := strings.Repeat("0123456789", 30000)
	s.say(u, "HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n"+body)
	for i := 0; i < 200 && !strings.HasSuffix(string(c.got), body); i++ {
		c.room = 7000
		s.event(c, sys.Out)
	}
	if got := c.take(); !strings.HasSuffix(got, body) {
		t.Fatalf("client got %d bytes", len(got))
	}
	s.idle()
}

func TestStoppingAnnouncesTheClose(t *testing.T) {
	s := newSim(t, true, 1)
	c := s.client()
	s.say(c, get)
	u := s.server(0)
	done := s.e.SoftStop(0)
	s.say(u, ok)
	s.want(c, "connection: close\r\n")
	if !c.closed {
		t.Fatal("left open")
	}
	select {
	case <-done:
	default:
		t.Fatal("not told that the last connection ended")
	}
}

func TestInterimAnswers(t *testing.T) {
	s := newSim(t, true, 1)
	c := s.client()
	s.say(c, "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
	u := s.server(0)
	s.want(u, "expect: 100-continue")
	s.say(u, "HTTP/1.1 100 Continue\r\n\r\n")
	s.want(c, "HTTP/1.1 100 Continue\r\n")
	s.say(c, "body")
	s.want(u, "body")
	s.say(u, "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"+ok)
	if got := c.take(); !strings.Contains(got, "103 Early Hints") || !strings.HasSuffix(got, "hello") {
		t.Fatalf("%q", got)
	}
	s.idle()
}

func TestHTTP10Client(t *testing.T) {
	s := newSim(t, true, 1)
	c := s.client()
	s.say(c, "GET / HTTP/1.0\r\n\r\n")
	s.say(s.server(0), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
	got := c.take()
	if !strings.HasSuffix(got, "\r\n\r\nabcde") || strings.Contains(got, "chunked") || !c.closed {
		t.Fatalf("%q closed %v", got, c.closed)
	}
	s.idle()
}
