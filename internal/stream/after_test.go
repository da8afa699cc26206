package stream

import (
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// The rules of "http-after-response" see what the client is sent: each answer
// once, but for errors of the request itself.
func TestAfterResponse(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(s *sim, c *end)
		runs int
		want string
	}{
		{"a server's answer", func(s *sim, c *end) { s.say(c, get); s.say(s.server(0), ok) }, 1, "200 OK"},
		{"a hint and an answer", func(s *sim, c *end) {
			s.say(c, get)
			s.say(s.server(0), "HTTP/1.1 103 Early Hints\r\n\r\n"+ok)
		}, 1, "200 OK"},
		{"an answer that was sent again", func(s *sim, c *end) {
			s.be.RetryOn = everything
			s.say(c, get)
			s.say(s.server(0), unavailable)
			s.say(s.server(1), ok)
		}, 1, "200 OK"},
		{"no answer", func(s *sim, c *end) { s.say(c, get); s.fin(s.server(0)) }, 1, "502 Bad Gateway"},
		{"HEAD", func(s *sim, c *end) {
			s.say(c, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n")
			s.fin(s.server(0))
		}, 1, "502 Bad Gateway"},
		{"no server", func(s *sim, c *end) { s.be.SetUp(s.be.Servers[0], false); s.say(c, get) }, 1, "503 Service Unavailable"},
		{"denied", func(s *sim, c *end) { s.fe.HTTPRequest = rules(t, "http-request deny"); s.say(c, get) }, 1, "403 Forbidden"},
		{"no backend", func(s *sim, c *end) {
			s.fe.Choose = func(*sample.Ctx) *proxy.Backend { return nil }
			s.say(c, get)
		}, 1, "503 Service Unavailable"},
		{"no request", func(s *sim, c *end) { s.say(c, "nonsense\r\n\r\n") }, 0, "400 Bad"},
		{"too late", func(s *sim, c *end) { s.say(c, "GET"); s.pass(11e9) }, 0, "408 "},
	} {
		s := newSim(t, true, 1)
		runs := 0
		count := action(func(c *sample.Ctx, _ *rule.Result) rule.Verdict {
			if runs++; !c.Response || c.Res == nil || c.Req != nil {
				t.Errorf("%s: what there is: %+v", tt.name, c)
			}
			c.Res.Add([]byte("after"), []byte("yes"))
			return rule.Continue
		})
		s.fe.HTTPAfter = rule.Set{{Name: "count", Action: count}}
		c := s.client()
		tt.do(s, c)
		got := c.take()
		if n := strings.Count(got, "after: yes\r\n"); runs != tt.runs || n != tt.runs || !strings.Contains(got, "HTTP/1.1 "+tt.want) {
			t.Errorf("%s: %d runs; %q", tt.name, runs, got)
		}
		s.idle()
		if n := s.th.Lent(); n != 0 && c.closed {
			t.Errorf("%s: %d buffers lent", tt.name, n)
		}
	}
}

// An error file that is no HTTP is sent as it is.
func TestAfterResponseThatIsNoHTTP(t *testing.T) {
	s := newSim(t, true, 1)
	s.fe.HTTPAfter = rule.Set{{Name: "never", Action: action(func(*sample.Ctx, *rule.Result) rule.Verdict { panic("boom") })}}
	s.fe.Pages = proxy.NewPages(map[int]*proxy.Page{503: {Status: 503, Head: []byte("sorry\r\n"), Body: []byte("closed")}})
	s.be.SetUp(s.be.Servers[0], false)
	c := s.client()
	s.say(c, get)
	if got := c.take(); !strings.HasPrefix(got, "sorry\r\n") || !strings.HasSuffix(got, "closed") {
		t.Errorf("%q", got)
	}
	s.idle()
}
