package stream

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/sample"
)

const (
	introV1   = "PROXY TCP4 203.0.113.7 198.51.100.9 4711 443\r\n"
	introV2   = "\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\xcb\x00\x71\x07\xc6\x33\x64\x09\x12\x67\x01\xbb"
	introNone = "\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00"
	introCIP  = "\x00\x00\x00\x4d\x00\x00\x00\x28" +
		"\x45\x00\x00\x28\x00\x00\x00\x00\x40\x06\x00\x00\xcb\x00\x71\x07\xc6\x33\x64\x09" +
		"\x12\x67\x01\xbb\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
)

// introduced is a sim whose listener wants an introduction, and which adds the
// client's address to requests.
func introduced(set func(*proxy.Listener)) func(*sim) {
	return func(s *sim) {
		set(s.ln)
		s.be.ForwardFor = &config.ForwardFor{Name: "x-forwarded-for"}
	}
}

func wantProxy(ln *proxy.Listener) { ln.AcceptProxy = true }
func wantCIP(ln *proxy.Listener)   { ln.NetScaler = 77 }

// Whatever the pieces in which it comes, a header is taken for what it is, and
// what follows it for what the client says.
func TestPreface(t *testing.T) {
	for _, x := range []struct {
		name, intro, from string
		set               func(*proxy.Listener)
	}{
		{"v1", introV1, "203.0.113.7", wantProxy},
		{"v2", introV2, "203.0.113.7", wantProxy},
		{"v2 LOCAL", introNone, "192.0.2.1", wantProxy},
		{"v1 UNKNOWN", "PROXY UNKNOWN\r\n", "192.0.2.1", wantProxy},
		{"NetScaler", introCIP, "203.0.113.7", wantCIP},
		{"NetScaler, then PROXY", introCIP + "PROXY TCP4 203.0.113.99 198.51.100.9 1 2\r\n", "203.0.113.99",
			func(ln *proxy.Listener) { wantCIP(ln); wantProxy(ln) }},
	} {
		t.Run(x.name, func(t *testing.T) {
			for _, drip := range []bool{false, true} {
				s := newSim(t, true, 1, introduced(x.set))
				c := s.client()
				if drip {
					s.drip(c, x.intro+get)
				} else {
					s.say(c, x.intro+get)
				}
				if len(s.made) != 1 {
					t.Fatalf("drip %v: %d connections to the server, %q to the client", drip, len(s.made), c.take())
				}
				head := s.server(0).take()
				if !strings.HasPrefix(head, "GET ") || !strings.Contains(head, "\r\nx-forwarded-for: "+x.from+"\r\n") {
					t.Errorf("drip %v: the server got %q, the client is %s", drip, head, x.from)
				}
			}
		})
	}
}

// A TCP session begins with the header's end, and its first bytes are the
// client's.
func TestPrefaceTCP(t *testing.T) {
	s := newSim(t, false, 1, introduced(wantProxy))
	c := s.client()
	s.say(c, introV1[:20])
	if len(s.made) != 0 {
		t.Fatal("a server is connected to before the header is there")
	}
	s.say(c, introV1[20:])
	if len(s.made) != 1 {
		t.Fatal("the server that speaks first is not connected to")
	}
	s.say(c, "hello")
	if got := s.server(0).take(); got != "hello" {
		t.Errorf("the server got %q", got)
	}
}

// tcp-request connection rules run first, and see the connection itself.
func TestPrefaceRules(t *testing.T) {
	var seen netip.AddrPort
	rules := rule.Set{{Action: action(func(c *sample.Ctx, r *rule.Result) rule.Verdict {
		seen = c.Src
		if c.Src.Port() == 1234 {
			r.Expect |= rule.ExpectProxy
		}
		return rule.Continue
	})}}
	s := newSim(t, true, 1, introduced(func(*proxy.Listener) {}), func(s *sim) { s.fe.TCPConnection = rules })
	c := s.client()
	if seen.String() != "192.0.2.1:1234" {
		t.Errorf("the rules see %v", seen)
	}
	s.say(c, introV2+get)
	if head := s.server(0).take(); !strings.Contains(head, "x-forwarded-for: 203.0.113.7") {
		t.Errorf("the rule's header is not taken: %q", head)
	}
}

// action makes a rule's action of a function.
type action func(*sample.Ctx, *rule.Result) rule.Verdict

func (f action) Do(c *sample.Ctx, r *rule.Result) rule.Verdict { return f(c, r) }

