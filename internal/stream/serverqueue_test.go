package stream

import (
	"testing"

	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// waiterOf is what the stream that x belongs to asks of its backend.
func waiterOf(x *sample.Ctx) *proxy.Waiter { return &x.Conn.(*stream).waiter }

// pinned has every stream want the first server, as persistence does.
func pinned(s *sim) {
	s.fe.Choose = func(x *sample.Ctx) *proxy.Backend {
		waiterOf(x).Want = s.be.Servers[0]
		return s.be
	}
	s.be.Servers[0].MaxConn = 1
}

// Who persistence binds to a server waits for it, though another is free.
func TestPersistenceWaits(t *testing.T) {
	for _, http := range []bool{true, false} {
		s := newSim(t, http, 2, pinned)
		a, b := s.client(), s.client()
		s.say(a, get)
		s.say(b, get)
		if q, _ := s.be.Servers[0].Queued(); q != 1 || len(s.made) != 1 {
			t.Fatalf("%d queued, %d connections", q, len(s.made))
		}
		s.reset(a)
		s.say(s.server(1), ok)
		s.want(b, "200 OK")
		s.reset(b)
		if n := s.be.Servers[0].Loops[0]; n.Sessions != 2 || n.Chosen != 0 {
			t.Errorf("%+v", n)
		}
		s.idle()
	}
}

// At its maxqueue a server turns streams away: elsewhere with redispatching, with
// a 503 otherwise.
func TestMaxqueue(t *testing.T) {
	for _, redispatch := range []int{0, -1} {
		s := newSim(t, true, 2, pinned)
		s.be.Redispatch = redispatch
		s.be.Servers[0].MaxQueue = 1
		a, b, c := s.client(), s.client(), s.client()
		s.say(a, get)
		s.say(b, get)
		s.say(c, get)
		if redispatch == 0 {
			s.want(c, "HTTP/1.1 503 ")
			if n := s.be.Servers[0].Loops[0].ConnErrors; n != 1 {
				t.Errorf("%d errors", n)
			}
		} else {
			s.say(s.server(1), ok)
			s.want(c, "200 OK")
			if n := s.be.Servers[0].Loops[0].Redispatches; n != 1 {
				t.Errorf("%d redispatches", n)
			}
		}
		s.say(s.server(0), ok)
		s.want(a, "200 OK")
		s.say(s.server(len(s.made)-1), ok)
		s.want(b, "200 OK")
		s.idle()
	}
}

// When the server goes down, those who wait for it go elsewhere where that is
// allowed, and else wait on: its slots are still theirs.
func TestServerDownWithAQueue(t *testing.T) {
	for _, redispatch := range []int{0, -1} {
		s := newSim(t, true, 2, pinned)
		s.be.Redispatch = redispatch
		a, b := s.client(), s.client()
		s.say(a, get)
		s.say(b, get)
		s.be.SetUp(s.be.Servers[0], false)
		s.turn()
		if moved := len(s.made) == 2; moved != (redispatch != 0) {
			t.Fatalf("redispatch %d: moved %v", redispatch, moved)
		}
		if redispatch == 0 {
			s.say(s.server(0), ok)
			s.want(a, "200 OK")
			s.say(s.server(1), ok)
			s.want(b, "200 OK")
		} else {
			s.say(s.server(1), ok)
			s.want(b, "200 OK")
			s.say(s.server(0), ok)
			s.want(a, "200 OK")
			if x, y := s.be.Servers[0].Loops[0], s.be.Servers[1].Loops[0]; x.Redispatches != 1 || y.Sessions != 1 {
				t.Errorf("%+v\n%+v", x, y)
			}
		}
		s.idle()
	}
}

// The same with nowhere to go, and for one who leaves in that very moment.
func TestServerDownWithNowhereToGo(t *testing.T) {
	s := newSim(t, true, 1, pinned)
	s.be.Redispatch = -1
	a, b, c := s.client(), s.client(), s.client()
	s.say(a, get)
	s.say(b, get)
	s.say(c, get)
	s.be.SetUp(s.be.Servers[0], false) // told to both, not arrived
	s.reset(c)
	s.turn()
	s.want(b, "HTTP/1.1 503 ")
	s.say(s.server(0), ok)
	s.want(a, "200 OK")
	s.idle()
}

// A priority is the request's, not the connection's.
func TestPriorityOfARequest(t *testing.T) {
	s := newSim(t, true, 1)
	s.be.Servers[0].MaxConn = 1
	s.fe.HTTPRequest = rules(t, "http-request set-priority-class req.hdr(class)")
	busy, plain, urgent := s.client(), s.client(), s.client()
	// What a connection's former request had is forgotten.
	s.say(plain, "GET / HTTP/1.1\r\nHost: h\r\nClass: -5\r\n\r\n")
	s.say(s.server(0), ok)
	s.want(plain, "200 OK")
	s.say(busy, get)
	s.say(plain, get)
	s.say(urgent, "GET / HTTP/1.1\r\nHost: h\r\nClass: -1\r\n\r\n")
	for i, c := range []*end{busy, urgent, plain} {
		n := len(s.made) - 1
		s.say(s.server(n), ok)
		if got := c.take(); got == "" {
			t.Fatalf("client %d has no answer when its turn has come", i)
		}
	}
	s.idle()
}

// A TCP client that half-closes while it waits, with or without a word for the
// server, leaves with "option abortonclose".
func TestTCPHalfCloseInTheQueue(t *testing.T) {
	for _, abort := range []bool{false, true} {
		for _, together := range []bool{false, true} {
			s := newSim(t, false, 1, func(s *sim) { s.be.Servers[0].MaxConn = 1; s.be.AbortOnClose = abort })
			a, b := s.client(), s.client()
			s.say(a, "first")
			if together {
				b.in = []byte("word")
			} else {
				s.say(b, "word")
			}
			s.fin(b)
			if cur, _ := s.be.Queued(); b.closed != abort || (cur == 0) != abort {
				t.Errorf("abortonclose %v: closed %v, %d queued", abort, b.closed, cur)
			}
			s.reset(a)
			if !abort {
				u := s.server(1)
				if got := u.take(); got != "word" || !u.shut {
					t.Errorf("the server got %q, shut %v", got, u.shut)
				}
				s.say(u, "answer")
				s.fin(u)
				s.want(b, "answer")
			}
			s.idle()
		}
	}
}
