package stream

import (
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// closer is a rule that closes the connection and counts its runs.
type closer struct{ n int }

func (c *closer) Do(*sample.Ctx, *rule.Result) rule.Verdict { c.n++; return rule.Close }

// Rules that close the connection, at every place where they can stand.
func TestReject(t *testing.T) {
	for _, tt := range []struct {
		name string
		http bool
		put  func(s *sim, set rule.Set)
		conn bool // counted as a refused connection, not as a refused request
	}{
		{"tcp-request connection, http", true, func(s *sim, set rule.Set) { s.fe.TCPConnection = set }, true},
		{"tcp-request connection, tcp", false, func(s *sim, set rule.Set) { s.fe.TCPConnection = set }, true},
		{"tcp-request content, http", true, func(s *sim, set rule.Set) { s.fe.TCPContent = set }, false},
		{"tcp-request content, tcp", false, func(s *sim, set rule.Set) { s.fe.TCPContent = set }, false},
		{"tcp-request content of the backend, http", true, func(s *sim, set rule.Set) { s.be.TCPContent = set }, false},
		{"tcp-request content of the backend, tcp", false, func(s *sim, set rule.Set) { s.be.TCPContent = set }, false},
		{"http-request reject", true, func(s *sim, set rule.Set) { s.fe.HTTPRequest = set }, false},
		{"http-request reject of the backend", true, func(s *sim, set rule.Set) { s.be.HTTPRequest = set }, false},
	} {
		r := &closer{}
		s := newSim(t, tt.http, 1)
		tt.put(s, rule.Set{{Name: tt.name, Action: r}})
		c := s.client()
		s.say(c, get)
		if got := c.take(); got != "" || !c.closed || len(s.made) > 0 || r.n != 1 {
			t.Errorf("%s: sent %q, closed %v, %d connections to servers, rule run %d times", tt.name, got, c.closed, len(s.made), r.n)
		}
		n := &s.fe.Loops[0]
		if conn := n.DeniedConn == 1 && n.DeniedReq == 0; conn != tt.conn || !conn && n.DeniedReq != 1 {
			t.Errorf("%s: %d connections and %d requests denied", tt.name, n.DeniedConn, n.DeniedReq)
		}
		s.idle()
		if s.e.Conns.Load() != 0 {
			t.Errorf("%s: %d connections left", tt.name, s.e.Conns.Load())
		}
	}
}

// A listen section's rules run once, though it is both sides.
func TestRulesOfAListenSectionRunOnce(t *testing.T) {
	r := &counter{}
	s := newSim(t, true, 1)
	set := rule.Set{{Name: "count", Action: r}}
	s.fe.Spec = &config.Proxy{Name: "both"}
	s.be.Spec = s.fe.Spec
	s.fe.HTTPRequest, s.be.HTTPRequest = set, set
	s.fe.HTTPResponse, s.be.HTTPResponse = set, set
	s.fe.TCPContent, s.be.TCPContent = set, set
	c := s.client()
	s.say(c, get)
	s.say(s.server(0), ok)
	s.want(c, "200 OK")
	if r.n != 3 {
		t.Errorf("run %d times, want once in each of 3 sets", r.n)
	}
}

// counter is a rule that counts its runs.
type counter struct{ n int }

func (c *counter) Do(*sample.Ctx, *rule.Result) rule.Verdict { c.n++; return rule.Continue }
