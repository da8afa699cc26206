package stream

import (
	"net/netip"
	"testing"
)

// Nothing goes to a server behind a SOCKS4 proxy before that has granted the
// connection, whatever the pieces of its reply; then all does, the PROXY protocol
// header first.
func TestSocks(t *testing.T) {
	const ask, granted = "\x04\x01\x00\x50\xc0\x00\x02\x01HAProxy\x00", "\x00\x5a\x00\x00\x00\x00\x00\x00"
	behind := func(s *sim) {
		srv := s.be.Servers[0]
		srv.Addr, srv.Socks, srv.SendProxy = netip.MustParseAddrPort("192.0.2.1:80"), netip.MustParseAddrPort("127.0.0.1:1080"), 1
		s.be.Retries = 0
	}
	for cut := range len(granted) {
		s := newSim(t, true, 1, behind)
		c := s.client()
		s.say(c, get)
		u := s.server(0)
		if got := u.take(); got != ask {
			t.Fatalf("asked %q", got)
		}
		s.say(u, granted[:cut])
		if got := u.take(); got != "" {
			t.Fatalf("said %q after %d bytes of the reply", got, cut)
		}
		s.say(u, granted[cut:])
		s.want(u, "80\r\nGET /")
		s.say(u, ok)
		s.want(c, " 200 ")
	}
	for _, reply := range []string{"\x00\x5b\x00\x00\x00\x00\x00\x00", "nonsense", ""} {
		s := newSim(t, true, 1, behind)
		c := s.client()
		s.say(c, get)
		u := s.server(0)
		if reply == "" {
			s.fin(u)
		} else {
			s.say(u, reply)
		}
		s.want(c, " 503 ")
		s.idle()
	}
	s := newSim(t, false, 1, behind) // a server that speaks first, at once
	c := s.client()
	u := s.server(0)
	s.say(u, granted+"hello")
	s.want(c, "hello")
	s.say(c, "world")
	s.want(u, "world")

	s = newSim(t, false, 1, func(s *sim) {
		behind(s)
		s.be.Servers[0].Addr = netip.MustParseAddrPort("[2001:db8::1]:80") // which the protocol has no words for
	})
	c = s.client()
	s.server(0)
	if !c.closed {
		t.Error("a client waits for a server that cannot be asked for")
	}
}
