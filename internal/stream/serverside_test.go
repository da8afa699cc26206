package stream

import (
	"testing"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// What a stream knows of the ends of its connections, at the time when it ends.
func TestConnErrors(t *testing.T) {
	s := newSim(t, true, 1)
	c := s.client()
	st := func() *stream { return s.th.first.st }
	s.say(c, "GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
	a := s.server(0)
	if e, ok := st().ConnError(true); !ok || e != 0 {
		t.Errorf("error %d, %v", e, ok)
	}
	sent, got := st().serverBytes()
	if want := int64(len(a.got)); sent != want || got != 0 {
		t.Errorf("%d to the server, %d from it; want %d, 0", sent, got, want)
	}
	s.say(a, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
	if _, got = st().serverBytes(); got != int64(len("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")) {
		t.Errorf("%d from the server", got)
	}
	if n, ok := st().StreamID(true); !ok || n != 0 {
		t.Errorf("stream %d, %v", n, ok)
	}
	b := make([]byte, 20)
	if n := st().SavedSYN(b); string(b[:n]) != "the packet" {
		t.Errorf("packet %q", b[:n])
	}
	if sample.ConnErrorFor("Truncated PROXY protocol header received") != 14 || sample.ConnErrorFor("x") != 0 {
		t.Error("errors are not found by their texts")
	}
}

// A client that leaves while a rule waits: the rule is what the stream waited for. A
// rule that waited too long has decided instead.
func TestWaitingRule(t *testing.T) {
	for _, late := range []bool{false, true} {
		var waiting, last int
		s := newSim(t, true, 1)
		s.fe.HTTPRequest = rules(t, "http-request wait-for-body time 1s", "http-request deny")
		c := s.client()
		s.say(c, "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab")
		st := s.th.first.st
		if late {
			s.wait(2e9)
			s.want(c, " 408 ")
		} else {
			s.reset(c)
		}
		_, waiting = st.WaitingRule()
		_, last = st.LastRule()
		if late && (waiting != 0 || last != 4) || !late && waiting != 4 {
			t.Errorf("late %v: waiting for %d, last %d", late, waiting, last)
		}
	}
}

// A request that ends before the body a rule waits for.
func TestWaitingForCutBody(t *testing.T) {
	s := newSim(t, true, 1)
	s.fe.HTTPRequest = rules(t, "http-request wait-for-body time 1s", "http-request set-header a b")
	c := s.client()
	s.say(c, "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab")
	st := s.th.first.st
	s.fin(c)
	if _, line := st.WaitingRule(); line != 4 {
		t.Errorf("waiting for line %d", line)
	}
}
