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

// A connection that is written to in pieces sends each at once, and is told so
// once; one piece per answer needs no telling.
func TestPiecesGoOutAtOnce(t *testing.T) {
	const post = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n"
	const upgrade = "Connection: upgrade\r\nUpgrade: x\r\n\r\n"
	for _, c := range []struct {
		name string
		http bool
		want int
		talk [][2]string // the client says, then the server
	}{
		{"requests in one piece", true, 0, [][2]string{{get, ok}, {get, ok}}},
		{"a body with its head", true, 0, [][2]string{{post + "ab", ok}}},
		{"a body in pieces", true, 1, [][2]string{{post, ""}, {"a", ""}, {"b", ok}, {get, ok}}},
		{"another one on the same connection", true, 1, [][2]string{{post, ""}, {"ab", ok}, {post, ""}, {"ab", ok}}},
		{"an upgrade", true, 1, [][2]string{{"GET / HTTP/1.1\r\nHost: h\r\n" + upgrade, "HTTP/1.1 101 Switching\r\n" + upgrade}}},
		{"TCP", false, 1, [][2]string{{"hello", "you"}, {"more", ""}}},
	} {
		s := newSim(t, c.http, 1)
		cl := s.client()
		for _, said := range c.talk {
			s.say(cl, said[0])
			s.say(s.server(0), said[1])
		}
		if u := s.server(0); u.prompt != c.want || len(s.made) != 1 {
			t.Errorf("%s: told %d times over %d connections, want %d over 1", c.name, u.prompt, len(s.made), c.want)
		}
	}
}
