package stream

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// A slot may be granted in the moment in which its stream gives up waiting. The
// stream may not be used again before it has ended, nor the slot be lost.
func TestGrantForAStreamThatGaveUp(t *testing.T) {
	s := newSim(t, true, 1)
	s.be.Servers[0].MaxConn = 1
	a, b := s.client(), s.client()
	s.say(a, get)
	b.room = 0
	s.say(b, get)
	st := b.h.(*link).side.(*session).st
	u := s.server(0)
	u.in = []byte(ok)
	u.h.OnEvents(sys.In) // the slot is granted: posted, not arrived
	st.expired()         // the time in the queue is over
	if st.phase != phaseLast || !st.zombie {
		t.Fatalf("phase %v, zombie %v", st.phase, st.zombie)
	}
	s.turn()
	if n := len(s.th.freeSt); n != 1 {
		t.Fatalf("%d streams free, want only that of the first client", n)
	}
	b.room = -1
	s.event(b, sys.Out)
	s.want(b, "HTTP/1.1 503 ")
	s.idle()
	seen := map[*stream]bool{}
	for _, x := range s.th.freeSt {
		if seen[x] {
			t.Fatal("a stream is free twice")
		}
		seen[x] = true
	}
}

// The stream ends before the grant arrives, which then frees it.
func TestGrantForAStreamThatEnded(t *testing.T) {
	s := newSim(t, true, 1)
	s.be.Servers[0].MaxConn = 1
	a, b := s.client(), s.client()
	s.say(a, get)
	s.say(b, get)
	u := s.server(0)
	u.in = []byte(ok)
	u.h.OnEvents(sys.In)
	b.rst = true
	b.h.OnEvents(sys.In | sys.Err | sys.Hup)
	if n := len(s.th.deadSt); n != 1 {
		t.Fatalf("%d streams can be used again before the grant arrived, want 1", n)
	}
	s.turn()
	if n := len(s.th.freeSt); n != 2 {
		t.Fatalf("%d streams free in the end, want 2", n)
	}
	s.idle()
}

// A stream that waited in vain is used again like any other.
func TestStreamsComeBackFromTheQueue(t *testing.T) {
	s := newSim(t, true, 1)
	s.be.Servers[0].MaxConn = 1
	a, b := s.client(), s.client()
	s.say(a, get)
	s.say(b, get)
	s.pass(4e9)
	s.want(b, "HTTP/1.1 503 ")
	if n := len(s.th.freeSt); n != 1 {
		t.Errorf("%d streams free, want 1", n)
	}
}

// An idle server connection that ends leaves the pool, whatever way it ends.
func TestIdleServerConnectionEnds(t *testing.T) {
	for _, how := range []string{"fin", "reset", "talks", "panics"} {
		s := newSim(t, true, 1)
		s.quiet = true
		c := s.client()
		s.say(c, get)
		u := s.server(0)
		s.say(u, ok)
		switch how {
		case "fin":
			s.fin(u)
		case "reset":
			s.reset(u)
		case "talks":
			s.say(u, ok)
		case "panics":
			s.panicAt("recv", 1)
			s.say(u, "x")
		}
		if srv := s.be.Servers[0]; !u.closed || srv.Conns.Load() != 0 || srv.Idle[0].Load() != 0 || s.th.idle[0].n != 0 {
			t.Errorf("%s: closed %v, %d connections, %d idle, %d in the pool", how, u.closed, srv.Conns.Load(), srv.Idle[0].Load(), s.th.idle[0].n)
		}
		c.take()
		s.say(c, get)
		s.say(s.server(1), ok)
		s.want(c, "200 OK")
	}
}

// A client may close its sending side while it takes the end of what a server
// sent that is gone.
func TestTCPHalfCloseWhileTakingTheEnd(t *testing.T) {
	s := newSim(t, false, 1)
	c := s.client()
	u := s.server(0)
	c.room = 2
	s.say(u, "goodbye")
	u.rst = true // which shows when something is sent to it
	s.say(c, "x")
	if st := c.h.(*link).side.(*session).st; st.phase != phaseLast {
		t.Fatalf("phase %v", st.phase)
	}
	s.fin(c)
	c.room = -1
	s.event(c, sys.Out)
	s.want(c, "goodbye")
	s.pass(2e9)
	s.idle()
}

// What a TCP client says, and that it ends, is kept until there is a connection.
func TestTCPClientAheadOfItsServer(t *testing.T) {
	s := newSim(t, false, 1)
	c := s.client()
	s.say(c, "hello")
	s.fin(c)
	u := s.server(0)
	s.want(u, "hello")
	if !u.shut {
		t.Error("its end was not passed on")
	}
}

// What we answer ourselves while we stop announces the end as well.
func TestStopIsAnnouncedByErrorPages(t *testing.T) {
	s := newSim(t, true, 1)
	s.be.Servers[0].MaxConn = 1
	a, b := s.client(), s.client()
	s.say(a, get)
	s.say(b, get)
	s.e.SoftStop(0)
	s.pass(4e9)
	if got := s.want(b, "HTTP/1.1 503 "); !strings.Contains(got, "connection: close\r\n") || !b.closed {
		t.Errorf("%q, closed %v", got, b.closed)
	}
}

// Turn-around: a server that refuses is left alone for a second; one that does
// not answer has had its time.
func TestRetries(t *testing.T) {
	s := newSim(t, true, 1)
	c := s.client()
	s.say(c, get)
	s.pass(14e9) // timeout connect is 5 s: attempts at 0, 5, 10
	if n := len(s.made); n != 3 {
		t.Errorf("%d attempts after 14 s, want 3", n)
	}
	s.say(s.server(2), ok)
	s.want(c, "200 OK")
	if n := s.be.Servers[0].Loops[0].Retries; n != 2 {
		t.Errorf("%d retries", n)
	}
}

// SoftStop's channel must not speak while a listener may still bring somebody:
// who listens to it ends the process.
func TestSoftStopWaitsForListeners(t *testing.T) {
	r := newReal(t, true, 2, nil, origin(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { io.WriteString(w, "ok") })))
	done := r.e.SoftStop(0)
	select {
	case <-done:
		t.Fatal("told to be over with a listener in service")
	case <-time.After(50 * time.Millisecond):
	}
	c, err := net.Dial("tcp", r.at)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r.l.Retire()
	select {
	case <-done:
		t.Fatal("told to be over with a connection open")
	default:
	}
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	b, err := io.ReadAll(c)
	if err != nil || !strings.Contains(string(b), "connection: close") {
		t.Fatalf("%q %v", b, err)
	}
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatal("not told to be over")
	}
	r.l = nil
}

// Who gave up waiting for the threads is not written to later.
func TestCollectInTime(t *testing.T) {
	e, err := New(Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	if e.Collect(time.Millisecond, func(int) { n++ }) { // not started: nobody answers
		t.Error("collected from threads that do not run")
	}
	e.Start()
	if !e.Collect(5*time.Second, func(int) { n++ }) || n != 2 {
		t.Errorf("%d threads answered, want 2", n)
	}
	e.Stop()
	if e.Collect(time.Millisecond, func(int) { n++ }) {
		t.Error("collected from threads that have ended")
	}
}
