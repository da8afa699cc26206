package stream

import "testing"

// A client that sends all it has and half-closes in one go finds a connection to the
// server that the kernel made in the same turn: it counts as one who leaves while it
// waits for the answer, and in TCP mode as one who only has nothing more to say.
func TestLeavesBehindConnection(t *testing.T) {
	s := newSim(t, true, 1)
	s.be.AbortOnClose = true
	c := s.client()
	s.say(c, "GET / HTTP/1.1\r\nhost: h\r\n\r\n")
	u := s.ends[s.made[0]]
	u.ready = true
	s.fin(c)
	s.want(u, "GET / HTTP/1.1")
	s.want(c, "HTTP/1.1 400 ")
	s.idle()

	s = newSim(t, false, 1)
	c = s.client()
	u = s.ends[s.made[0]]
	u.ready = true
	s.fin(c)
	if !u.shut {
		t.Error("the server does not know that the client has nothing to say")
	}
	s.say(u, "220 welcome\r\n")
	s.want(c, "220 welcome")
	s.fin(u)
	if !c.closed || !u.closed {
		t.Error("a connection is left open")
	}
	s.idle()
}
