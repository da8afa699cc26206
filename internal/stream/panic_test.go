package stream

import (
	"regexp"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/sample"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// bomb is a rule that panics.
type bomb struct{}

func (bomb) Do(*sample.Ctx, *rule.Result) rule.Verdict { panic("boom") }

// panicAt has the n-th system call of a kind from now on panic, once.
func (s *sim) panicAt(op string, n int) {
	s.boom = func(o string) {
		if o != op {
			return
		}
		if n--; n == 0 {
			s.boom = nil
			panic("boom in " + op)
		}
	}
}

// A panic, in whatever phase, ends the one stream it happened in: everybody
// else is served, and nothing is left behind.
func TestPanicEndsOneStream(t *testing.T) {
	const half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"
	seen := map[string]bool{} // the phases that a panic was reported in
	report := regexp.MustCompile(`^a stream was ended by an internal error \(frontend web, phase (\w+)`)
	// Server connection 0 belongs to the bystander.
	for _, tt := range []struct {
		name string
		do   func(s *sim, c *end)
		page bool // the client is told by an error page
	}{
		{"head", func(s *sim, c *end) { s.panicAt("recv", 1); s.say(c, get) }, false},
		{"rules", func(s *sim, c *end) {
			s.fe.HTTPRequest = rule.Set{{Name: "http-request boom", Action: bomb{}}}
			s.say(c, get)
			s.fe.HTTPRequest = nil
		}, true},
		{"choice of the backend", func(s *sim, c *end) {
			choose := s.fe.Choose
			s.fe.Choose = func(*sample.Ctx) *proxy.Backend { panic("boom") }
			s.say(c, get)
			s.fe.Choose = choose
		}, true},
		{"dial", func(s *sim, c *end) { s.panicAt("dial", 1); s.say(c, get) }, true},
		{"dial after the queue", func(s *sim, c *end) {
			s.be.Servers[0].MaxConn = 1
			s.say(c, get)
			s.panicAt("dial", 1)
			s.say(s.server(0), ok)
		}, true},
		{"in the queue", func(s *sim, c *end) {
			s.be.Servers[0].MaxConn = 1
			s.say(c, get)
			s.panicAt("recv", 1)
			s.fin(c)
		}, true},
		{"dial after a turn-around", func(s *sim, c *end) {
			s.say(c, get)
			s.ends[s.made[1]].errno = 111
			s.event(s.ends[s.made[1]], sys.Err|sys.Hup|sys.Out)
			s.panicAt("dial", 1)
			s.pass(2e9)
		}, true},
		{"sending the request", func(s *sim, c *end) { s.say(c, get); s.panicAt("send", 1); s.server(1) }, true},
		{"the request's body", func(s *sim, c *end) {
			s.say(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n")
			s.server(1)
			s.panicAt("send", 1)
			s.say(c, "hello")
		}, true},
		{"receiving the response", func(s *sim, c *end) { s.say(c, get); u := s.server(1); s.panicAt("recv", 1); s.say(u, ok) }, true},
		{"rules of the response", func(s *sim, c *end) {
			s.say(c, get)
			u := s.server(1)
			s.be.HTTPResponse = rule.Set{{Name: "http-response boom", Action: bomb{}}}
			s.say(u, ok)
			s.be.HTTPResponse = nil
		}, true},
		{"while a body is waited for", func(s *sim, c *end) {
			s.fe.HTTPRequest = rules(s.t.(*testing.T), "http-request wait-for-body time 1s")
			s.say(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhe")
			s.fe.HTTPRequest = nil
			s.panicAt("recv", 1)
			s.say(c, "llo")
		}, true},
		{"rules behind a body", func(s *sim, c *end) {
			s.fe.HTTPRequest = append(rules(s.t.(*testing.T), "http-request wait-for-body time 1s"), &rule.Rule{Name: "http-request boom", Action: bomb{}})
			s.say(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhe")
			s.say(c, "llo")
			s.fe.HTTPRequest = nil
		}, true},
		{"rules behind a body that was cut", func(s *sim, c *end) {
			s.fe.HTTPRequest = append(rules(s.t.(*testing.T), "http-request wait-for-body time 1s"), &rule.Rule{Name: "http-request boom", Action: bomb{}})
			s.say(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhe")
			s.fin(c)
			s.fe.HTTPRequest = nil
		}, true},
		{"while an answer's body is waited for", func(s *sim, c *end) {
			s.say(c, get)
			u := s.server(1)
			s.be.HTTPResponse = answerRules(s.t.(*testing.T), "http-response wait-for-body time 1s")
			s.say(u, half)
			s.be.HTTPResponse = nil
			s.panicAt("recv", 1)
			s.say(u, "wo")
		}, true},
		{"rules behind an answer's body", func(s *sim, c *end) {
			s.say(c, get)
			u := s.server(1)
			s.be.HTTPResponse = append(answerRules(s.t.(*testing.T), "http-response wait-for-body time 1s"), &rule.Rule{Name: "http-response boom", Action: bomb{}})
			s.say(u, half)
			s.say(u, "world")
			s.be.HTTPResponse = nil
		}, true},
		{"an answer's body that comes too late", func(s *sim, c *end) {
			s.say(c, get)
			u := s.server(1)
			s.be.HTTPResponse = answerRules(s.t.(*testing.T), "http-response wait-for-body time 1s")
			s.say(u, half)
			s.be.HTTPResponse = nil
			s.panicAt("send", 1)
			s.pass(2e9)
		}, false},
		{"rules after the response", func(s *sim, c *end) {
			s.say(c, get)
			u := s.server(1)
			s.fe.HTTPAfter = rule.Set{{Name: "http-after-response boom", Action: bomb{}}}
			s.say(u, ok)
			s.fe.HTTPAfter = nil
		}, true},
		{"rules after an error page", func(s *sim, c *end) {
			s.fe.HTTPAfter = rule.Set{{Name: "http-after-response boom", Action: bomb{}}}
			s.be.SetUp(s.be.Servers[0], false)
			s.say(c, get)
			s.fe.HTTPAfter = nil
		}, true},
		{"sending the response", func(s *sim, c *end) { s.say(c, get); u := s.server(1); s.panicAt("send", 1); s.say(u, ok) }, false},
		{"the response's body", func(s *sim, c *end) {
			s.say(c, get)
			u := s.server(1)
			s.say(u, half)
			s.panicAt("recv", 1)
			s.say(u, "world")
		}, false},
		{"what is left for the client", func(s *sim, c *end) {
			c.room = 10
			s.say(c, get)
			s.say(s.server(1), ok)
			s.panicAt("send", 1)
			c.room = -1
			s.event(c, sys.Out)
		}, false},
		{"an error page", func(s *sim, c *end) {
			s.be.SetUp(s.be.Servers[0], false)
			s.panicAt("send", 1)
			s.say(c, get)
		}, false},
		{"tunnel", func(s *sim, c *end) {
			s.say(c, "CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n\r\n")
			u := s.server(1)
			s.say(u, "HTTP/1.1 200 OK\r\n\r\n")
			s.panicAt("send", 1)
			s.say(c, "hello")
		}, false},
		{"log", func(s *sim, c *end) {
			s.say(c, get)
			u := s.server(1)
			sink := s.th.sink
			s.th.sink = &logs.Sink{} // knows no clock
			s.say(u, ok)
			s.th.sink = sink
		}, false},
		{"between requests", func(s *sim, c *end) {
			s.say(c, get)
			s.say(s.server(1), ok)
			s.panicAt("recv", 1)
			s.say(c, get)
		}, false},
		{"an idle server connection", func(s *sim, c *end) {
			s.say(c, get)
			s.say(s.server(1), ok)
			s.panicAt("recv", 1)
			s.fin(s.ends[s.made[1]])
			s.fin(c)
		}, false},
		{"dial, and the page about it", func(s *sim, c *end) {
			s.boom = func(op string) {
				switch op {
				case "recv":
					return
				case "send":
					s.boom = nil
				}
				panic("boom in " + op)
			}
			s.say(c, get)
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			prepare, _ := logTo(t, logs.HTTP())
			s := newSim(t, true, 1, prepare)
			s.quiet = true
			s.th.Poison = true
			s.heard = func(text string) {
				if m := report.FindStringSubmatch(text); m != nil {
					seen[m[1]] = true
				}
			}
			bystander := s.client()
			s.say(bystander, get)
			s.server(0)
			c := s.client()
			tt.do(s, c)
			if s.boom != nil {
				t.Fatal("the panic did not happen")
			}
			if n := s.e.Panics.Load(); n < 1 || n > 2 {
				t.Errorf("%d panics reported", n)
			}
			if got := string(c.got); tt.page && !strings.HasPrefix(got, "HTTP/1.1 50") {
				t.Errorf("the client was sent %q", got)
			}
			if len(bystander.got) == 0 {
				s.say(s.server(0), ok)
			}
			s.want(bystander, "200 OK")
			s.fin(bystander)
			s.fin(c)
			s.pass(60e9)
			s.idle()
			if n := s.e.Conns.Load(); n != 0 {
				t.Errorf("%d connections left", n)
			}
			if n := s.be.Servers[0].Conns.Load(); n != 0 {
				t.Errorf("%d server connections left", n)
			}
			if n := s.th.Lent(); n != 0 {
				t.Errorf("%d buffers left", n)
			}
			for fd, x := range s.ends {
				if !x.closed {
					t.Errorf("descriptor %d left open", fd)
				}
			}
		})
	}
	for p := range phaseDone { // every one there is, also of those added later
		if !seen[p.String()] {
			t.Errorf("no panic was tried in phase %v", p)
		}
	}
	if len(phaseNames) != int(phaseDone)+1 {
		t.Errorf("%d names of phases", len(phaseNames))
	}
}