// What is no header ends the connection without a byte, and is logged with the
// connection's own address.
func TestPrefaceFaults(t *testing.T) {
	for _, x := range []struct {
		name, say, logged string
		then              func(*sim, *end)
		set               func(*proxy.Listener)
		quiet             bool // not logged with "option dontlognull"
	}{
		{"HTTP", get, "Received something which does not look like a PROXY protocol header", nil, wantProxy, false},
		{"invalid", "PROXY TCP4 1.2.3.4\r\n", "Received an invalid PROXY protocol header", nil, wantProxy, false},
		{"closed", "", "Connection closed while waiting for PROXY protocol header", (*sim).fin, wantProxy, true},
		{"reset", "", "Connection error while waiting for PROXY protocol header", (*sim).reset, wantProxy, true},
		{"cut", introV1[:9], "Truncated PROXY protocol header received", (*sim).fin, wantProxy, false},
		{"silent", "", "Timeout while waiting for PROXY protocol header", func(s *sim, _ *end) { s.pass(30e9) }, wantProxy, true},
		{"too slow", introV1[:9], "Timeout while waiting for PROXY protocol header", func(s *sim, _ *end) { s.pass(30e9) }, wantProxy, false},
		{"magic", get, "Received an invalid NetScaler Client IP magic number", nil, wantCIP, false},
		{"protocol", introCIP[:17] + "\x11" + introCIP[18:], "Received an unhandled protocol in the NetScaler Client IP header", nil, wantCIP, false},
		{"CIP closed", "", "Connection closed while waiting for NetScaler Client IP header", (*sim).fin, wantCIP, true},
		{"CIP cut", introCIP[:30], "Truncated NetScaler Client IP header received", (*sim).fin, wantCIP, false},
		{"CIP silent", "", "Timeout while waiting for a NetScaler Client IP header", func(s *sim, _ *end) { s.pass(30e9) }, wantCIP, true},
	} {
		t.Run(x.name, func(t *testing.T) {
			for _, dontLogNull := range []bool{false, true} {
				prepare, next := logTo(t, logs.HTTP())
				s := newSim(t, true, 1, introduced(x.set), prepare, func(s *sim) { s.fe.DontLogNull, s.ln.LogName = dontLogNull, "door" })
				c := s.client()
				if x.say != "" {
					s.say(c, x.say)
				}
				if x.then != nil {
					x.then(s, c)
				}
				if !c.closed || len(c.got) != 0 || len(s.made) != 0 {
					t.Errorf("closed: %v, the client got %q, %d connections to servers", c.closed, c.got, len(s.made))
				}
				line, want := next(), " web/door: "+x.logged
				if x.quiet && dontLogNull {
					want = ""
				}
				if want == "" && line != "" || !strings.HasSuffix(line, want) || line != "" && !strings.HasPrefix(line, "192.0.2.1:1234 [") {
					t.Errorf("log line %q, want %q", line, want)
				}
				if n := s.e.Conns.Load(); n != 0 {
					t.Errorf("%d connections are still counted", n)
				}
			}
		})
	}
}

// Without a client timeout a header is waited for all the same, not for ever.
func TestPrefaceWait(t *testing.T) {
	s := newSim(t, true, 1, introduced(wantProxy), func(s *sim) { s.fe.Timeouts = proxy.Timeouts{} })
	c := s.client()
	s.pass(prefaceWait - 200e6)
	if c.closed {
		t.Fatal("closed too early")
	}
	s.pass(400e6)
	if !c.closed {
		t.Fatal("never closed")
	}
}

// The time for a request runs from the header's end, and what the header took
// is the handshake's.
func TestPrefaceTimers(t *testing.T) {
	f, err := logs.Compile("%Th/%Ti/%TR/%Tt", config.Pos{}, logs.Traffic, nil)
	if err != nil {
		t.Fatal(err)
	}
	prepare, next := logTo(t, f)
	s := newSim(t, true, 1, introduced(wantProxy), prepare)
	c := s.client()
	s.pass(9e9) // of the 10 s that a request may take
	s.say(c, introV1)
	s.pass(2e9)
	s.say(c, get)
	s.say(s.server(0), ok)
	s.say(c, get)
	s.say(s.server(0), ok)
	s.pass(20e9)
	if got := next(); got != "9000/2000/0/11000" {
		t.Errorf("timers of the first request: %s", got)
	}
	if got := next(); !strings.HasPrefix(got, "0/0/0/") {
		t.Errorf("timers of the second request: %s", got)
	}
}

// A server is told whose connection it is, as the introduction has it, once, and
// such a connection serves nobody else.
func TestSendProxy(t *testing.T) {
	for version, want := range map[int]string{1: introV1, 2: introV2} {
		s := newSim(t, true, 1, introduced(wantProxy), func(s *sim) {
			s.be.Servers[0].SendProxy, s.be.Servers[0].Keyed = version, true
		})
		c := s.client()
		s.say(c, introV1+get)
		for n := range 2 {
			if n > 0 {
				s.say(c, get)
				want = ""
			}
			if got := s.server(0).take(); !strings.HasPrefix(got, want+"GET ") {
				t.Errorf("version %d: the server got %q", version, got)
			}
			s.say(s.server(0), ok)
		}
		if got := c.take(); strings.Count(got, "200 OK") != 2 || len(s.made) != 1 {
			t.Errorf("%d connections, the client got %q", len(s.made), got)
		}
	}
}

// Without anybody's word, the connection's own ends are sent.
func TestSendProxyTCP(t *testing.T) {
	s := newSim(t, false, 1, func(s *sim) { s.be.Servers[0].SendProxy = 1 })
	c := s.client()
	s.say(c, "hello")
	got := s.server(0).take()
	if !strings.HasPrefix(got, "PROXY ") || !strings.HasSuffix(got, "\r\nhello") {
		t.Errorf("the server got %q", got)
	}
}
