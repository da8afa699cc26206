package stream

import (
	"strings"
	"syscall"
	"testing"
)

func TestErrorsOfTheClient(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(s *sim, c *end)
		want string
	}{
		{"garbage", func(s *sim, c *end) { s.say(c, "\x16\x03\x01 hello\r\n\r\n") }, "HTTP/1.1 400 "},
		{"length and chunks differ", func(s *sim, c *end) {
			s.say(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd")
		}, "HTTP/1.1 400 "},
		{"half a head, then silence", func(s *sim, c *end) { s.say(c, "GET / HT"); s.pass(11e9) }, "HTTP/1.1 408 "},
		{"nothing at all", func(s *sim, c *end) { s.pass(11e9) }, "HTTP/1.1 408 "},
		{"half a head, then end", func(s *sim, c *end) { s.say(c, "GET / HT"); s.fin(c) }, "HTTP/1.1 400 "},
		{"a byte a second", func(s *sim, c *end) {
			for _, b := range get[:15] {
				s.say(c, string(b))
				s.pass(1e9)
			}
		}, "HTTP/1.1 408 "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSim(t, true, 1)
			c := s.client()
			tt.do(s, c)
			if got := c.take(); !strings.HasPrefix(got, tt.want) || !strings.Contains(got, "connection: close\r\n") {
				t.Fatalf("answered %q, want %q and a close", got, tt.want)
			}
			s.pass(3e9)
			if !c.closed {
				t.Fatal("connection left open")
			}
			if len(s.made) != 0 {
				t.Fatal("a server was bothered")
			}
			s.idle()
		})
	}
}

func TestErrorsOfTheServer(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(s *sim)
		want string // of the answer; "" means cut without one
	}{
		{"refuses", func(s *sim) {
			s.dead = syscall.ECONNREFUSED
			s.pass(10e9)
		}, "HTTP/1.1 503 "},
		{"never accepts", func(s *sim) { s.pass(30e9) }, "HTTP/1.1 503 "},
		{"hangs", func(s *sim) { s.server(0); s.pass(21e9) }, "HTTP/1.1 504 "},
		{"garbage", func(s *sim) { s.say(s.server(0), "220 smtp ready\r\n\r\n") }, "HTTP/1.1 502 "},
		{"closes at once", func(s *sim) { s.fin(s.server(0)) }, "HTTP/1.1 502 "},
		{"resets", func(s *sim) { s.reset(s.server(0)) }, "HTTP/1.1 502 "},
		{"half a head, then end", func(s *sim) { u := s.server(0); s.say(u, "HTTP/1.1 200 O"); s.fin(u) }, "HTTP/1.1 502 "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSim(t, true, 1)
			if tt.name == "refuses" {
				s.dead = syscall.ECONNREFUSED
			}
			c := s.client()
			s.say(c, get)
			tt.do(s)
			if got := c.take(); !strings.HasPrefix(got, tt.want) {
				t.Fatalf("answered %q, want %q", got, tt.want)
			}
			s.idle()
			if n := s.be.Servers[0].Conns.Load(); n != 0 {
				t.Fatalf("%d server connections counted", n)
			}
		})
	}
}

// An answer that stops in the middle cannot be mended: the client learns it by
// the connection's end, and never sees an error page inside a body.
func TestAnswerCutShort(t *testing.T) {
	for _, how := range []string{"fin", "reset", "silence"} {
		s := newSim(t, true, 1)
		c := s.client()
		s.say(c, get)
		u := s.server(0)
		s.say(u, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart")
		switch how {
		case "fin":
			s.fin(u)
		case "reset":
			s.reset(u)
		case "silence":
			s.pass(21e9)
		}
		s.pass(2e9)
		if got := c.take(); !strings.HasSuffix(got, "part") || !c.closed {
			t.Fatalf("%s: client got %q, closed %v", how, got, c.closed)
		}
		s.idle()
	}
}
