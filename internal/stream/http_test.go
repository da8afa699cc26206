package stream

import (
	"strings"
	"sync/atomic"
	"syscall"
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

func TestErrorsOfTheClient(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(s *sim, c *end)
		want string
	}{
		{"garbage", func(s *sim, c *end) { s.say(c, "\x16\x03\x01 hello\r\n\r\n") }, "HTTP/1.1 400 "},
		{"length and chunks differ", func(s *sim, c *end) {
			s.say(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd")
		}, "HTTP/1.1 400 "},
		{"half a head, then silence", func(s *sim, c *end) { s.say(c, "GET / HT"); s.pass(11e9) }, "HTTP/1.1 408 "},
		{"nothing at all", func(s *sim, c *end) { s.pass(11e9) }, "HTTP/1.1 408 "},
		{"half a head, then end", func(s *sim, c *end) { s.say(c, "GET / HT"); s.fin(c) }, "HTTP/1.1 400 "},
		{"a byte a second", func(s *sim, c *end) {
			for _, b := range get[:15] {
				s.say(c, string(b))
				s.pass(1e9)
			}
		}, "HTTP/1.1 408 "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSim(t, true, 1)
			c := s.client()
			tt.do(s, c)
			if got := c.take(); !strings.HasPrefix(got, tt.want) || !strings.Contains(got, "connection: close\r\n") {
				t.Fatalf("answered %q, want %q and a close", got, tt.want)
			}
			s.pass(3e9)
			if !c.closed {
				t.Fatal("connection left open")
			}
			if len(s.made) != 0 {
				t.Fatal("a server was bothered")
			}
			s.idle()
		})
	}
}

func TestErrorsOfTheServer(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(s *sim)
		want string // of the answer; "" means cut without one
	}{
		{"refuses", func(s *sim) {
			s.dead = syscall.ECONNREFUSED
			s.pass(10e9)
		}, "HTTP/1.1 503 "},
		{"never accepts", func(s *sim) { s.pass(30e9) }, "HTTP/1.1 503 "},
		{"hangs", func(s *sim) { s.server(0); s.pass(21e9) }, "HTTP/1.1 504 "},
		{"garbage", func(s *sim) { s.say(s.server(0), "220 smtp ready\r\n\r\n") }, "HTTP/1.1 502 "},
		{"closes at once", func(s *sim) { s.fin(s.server(0)) }, "HTTP/1.1 502 "},
		{"resets", func(s *sim) { s.reset(s.server(0)) }, "HTTP/1.1 502 "},
		{"half a head, then end", func(s *sim) { u := s.server(0); s.say(u, "HTTP/1.1 200 O"); s.fin(u) }, "HTTP/1.1 502 "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSim(t, true, 1)
			if tt.name == "refuses" {
				s.dead = syscall.ECONNREFUSED
			}
			c := s.client()
			s.say(c, get)
			tt.do(s)
			if got := c.take(); !strings.HasPrefix(got, tt.want) {
				t.Fatalf("answered %q, want %q", got, tt.want)
			}
			s.idle()
			if n := s.be.Servers[0].Conns.Load(); n != 0 {
				t.Fatalf("%d server connections counted", n)
			}
		})
	}
}

// An answer that stops in the middle cannot be mended: the client learns it by
// the connection's end, and never sees an error page inside a body.
func TestAnswerCutShort(t *testing.T) {
	for _, how := range []string{"fin", "reset", "silence"} {
		s := newSim(t, true, 1)
		c := s.client()
		s.say(c, get)
		u := s.server(0)
		s.say(u, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart")
		switch how {
		case "fin":
			s.fin(u)
		case "reset":
			s.reset(u)
		case "silence":
			s.pass(21e9)
		}
		s.pass(2e9)
		if got := c.take(); !strings.HasSuffix(got, "part") || !c.closed {
			t.Fatalf("%s: client got %q, closed %v", how, got, c.closed)
		}
		s.idle()
	}
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
	s.want(c, "HTTP/1.1 502 ")
}

func TestQueueIsServedInOrder(t *testing.T) {
	s := newSim(t, true, 1)
	s.be.Servers[0].MaxConn = 1
	var cs []*end
	for range 3 {
		c := s.client()
		s.say(c, get)
		cs = append(cs, c)
	}
	for i, c := range cs {
		if n := s.be.Servers[0].Served(); n != 1 {
			t.Fatalf("the server has %d at a time, its maxconn is 1", n)
		}
		s.say(s.server(i), ok)
		s.want(c, "200 OK")
		for _, later := range cs[i+1:] {
			if len(later.got) > 0 {
				t.Fatal("answered out of turn")
			}
		}
	}
	s.idle()
	// One that waits too long gets a 503 and leaves the queue.
	a, b := s.client(), s.client()
	s.say(a, get)
	s.say(b, get)
	s.pass(4e9)
	s.want(b, "HTTP/1.1 503 ")
	if cur, _ := s.be.Queued(); cur != 0 {
		t.Fatalf("%d still queued", cur)
	}
}

func TestRedispatchAfterRefusal(t *testing.T) {
	s := newSim(t, true, 2)
	s.be.Redispatch = -1
	s.dead, s.refuse = syscall.ECONNREFUSED, s.be.Servers[0]
	c := s.client()
	s.say(c, get)
	s.pass(2.5e9)
	last := len(s.made) - 1
	s.say(s.server(last), ok)
	s.want(c, "200 OK")
	if a, b := s.be.Servers[0].Loops[0].Redispatches, s.be.Servers[1].Loops[0].Sessions; a != 1 || b != 1 {
		t.Fatalf("redispatches from a: %d, sessions of b: %d", a, b)
	}
	s.idle()
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
	done := s.e.SoftStop()
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

func TestUpgradeBecomesATunnel(t *testing.T) {
	s := newSim(t, true, 1)
	c := s.client()
	s.say(c, "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	u := s.server(0)
	s.want(u, "upgrade: websocket")
	s.say(u, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\nfirst")
	s.want(c, "first")
	s.say(c, "up\x00stream")
	s.want(u, "up\x00stream")
	s.fin(c)
	if !u.shut || c.closed {
		t.Fatal("the client's end of file did not become the server's, or closed too much")
	}
	s.say(u, "late")
	s.want(c, "late")
	s.fin(u)
	if !c.closed || !u.closed {
		t.Fatal("not closed after both ends")
	}
	s.idle()
}

func TestTCPTunnel(t *testing.T) {
	s := newSim(t, false, 1)
	c := s.client()
	s.say(c, "hello")
	u := s.server(0)
	s.want(u, "hello")
	s.say(u, "world")
	s.want(c, "world")
	s.fin(u)
	if !c.shut || c.closed {
		t.Fatal("half-close not passed on")
	}
	u.room = 2
	s.say(c, "more")
	s.fin(c)
	if u.closed {
		t.Fatal("closed while bytes wait for the server")
	}
	u.room = -1
	s.event(u, sys.Out)
	s.want(u, "more")
	if !c.closed || !u.closed {
		t.Fatal("not closed")
	}
	s.idle()
}

func TestTCPTimeouts(t *testing.T) {
	s := newSim(t, false, 1)
	c := s.client()
	s.server(0)
	for range 5 {
		s.pass(15e9)
		s.say(c, "x") // activity of either side keeps the session
	}
	if c.closed {
		t.Fatal("closed although it was used")
	}
	s.pass(21e9)
	if !c.closed {
		t.Fatal("still open after timeout server")
	}
	s.idle()
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
