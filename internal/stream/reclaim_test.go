package stream

import (
	"net/netip"
	"testing"

	"github.com/sluice-proxy/sluice/internal/proxy"
)

// twoLoops makes a sim of two loops and a server with maxconn 1, to which the
// second loop holds an idle connection.
func twoLoops(t *testing.T) (*sim, *Thread) {
	s := newSim(t, true, 1, func(s *sim) {
		s.loops = 2
		s.fe.Loops, s.be.Loops = make([]proxy.Counters, 2), make([]proxy.Counters, 2)
		srv := s.be.Servers[0]
		srv.Loops, srv.Idle, srv.MaxConn = make([]proxy.Counters, 2), newIdle(2), 1
	})
	other := s.e.threads[1]
	t.Cleanup(func() { other.Loop.Close() })
	fd, c := s.open()
	s.e.Conns.Add(1)
	s.fe.Conns.Add(1)
	s.ln.Conns.Add(1)
	other.newSession(fd, s.ln, netip.MustParseAddrPort("192.0.2.2:1234"), s.now)
	s.say(c, get)
	s.say(s.server(0), ok)
	other.Step(s.now)
	s.want(c, "200 OK")
	if n := s.be.Servers[0].Idle[1].Load(); n != 1 {
		t.Fatalf("%d idle connections on the second loop", n)
	}
	return s, other
}

// The idle connection of another loop is closed before a server at its maxconn
// gets a new one.
func TestReclaim(t *testing.T) {
	s, other := twoLoops(t)
	c := s.client()
	s.say(c, get)
	if len(s.made) != 1 {
		t.Fatal("a second connection was opened while the first was there")
	}
	other.Step(s.now)
	if !s.ends[s.made[0]].closed {
		t.Fatal("the idle connection was not closed")
	}
	s.turn()
	s.say(s.server(1), ok)
	s.want(c, "200 OK")
	if n := s.be.Servers[0].Conns.Load(); n != 1 {
		t.Errorf("%d connections", n)
	}
	s.idle()
}

// The stream that asked for it may be another one's by the time it is done.
func TestReclaimForAStreamThatEnded(t *testing.T) {
	s, other := twoLoops(t)
	a := s.client()
	s.say(a, get)
	first := a.h.(*link).side.(*session).st
	s.reset(a)
	b := s.client()
	s.say(b, get)
	if st := b.h.(*link).side.(*session).st; st != first {
		t.Fatal("the stream was not used again: this tests nothing")
	}
	other.Step(s.now) // closes the connection, answers the first and the second
	s.turn()
	if n := len(s.made) - 1; n != 1 {
		t.Errorf("%d connections opened for one request", n)
	}
	s.say(s.server(1), ok)
	s.want(b, "200 OK")
	s.idle()
}
