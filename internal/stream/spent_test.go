package stream

import (
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// A connection to a server with which nothing is left to do is reset: an
// orderly end would leave its port unusable for a minute. One that ends in the
// middle of something, or was ended by the server, is not.
func TestServerConnectionsThatAreReset(t *testing.T) {
	closing := strings.Replace(ok, "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nConnection: close\r\n", 1)
	for _, c := range []struct {
		name string
		end  func(s *sim, cl, u *end)
		want bool
	}{
		{"the server wants no more", func(s *sim, cl, u *end) { s.say(u, closing) }, true},
		{"idle until the stop", func(s *sim, cl, u *end) { s.say(u, ok); s.th.closeIdle() }, true},
		{"ended by the server", func(s *sim, cl, u *end) { s.say(u, ok); s.fin(u) }, false},
		{"announced and ended", func(s *sim, cl, u *end) { u.in, u.eof = []byte(closing), true; s.event(u, sys.In|sys.RDHup) }, false},
		{"the client is gone", func(s *sim, cl, u *end) { s.reset(cl) }, false},
	} {
		s := newSim(t, true, 1)
		cl := s.client()
		s.say(cl, get)
		u := s.server(0)
		c.end(s, cl, u)
		if !u.closed || u.abrupt != c.want {
			t.Errorf("%s: closed %v, with a reset %v, want %v", c.name, u.closed, u.abrupt, c.want)
		}
	}
	s := newSim(t, false, 1)
	cl := s.client()
	s.say(cl, "bytes")
	u := s.server(0)
	s.fin(cl)
	s.fin(u)
	if !u.closed || u.abrupt {
		t.Errorf("a tunnel: closed %v, with a reset %v", u.closed, u.abrupt)
	}
}
