package stream

import (
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
)

const (
	unavailable = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno"
	post        = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n"
)

func newReplaySim(t *testing.T, servers int, on config.RetryOn) *sim {
	s := newSim(t, true, servers)
	s.be.RetryOn = on
	return s
}

var everything = ^config.RetryOn(0)

// Each kind of failure has the request sent again, at once, and only if that
// kind is asked for; the client sees nothing of it.
func TestReplay(t *testing.T) {
	for _, tt := range []struct {
		name   string
		on     config.RetryOn
		fail   func(s *sim, u *end)
		status string // without the retry
		errors int64  // of responses, counted although the request was sent again
	}{
		{"closes", config.RetryEmptyResponse, func(s *sim, u *end) { s.fin(u) }, "502", 0},
		{"resets", config.RetryEmptyResponse, func(s *sim, u *end) { s.reset(u) }, "502", 0},
		{"no HTTP", config.RetryJunkResponse, func(s *sim, u *end) { s.say(u, "220 hello\r\n\r\n") }, "502", 1},
		{"half a head", config.RetryJunkResponse, func(s *sim, u *end) { s.say(u, "HTTP/1.1 200 O"); s.fin(u) }, "502", 1},
		{"silence", config.RetryResponseTimeout, func(s *sim, u *end) { s.pass(21e9) }, "504", 0},
		{"status", config.RetryStatus(503), func(s *sim, u *end) { s.say(u, unavailable) }, "503", 0},
		{"status after a hint", config.RetryStatus(503), func(s *sim, u *end) { s.say(u, "HTTP/1.1 103 Early Hints\r\n\r\n"+unavailable) }, "503", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newReplaySim(t, 1, tt.on)
			c := s.client()
			s.say(c, get)
			u := s.server(0)
			first := u.take()
			tt.fail(s, u)
			if !u.closed || len(s.made) != 2 {
				t.Fatalf("closed %v, %d connections; the client got %q", u.closed, len(s.made), c.take())
			}
			u = s.server(1)
			if again := u.take(); again != first {
				t.Fatalf("sent %q, then %q", first, again)
			}
			s.say(u, ok)
			s.want(c, "200 OK")
			n := s.be.Servers[0].Loops[0]
			if n.Retries != 1 || n.Redispatches != 0 || n.Sessions != 2 || n.Chosen != 1 || n.ResErrors != tt.errors || n.Status[5] != 0 {
				t.Errorf("%+v", n)
			}
			s.idle()

			s = newReplaySim(t, 1, everything&^tt.on)
			c = s.client()
			s.say(c, get)
			tt.fail(s, s.server(0))
			s.want(c, "HTTP/1.1 "+tt.status+" ")
			s.idle()
		})
	}
}

// The last answer is the client's when the retries are used up.
func TestReplaysEnd(t *testing.T) {
	s := newReplaySim(t, 1, everything)
	s.be.Retries = 2
	c := s.client()
	s.say(c, get)
	for i := range 3 {
		if got := c.take(); got != "" {
			t.Fatalf("the client got %q before the last attempt", got)
		}
		s.say(s.server(i), unavailable)
	}
	s.want(c, "503 Service Unavailable\r\ncontent-length: 2\r\n\r\nno")
	if n := s.be.Loops[0].Retries; n != 2 {
		t.Errorf("%d retries", n)
	}
	s.idle()
}

// A body goes on where the failed attempt was, in whatever framing.
func TestReplayInTheMiddleOfABody(t *testing.T) {
	for _, tt := range []struct{ head, one, two, sent string }{
		{post, "12345", "67890", "1234567890"},
		{"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", "5\r\n12345", "\r\n5\r\n67890\r\n0\r\n\r\n", "5\r\n12345\r\n5\r\n67890\r\n0\r\n\r\n"},
	} {
		s := newReplaySim(t, 1, everything)
		c := s.client()
		s.say(c, tt.head)
		u := s.server(0)
		s.say(c, tt.one)
		u.take()
		s.reset(u)
		s.say(c, tt.two) // while there is no server
		u = s.server(1)
		if _, body, _ := strings.Cut(u.take(), "\r\n\r\n"); body != tt.sent {
			t.Errorf("%q then %q arrived as %q", tt.one, tt.two, body)
		}
		s.say(u, ok)
		s.want(c, "200 OK")
		s.idle()
	}
}

