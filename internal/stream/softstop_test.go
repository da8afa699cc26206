package stream

import (
	"testing"
	"time"
)

// idleClients makes n clients that had an answer and wait.
func idleClients(s *sim, n int) []*end {
	var list []*end
	for range n {
		c := s.client()
		s.say(c, get)
		s.say(s.server(len(s.made)-1), ok)
		s.want(c, "200 OK")
		list = append(list, c)
	}
	return list
}

func closed(list []*end) int {
	n := 0
	for _, c := range list {
		if c.closed {
			n++
		}
	}
	return n
}

// A soft stop closes who has been idle for a moment, at once; who was busy just
// now gets a second for its next request, which is answered with the end of the
// connection.
func TestSoftStopClosesIdle(t *testing.T) {
	s := newSim(t, true, 1)
	old := idleClients(s, 3)
	s.pass(2e9)
	fresh := idleClients(s, 2)
	s.e.SoftStop(0)
	s.turn()
	if closed(old) != 3 || closed(fresh) != 0 {
		t.Fatalf("%d of 3 that were idle and %d of 2 that were not are closed", closed(old), closed(fresh))
	}
	s.say(fresh[0], get)
	s.say(s.server(len(s.made)-1), ok)
	s.want(fresh[0], "connection: close")
	s.pass(11e8)
	if closed(fresh) != 2 {
		t.Errorf("%d of 2 closed after a second", closed(fresh))
	}
}

// Who has not sent a first request is no error when the stop closes it.
func TestSoftStopClosesUnused(t *testing.T) {
	s := newSim(t, true, 1)
	c := s.client()
	s.e.SoftStop(0)
	s.pass(5e8)
	if c.closed {
		t.Fatal("closed although its request may be on the way")
	}
	s.pass(6e8)
	if got := c.take(); !c.closed || got != "" {
		t.Errorf("closed %v, sent %q", c.closed, got)
	}
}

// A request that has begun when the moment comes has its whole time.
func TestSoftStopLeavesRequests(t *testing.T) {
	s := newSim(t, true, 1)
	c := idleClients(s, 1)[0]
	s.e.SoftStop(0)
	s.turn()
	s.say(c, get[:10])
	s.pass(3e9)
	if c.closed {
		t.Fatal("closed in the middle of a request")
	}
	s.say(c, get[10:])
	s.say(s.server(len(s.made)-1), ok)
	s.want(c, "connection: close")
}

// "close-spread-time": idle connections go one after the other.
func TestSoftStopSpread(t *testing.T) {
	s := newSim(t, true, 1)
	s.fe.Timeouts.HTTPKeepAlive = 3600e9
	list := idleClients(s, 100)
	s.pass(2e9)
	s.e.SoftStop(10 * time.Second)
	s.turn()
	last := closed(list)
	if last > 20 {
		t.Fatalf("%d of 100 closed at once", last)
	}
	for range 5 {
		s.pass(2e9)
		n := closed(list)
		if n <= last || n > last+60 {
			t.Errorf("%d closed after %d", n, last)
		}
		last = n
	}
	s.pass(1e9)
	if n := closed(list); n != 100 {
		t.Errorf("%d of 100 closed at the end", n)
	}
}

// "close-spread-time infinite": nobody is asked to go.
func TestSoftStopNever(t *testing.T) {
	s := newSim(t, true, 1)
	s.fe.Timeouts.HTTPKeepAlive = 20e9
	c := idleClients(s, 1)[0]
	s.pass(2e9)
	s.e.SoftStop(Never)
	s.pass(10e9)
	s.say(c, get)
	s.say(s.server(len(s.made)-1), ok)
	if got := s.want(c, "200 OK"); c.closed {
		t.Fatalf("closed after %q", got)
	}
	s.pass(21e9)
	if !c.closed {
		t.Error("open although its own timeout is over")
	}
}
