package stream

import (
	"strings"
	"testing"
)

func TestWearsOut(t *testing.T) {
	for most, want := range map[int]int{1: 1, 2: 1, 3: 2, 4: 3, 5: 4, 8: 6, 20: 15} {
		for n := range 30 {
			if wearsOut(n, most) != (n >= want) {
				t.Errorf("%d of %d: %v", n, most, wearsOut(n, most))
			}
		}
	}
	if wearsOut(1000, 0) {
		t.Error("there is no threshold")
	}
}

// At the threshold itself the connection ends without an answer.
func TestGlitchesKill(t *testing.T) {
	s := newSim(t, true, 1, func(s *sim) { s.fe.LaxRequest = true })
	s.fe.HTTPRequest = rules(t, "http-request return status 200")
	s.e.tune.ClientGlitches = 1
	c := s.client()
	s.say(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	s.want(c, " 200 ")
	s.say(c, "GET / HTTP/1.1\r\nHost: a\r\nb@d: x\r\n\r\n")
	if !c.closed || strings.Contains(c.take(), "HTTP") {
		t.Errorf("closed %v, answered %q", c.closed, c.got)
	}
	s.idle()
}