// What does not fit into a buffer is not kept, and a rule may forbid it.
func TestNotReplayed(t *testing.T) {
	large := strings.Repeat("x", 16<<10)
	for name, ask := range map[string]func(s *sim, c *end){
		"large head": func(s *sim, c *end) {
			s.e.tune.BufSize = 100
			s.say(c, "GET /"+large[:200]+" HTTP/1.1\r\nHost: h\r\n\r\n")
		},
		"large body": func(s *sim, c *end) { s.say(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 16384\r\n\r\n"+large) },
		"body that grows": func(s *sim, c *end) {
			s.say(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 16384\r\n\r\n")
			s.server(0)
			s.say(c, large)
		},
		"retries 0":        func(s *sim, c *end) { s.be.Retries = 0; s.say(c, get) },
		"set-retries 0":    func(s *sim, c *end) { s.fe.HTTPRequest = rules(t, "http-request set-retries 0"); s.say(c, get) },
		"disable-l7-retry": func(s *sim, c *end) { s.be.HTTPRequest = rules(t, "http-request disable-l7-retry"); s.say(c, get) },
		"an answer has begun": func(s *sim, c *end) {
			s.say(c, get)
			s.say(s.server(0), "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
		},
		"the client has gone": func(s *sim, c *end) { s.say(c, get); s.server(0); s.reset(c) },
	} {
		s := newReplaySim(t, 1, everything)
		if name == "set-retries 0" { // the frontend is a listen section
			s.be.Spec = s.fe.Spec
		}
		c := s.client()
		ask(s, c)
		if !s.ends[s.made[0]].closed {
			s.reset(s.server(0))
		}
		s.pass(2e9)
		if len(s.made) != 1 {
			t.Errorf("%s: %d attempts", name, len(s.made))
		}
		s.idle()
	}
}

// A retry may go to another server, whose slot it then takes.
func TestReplayElsewhere(t *testing.T) {
	s := newReplaySim(t, 2, everything)
	s.be.Redispatch = -1
	for _, srv := range s.be.Servers {
		srv.MaxConn = 1
	}
	c := s.client()
	s.say(c, get)
	s.say(s.server(0), unavailable)
	if a, b := s.be.Servers[0].Served(), s.be.Servers[1].Served(); a != 0 || b != 1 {
		t.Fatalf("served %d and %d", a, b)
	}
	s.say(s.server(1), ok)
	s.want(c, "200 OK")
	a, b := s.be.Servers[0].Loops[0], s.be.Servers[1].Loops[0]
	if a.Redispatches != 1 || a.Retries != 0 || b.Sessions != 1 || b.Status[2] != 1 {
		t.Errorf("%+v\n%+v", a, b)
	}
	s.idle()
}

// The other server may be busy: then the request waits.
func TestReplayWaits(t *testing.T) {
	s := newReplaySim(t, 2, everything)
	s.be.Redispatch, s.be.Reuse = 1, config.ReuseNever
	for _, srv := range s.be.Servers {
		srv.MaxConn = 1
	}
	first, second, third := s.client(), s.client(), s.client()
	s.say(first, get)
	s.say(second, get)
	s.say(third, get)
	s.say(s.server(0), unavailable) // its slot goes to the third
	s.say(s.server(1), ok)
	s.want(second, "200 OK")
	s.say(s.server(3), ok)
	s.want(first, "200 OK")
	s.say(s.server(2), ok)
	s.want(third, "200 OK")
	s.idle()
}
