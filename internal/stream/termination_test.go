package stream

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// statCounts shows the counters of "show stat" that are not 0, by the reference's names.
func statCounts(n *proxy.Counters) string {
	var list []string
	for _, x := range []struct {
		name string
		n    int64
	}{{"ereq", n.ReqErrors}, {"dreq", n.DeniedReq}, {"eresp", n.ResErrors}, {"cli_abrt", n.ClientAborts}, {"srv_abrt", n.ServerAborts}, {"intercepted", n.Intercepted}} {
		if x.n != 0 {
			list = append(list, fmt.Sprintf("%s=%d", x.name, x.n))
		}
	}
	return strings.Join(list, " ")
}

// How a stream ended (manual 8.5), and what of it the frontend, the backend and the
// server count: as HAProxy 2.6 and 3.5 do, which were run for each.
func TestTerminations(t *testing.T) {
	const close = "GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
	const partial = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"
	for _, x := range []struct {
		name        string
		http        bool
		prepare     func(s *sim)
		do          func(s *sim, c *end)
		state       string
		fe, be, srv string
	}{
		{"answer ends early", true, nil, func(s *sim, c *end) {
			s.say(c, close)
			u := s.server(0)
			s.say(u, partial)
			s.fin(u)
		}, "SD--", "", "eresp=1 srv_abrt=1", "eresp=1 srv_abrt=1"},
		{"answer is reset", true, nil, func(s *sim, c *end) {
			s.say(c, close)
			u := s.server(0)
			s.say(u, "HTTP/1.0 200 OK\r\n\r\nhello")
			s.reset(u)
		}, "SD--", "", "eresp=1 srv_abrt=1", "eresp=1 srv_abrt=1"},
		{"client takes nothing", true, nil, func(s *sim, c *end) {
			c.room = 10
			s.say(c, close)
			s.say(s.server(0), partial)
			s.be.Timeouts.Server = 0
			s.wait(31e9)
		}, "cD--", "cli_abrt=1", "cli_abrt=1", "cli_abrt=1"},
		{"client leaves the queue", true, func(s *sim) { s.be.AbortOnClose = true; s.be.Servers[0].MaxConn = 1 }, func(s *sim, c *end) {
			first := s.client()
			s.say(first, close)
			s.say(c, close)
			s.fin(c)
			s.say(s.server(0), answerOK)
		}, "CQ--", "", "", ""},
		{"answer is replaced", true, func(s *sim) {
			s.be.HTTPResponse = setOf(s.t.(*testing.T), "http-response", "http-response return status 202")
		}, func(s *sim, c *end) {
			s.say(c, close)
			s.say(s.server(0), answerOK)
		}, "LH--", "", "", ""},
		{"backend's content rule", false, func(s *sim) {
			s.be.TCPContent = setOf(s.t.(*testing.T), "tcp-request content", "tcp-request content reject")
		}, func(s *sim, c *end) {}, "PR", "dreq=1", "", ""},
		{"reset while rules wait", false, func(s *sim) {
			s.fe.TCPContent = setOf(s.t.(*testing.T), "tcp-request content", threeBytes)
			s.fe.InspectRequest = 1e9
		}, func(s *sim, c *end) {
			s.say(c, "h")
			s.reset(c)
		}, "CR", "ereq=1 cli_abrt=1", "cli_abrt=1", ""},
		{"server resets a tunnel", false, nil, func(s *sim, c *end) { s.reset(s.server(0)) }, "SD", "", "eresp=1 srv_abrt=1", "eresp=1 srv_abrt=1"},
		{"client's silence", false, func(s *sim) { s.be.Timeouts.Server = 0 }, func(s *sim, c *end) { s.server(0); s.wait(31e9) }, "cD", "cli_abrt=1", "cli_abrt=1", "cli_abrt=1"},
		{"silence of both", false, func(s *sim) { s.be.Timeouts.Server = 30e9 }, func(s *sim, c *end) { s.server(0); s.wait(31e9) }, "cD", "cli_abrt=1", "cli_abrt=1", "cli_abrt=1"},
		{"silence after the client's end", false, func(s *sim) { s.be.Timeouts.Server = 40e9 }, func(s *sim, c *end) { s.server(0); s.fin(c); s.wait(41e9) }, "sD", "", "srv_abrt=1", "srv_abrt=1"},
	} {
		t.Run(x.name, func(t *testing.T) {
			f := logs.TCP()
			if x.http {
				f = logs.HTTP()
			}
			logged, next := logTo(t, f)
			s := newSim(t, x.http, 1, logged, func(s *sim) {
				if x.prepare != nil {
					x.prepare(s)
				}
			})
			x.do(s, s.client())
			line := next()
			if !strings.Contains(line, " "+x.state+" ") {
				t.Errorf("logged %q, want %s", line, x.state)
			}
			for _, y := range []struct {
				who, want string
				n         *proxy.Counters
			}{{"frontend", x.fe, &s.fe.Loops[0]}, {"backend", x.be, &s.be.Loops[0]}, {"server", x.srv, &s.be.Servers[0].Loops[0]}} {
				if got := statCounts(y.n); got != y.want {
					t.Errorf("%s: %q, want %q", y.who, got, y.want)
				}
			}
		})
	}
}

// The time in a tarpit is a wait, not the client's time to ask.
func TestTarpitTimers(t *testing.T) {
	logged, next := logTo(t, logs.HTTP())
	s := newSim(t, true, 1, logged, func(s *sim) {
		s.fe.HTTPRequest = setOf(t, "http-request", "http-request tarpit")
		s.fe.Timeouts.Tarpit = 2e9
	})
	c := s.client()
	s.say(c, get)
	s.wait(3e9)
	s.want(c, "HTTP/1.1 500 ")
	if line := next(); !strings.Contains(line, " web/<NOSRV> -1/2000/-1/-1/2000 500 ") || !strings.Contains(line, " PT-- ") {
		t.Errorf("logged %q", line)
	}
}
