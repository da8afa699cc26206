package stream

import (
	"strings"
	"testing"
)

const answerOK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"

// switching is a frontend in TCP mode whose sessions become HTTP by a rule; its
// backend is in HTTP mode.
func switching(t *testing.T, lines ...string) *sim {
	t.Helper()
	lines = append([]string{"tcp-request content switch-mode http if HTTP", "tcp-request content reject if { req.len gt 0 } !HTTP"}, lines...)
	s := newSim(t, false, 1, func(s *sim) { s.be.HTTP = true })
	s.fe.TCPContent = setOf(t, "tcp-request content", lines...)
	s.fe.HTTPRequest = setOf(t, "http-request", lines...)
	s.fe.InspectRequest = 1e9
	return s
}

// A request gets through wherever it is cut, with the HTTP rules of the frontend,
// and the connection goes on with the next one.
func TestSwitchMode(t *testing.T) {
	const request = "GET /a HTTP/1.1\r\nhost: h\r\n\r\n"
	for at := range len(request) {
		s := switching(t, "http-request set-header x-up %[path]")
		c := s.client()
		if at > 0 {
			s.say(c, request[:at])
		}
		s.say(c, request[at:])
		for i := range 2 {
			u := s.server(0)
			if got := s.want(u, "x-up: /a\r\n"); !strings.HasPrefix(got, "GET /a HTTP/1.1\r\n") {
				t.Fatalf("cut at %d, request %d: %q", at, i, got)
			}
			s.say(u, answerOK)
			s.want(c, "200 OK")
			if i == 0 {
				s.say(c, request)
			}
		}
		if c.closed {
			t.Fatalf("cut at %d: the connection was closed", at)
		}
		s.idle()
	}
}

// What is no HTTP meets the other rules, and what only begins like it an error page.
func TestSwitchModeRefuses(t *testing.T) {
	s := switching(t)
	c := s.client()
	s.say(c, "\x16\x03\x01\x00\x05hello")
	if got := c.take(); got != "" || !c.closed {
		t.Errorf("TLS: %q, closed %v", got, c.closed)
	}
	s = switching(t)
	c = s.client()
	s.say(c, "GET / HTTP/1.1\r\nhost : h\r\n\r\n")
	if got := c.take(); !c.closed || got != "" && !strings.HasPrefix(got, "HTTP/1.1 400 ") {
		t.Errorf("a bad field: %q, closed %v", got, c.closed)
	}
	s.idle()
}

// The choice of a backend in HTTP mode is enough; its error pages and timeouts are
// those of HTTP from then on.
func TestHTTPBackendOfTCP(t *testing.T) {
	start := func(t *testing.T) (*sim, *end) {
		s := newSim(t, false, 1, func(s *sim) { s.be.HTTP = true })
		return s, s.client()
	}
	t.Run("request", func(t *testing.T) {
		s, c := start(t)
		s.say(c, "GET / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")
		u := s.server(0)
		s.want(u, "GET / HTTP/1.1")
		s.say(u, answerOK)
		s.want(c, "connection: close")
		if !c.closed {
			t.Error("the connection stays open")
		}
		s.idle()
	})
	t.Run("no request", func(t *testing.T) {
		s, c := start(t)
		s.say(c, "hello\n\n")
		s.want(c, "HTTP/1.1 400 ")
		s.idle()
	})
	t.Run("silence", func(t *testing.T) {
		s, c := start(t)
		s.say(c, "GET / HT")
		s.wait(11e9)
		s.want(c, "HTTP/1.1 408 ")
		s.idle()
	})
	t.Run("half closed", func(t *testing.T) {
		s, c := start(t)
		s.say(c, "GET / HT")
		s.fin(c)
		if !strings.HasPrefix(c.take(), "HTTP/1.1 400 ") {
			t.Error("no answer to half a request")
		}
		s.idle()
	})
}

// HTTP has no way to a backend in TCP mode.
func TestSwitchedToTCPBackend(t *testing.T) {
	s := switching(t)
	s.be.HTTP = false
	c := s.client()
	s.say(c, "GET / HTTP/1.1\r\nhost: h\r\n\r\n")
	if got := c.take(); got != "" || !c.closed || len(s.made) > 0 {
		t.Errorf("%q, closed %v, %d connections", got, c.closed, len(s.made))
	}
	s.idle()
}

// A client that ends while rules still hold back what it sent is answered.
func TestSwitchModeAtEnd(t *testing.T) {
	s := newSim(t, false, 1, func(s *sim) { s.be.HTTP = true })
	s.fe.TCPContent = setOf(t, "tcp-request content", "tcp-request content accept if { req.len gt 100 }", "tcp-request content switch-mode http")
	s.fe.InspectRequest = 1e9
	c := s.client()
	s.say(c, "GET / HTTP/1.1\r\nhost: h\r\n\r\n")
	if len(s.made) != 0 {
		t.Fatal("decided too early")
	}
	s.fin(c)
	u := s.server(0)
	s.want(u, "GET / HTTP/1.1")
	s.say(u, answerOK)
	s.want(c, "200 OK")
	if !c.closed {
		t.Error("the connection stays open")
	}
	s.idle()
}
