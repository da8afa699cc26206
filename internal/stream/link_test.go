package stream

import (
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/loop"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// A client that pipelines more than a buffer holds is served, however long it
// has to wait for its turn.
func TestFullPipeline(t *testing.T) {
	s := newSim(t, true, 1)
	c := s.client()
	s.say(c, get)
	s.say(c, strings.Repeat(get, 2*loop.BufSize/len(get)))
	for i := range 2 * loop.BufSize / len(get) {
		s.say(s.server(0), ok)
		if c.closed {
			t.Fatalf("cut after %d answers", i)
		}
	}
	if n := strings.Count(c.take(), "HTTP/1.1 200 OK\r\n"); n != 2*loop.BufSize/len(get) {
		t.Errorf("%d answers", n)
	}
}

// A head that comes in pieces leaves nothing behind that would keep the
// connection from being used again.
func TestReuseAfterHeadInPieces(t *testing.T) {
	s := newSim(t, true, 1)
	c := s.client()
	for range 3 {
		s.say(c, get[:10])
		s.say(c, get[10:])
		u := s.server(0)
		s.say(u, ok[:10])
		s.say(u, ok[10:])
		s.want(c, "200 OK")
	}
	if len(s.made) != 1 {
		t.Errorf("%d connections to the server", len(s.made))
	}
}

// Who takes a little at a time is not given up while it does.
func TestSlowButNotStuck(t *testing.T) {
	s := newSim(t, true, 1)
	c := s.client()
	c.room = 10
	s.say(c, get)
	u := s.server(0)
	s.say(u, "HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n"+strings.Repeat("x", 50000))
	for range 20 {
		s.pass(25e9) // timeout client is 30 s, timeout server 20 s
		c.room = 1000
		s.event(c, sys.Out)
	}
	if c.closed {
		t.Fatal("a client that takes something every 25 s was given up")
	}
	c.room = -1
	s.event(c, sys.Out)
	if n := strings.Count(c.take(), "x"); n != 50000 {
		t.Errorf("%d bytes of the body", n)
	}
	s.idle()

	s = newSim(t, true, 1)
	c = s.client()
	s.say(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 50000\r\n\r\n")
	u = s.server(0)
	u.take()
	u.room = 10
	s.say(c, strings.Repeat("x", 50000))
	for range 20 {
		s.pass(15e9)
		u.room = 1000
		s.event(u, sys.Out)
	}
	if c.closed || len(c.got) > 0 {
		t.Fatalf("a server that takes something every 15 s was given up: %q", c.got)
	}
	u.room = -1
	s.event(u, sys.Out)
	s.say(u, ok)
	s.want(c, "200 OK")
}

// The client's timeout runs for the client only: it must not be given up while
// it is the server, or the queue, that keeps it waiting.
func TestWhoIsWaitedFor(t *testing.T) {
	const post = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n"
	s := newSim(t, true, 1)
	s.fe.Timeouts.Client = 5e9
	c := s.client()
	s.say(c, post)
	u := s.server(0)
	u.take()
	u.room = 10
	s.say(c, strings.Repeat("x", 60000))
	s.pass(19e9)
	if c.closed || len(c.got) > 0 {
		t.Fatalf("the client was given up for a slow server: %q", c.got)
	}
	s.pass(2e9)
	s.want(c, "HTTP/1.1 504 ")

	s = newSim(t, true, 1)
	s.fe.Timeouts.Client = 1e9
	s.be.Servers[0].MaxConn = 1
	a, b := s.client(), s.client()
	s.say(a, get)
	s.say(b, post+strings.Repeat("x", 1000))
	s.pass(2.5e9) // timeout queue is 3 s
	if b.closed || len(b.got) > 0 {
		t.Fatalf("the client was given up while it was queued: %q", b.got)
	}
}

// A server that resets its connection behind its answer has answered all the
// same, even if the client takes its time.
func TestResetBehindTheAnswer(t *testing.T) {
	s := newSim(t, true, 1)
	c := s.client()
	c.room = 100
	s.say(c, get)
	u := s.server(0)
	s.say(u, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"+strings.Repeat("x", 50000))
	u.in = []byte(strings.Repeat("x", 50000))
	s.reset(u)
	for range 20 {
		c.room = 10000
		s.event(c, sys.Out)
	}
	if n := strings.Count(c.take(), "x"); n != 100000 {
		t.Errorf("%d bytes of 100000", n)
	}
	s.idle()
}

// A tunnel holds no more than a buffer for a side that does not read.
func TestTunnelThatIsNotRead(t *testing.T) {
	s := newSim(t, false, 1)
	c := s.client()
	u := s.server(0)
	c.room, u.room = 0, 0
	for _, x := range []*end{c, u} {
		for range 20 {
			s.say(x, strings.Repeat("x", 50000))
		}
		if n := 20*50000 - len(x.in); n > loop.BufSize {
			t.Errorf("%d bytes taken for somebody who does not read", n)
		}
	}
	c.room, u.room = -1, -1
	s.event(c, sys.Out)
	s.event(u, sys.Out)
	for range 20 {
		s.turn()
	}
	if a, b := len(c.take()), len(u.take()); a != 1000000 || b != 1000000 {
		t.Errorf("%d and %d bytes arrived of 1000000", a, b)
	}
}

// Interim answers to a client that does not read are not collected.
func TestFloodOfInterimAnswers(t *testing.T) {
	s := newSim(t, true, 1)
	c := s.client()
	c.room = 0
	s.say(c, get)
	u := s.server(0)
	u.in = []byte(strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", 50000))
	s.event(u, sys.In)
	l := c.h.(*link)
	if n := len(l.out) + len(l.in); n > 2*loop.BufSize {
		t.Fatalf("%d bytes held", n)
	}
	if len(u.in) < 1000000 {
		t.Fatalf("only %d bytes are left with the server", len(u.in))
	}
	u.in = append(u.in, ok...)
	c.room = -1
	s.event(c, sys.Out)
	for range 100 {
		s.turn()
	}
	if got := c.take(); strings.Count(got, "103 Early") != 50000 || !strings.HasSuffix(got, "hello") {
		t.Errorf("%d interim answers, %d bytes", strings.Count(got, "103 Early"), len(got))
	}
}

// A head may be longer than a loop's usual buffer.
func TestLongHead(t *testing.T) {
	s := newSim(t, true, 1, func(s *sim) { s.limits.MaxHead = 300 << 10 })
	c := s.client()
	long := "GET /x HTTP/1.1\r\nHost: h\r\nX: " + strings.Repeat("y", 200<<10) + "\r\n\r\n"
	s.say(c, long[:100<<10])
	s.say(c, long[100<<10:])
	if got := s.server(0).take(); len(got) < 200<<10 {
		t.Fatalf("the server got %d bytes", len(got))
	}
	s.say(s.server(0), ok)
	s.want(c, "200 OK")
}
