package stream

import (
	"syscall"
	"testing"
)

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
