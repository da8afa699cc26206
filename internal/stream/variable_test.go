package stream

import (
	"testing"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// Variables of a request end with it and those of a session with the connection,
// also where stream and session are used again.
func TestVariablesEndWithTheirScope(t *testing.T) {
	s := newSim(t, true, 1)
	s.fe.HTTPRequest = rules(t,
		"http-request set-var-fmt(txn.was) %[var(sess.n)],%[var(txn.n)],%[var(req.n)]",
		"http-request set-var(sess.n) path", "http-request set-var(txn.n) path", "http-request set-var(req.n) path",
		"http-request return status 200 hdr x-was %[var(txn.was)]")
	ask := func(c *end, path, want string) {
		t.Helper()
		s.say(c, "GET "+path+" HTTP/1.1\r\nHost: h\r\n\r\n")
		s.want(c, "x-was: "+want+"\r\n")
	}
	c := s.client()
	ask(c, "/1", ",,")
	ask(c, "/2", "/1,,")
	s.fin(c)
	d := s.client()
	ask(d, "/3", ",,")
	ask(d, "/4", "/3,,")
}

// The memory of variables is given back with the streams and sessions that had
// them, however they end.
func TestVariablesGiveTheirMemoryBack(t *testing.T) {
	sample.LimitVars(sample.VarLimits{Proc: 1000})
	defer sample.LimitVars(sample.VarLimits{})
	s := newSim(t, true, 1)
	s.fe.HTTPRequest = rules(t, "http-request set-var(sess.big) path", "http-request set-var(txn.big) path", "http-request set-var(req.big) path",
		"http-request set-header x-set %[var(sess.big)],%[var(txn.big)],%[var(req.big)]")
	for i := range 20 {
		c := s.client()
		s.say(c, "GET /a HTTP/1.1\r\nHost: h\r\n\r\n")
		up := s.server(len(s.made) - 1)
		s.want(up, "x-set: /a,/a,/a\r\n")
		switch i % 3 {
		case 0:
			s.reset(c)
		case 1:
			s.say(up, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			s.fin(c)
		case 2:
			s.say(up, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")
			s.reset(up)
		}
	}
}

// A request that sets variables and reads them allocates no more than one without.
func TestVariablesOfACycleAllocateNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	c := newCycle(t)
	c.s.fe.HTTPRequest = rules(t, "http-request set-var(txn.path) path,lower", "http-request set-var(sess.count) int(1)",
		"http-request set-var(sess.count) var(sess.count),add(1)", "http-request set-var-fmt(req.both) %[var(txn.path)]-%[var(sess.count)]",
		"http-request set-header x-both %[var(req.both)]", "http-request unset-var(txn.path) if { var(sess.count) -m int gt 1 }")
	for range 100 {
		c.turn()
	}
	if n := testing.AllocsPerRun(1000, c.turn); n != 0 {
		t.Errorf("%v allocations for a request", n)
	}
}
