package stream

import (
	"strings"
	"testing"
)

// "http-request auth" answers by the page of 401, and to who takes us for a proxy by
// that of 407; the connection goes on.
func TestChallenge(t *testing.T) {
	s := newSim(t, true, 1, func(s *sim) {
		s.fe.UseProxyHeader = true
		s.fe.HTTPRequest = rules(t, "http-request auth realm \"My realm\" if { path /a }", "http-request auth if { path /b }")
	})
	c := s.client()
	for _, x := range []struct{ target, want string }{
		{"/a", "HTTP/1.1 401 Unauthorized\r\n|www-authenticate: Basic realm=\"My realm\"\r\n|<h1>401 "},
		{"/b", "HTTP/1.1 401 Unauthorized\r\n|www-authenticate: Basic realm=\"web\"\r\n|<h1>401 "},
		{"http://h/a", "HTTP/1.1 407 Unauthorized\r\n|proxy-authenticate: Basic realm=\"My realm\"\r\n|<h1>407 "},
	} {
		c.got = nil
		s.say(c, "GET "+x.target+" HTTP/1.1\r\nHost: h\r\n\r\n")
		for _, part := range strings.Split(x.want, "|") {
			if !strings.Contains(string(c.got), part) {
				t.Errorf("%s: the client got %q, without %q", x.target, c.got, part)
			}
		}
		if c.closed || strings.Count(string(c.got), "authenticate:") != 1 {
			t.Errorf("%s: closed %v, %q", x.target, c.closed, c.got)
		}
	}
	c.got = nil
	s.say(c, "GET /free HTTP/1.1\r\nHost: h\r\n\r\n")
	s.say(s.server(0), ok)
	if got := s.want(c, "200 OK"); strings.Contains(got, "authenticate") {
		t.Errorf("another request got %q", got)
	}
}
