package stream

import (
	"net/netip"
	"slices"
	"syscall"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// Where a connection comes from, of a client at 192.0.2.1:9000.
func TestOrigin(t *testing.T) {
	own := netip.MustParseAddrPort("10.0.0.1:7")
	for _, x := range []struct {
		src     proxy.Source
		want    string
		foreign bool
	}{
		{proxy.Source{From: own}, "10.0.0.1:7", false},
		{proxy.Source{Interface: "lo"}, "invalid AddrPort", false},
		{proxy.Source{From: own, Use: config.UseAddress, UseFrom: netip.MustParseAddrPort("198.51.100.9:0")}, "198.51.100.9:0", true},
		{proxy.Source{From: own, Use: config.UseClient}, "CLIENT", true},
		{proxy.Source{From: own, Use: config.UseClientIP}, "CLIENTIP", true},
		{proxy.Source{From: own, Use: config.UseHeader, Header: 1}, "203.0.113.5:0", true},
		{proxy.Source{From: own, Use: config.UseHeader, Header: 2}, "10.0.0.1:7", false}, // no such field (manual 4.2)
	} {
		s := newSim(t, true, 1, func(s *sim) {
			s.be.ConnNames = []*sample.Expr{connName(t, "req.hdr_ip(x-from,-1)"), connName(t, "req.hdr_ip(x-none,-1)")}
			s.be.Servers[0].Source, s.be.Servers[0].Keyed = &x.src, x.src.Use > config.UseAddress
		})
		c := s.client()
		s.say(c, "GET / HTTP/1.1\r\nHost: h\r\nX-From: 203.0.113.4, 203.0.113.5\r\n\r\n")
		st := c.h.(*link).side.(*session).st
		want := x.want
		switch want {
		case "CLIENT":
			want = st.c.src.String()
		case "CLIENTIP":
			want = netip.AddrPortFrom(st.c.src.Addr(), 0).String()
		}
		if got := s.from[0]; got.Addr.String() != want || got.Foreign != x.foreign || got.Device != x.src.Interface {
			t.Errorf("%+v: from %+v, want %s", x.src, got, want)
		}
	}
}

// Connections that come from clients' addresses are not for other clients.
func TestOriginIsAKey(t *testing.T) {
	s := newSim(t, true, 1, func(s *sim) {
		s.be.Reuse = config.ReuseAlways
		s.be.ConnNames = []*sample.Expr{connName(t, "req.hdr_ip(x-from,-1)")}
		s.be.Servers[0].Source, s.be.Servers[0].Keyed = &proxy.Source{Use: config.UseHeader, Header: 1}, true
	})
	var servers []*end
	ask := func(from string) {
		c := s.client()
		s.say(c, "GET / HTTP/1.1\r\nHost: h\r\nX-From: "+from+"\r\n\r\n")
		for i := len(servers); i < len(s.made); i++ {
			servers = append(servers, s.server(i))
		}
		for _, u := range servers {
			if u.take() != "" {
				s.say(u, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			}
		}
		s.want(c, " 200 ")
	}
	ask("10.0.0.1")
	ask("10.0.0.1")
	ask("10.0.0.2")
	if len(s.made) != 2 {
		t.Errorf("%d connections for 2 addresses", len(s.made))
	}
}

// A range of ports: one connection each, the next one where the kernel refuses, and
// back when the connection has ended.
func TestSourcePorts(t *testing.T) {
	src := &proxy.Source{From: netip.MustParseAddrPort("10.0.0.1:5000"), Ports: proxy.NewPorts(5000, 5002)}
	s := newSim(t, false, 1, func(s *sim) {
		s.be.Servers[0].Source = src
		s.be.Retries = 0
	})
	ports := func() (list []uint16) {
		for _, o := range s.from {
			list = append(list, o.Addr.Port())
		}
		s.from = nil
		return list
	}
	c := s.client()
	first := s.server(0)
	s.client()
	s.server(1)
	if got := ports(); !slices.Equal(got, []uint16{5000, 5001}) {
		t.Fatalf("ports %d", got)
	}
	s.dead = syscall.EADDRNOTAVAIL
	if x := s.client(); !x.closed {
		t.Fatal("a client stays although there is no port")
	}
	if got := ports(); len(got) != portTries || got[0] != 5002 {
		t.Fatalf("ports %d", got)
	}
	s.dead = 0
	s.client()
	if got := ports(); !slices.Equal(got, []uint16{5002}) {
		t.Fatalf("ports %d", got)
	}
	if x := s.client(); !x.closed || len(s.from) > 0 {
		t.Fatalf("a fourth connection from 3 ports: %+v", s.from)
	}
	s.fin(c)
	s.fin(first)
	s.client()
	if got := ports(); !slices.Equal(got, []uint16{5000}) {
		t.Fatalf("ports %d", got)
	}
}
