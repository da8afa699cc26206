package stream

import (
	"net/netip"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// What a server's address leaves open is what the client connected to, which is
// 198.51.100.1:80 here.
func TestMappedServer(t *testing.T) {
	for _, x := range []struct {
		addr     string
		ip, port bool
		shift    int
		want     string // "": nowhere
	}{
		{"127.0.0.1:1", false, false, 0, "127.0.0.1:1"},
		{"0.0.0.0:0", true, true, 0, "198.51.100.1:80"},
		{"0.0.0.0:8080", true, false, 0, "198.51.100.1:8080"},
		{"10.0.0.1:0", false, true, 0, "10.0.0.1:80"},
		{"10.0.0.1:0", false, true, 1000, "10.0.0.1:1080"},
		{"10.0.0.1:0", false, true, -79, "10.0.0.1:1"},
		{"10.0.0.1:0", false, true, -80, ""},
		{"10.0.0.1:0", false, true, 65500, ""},
	} {
		s := newSim(t, true, 1, func(s *sim) {
			srv := s.be.Servers[0]
			srv.Addr = netip.MustParseAddrPort(x.addr)
			srv.MapIP, srv.MapPort, srv.PortShift = x.ip, x.port, x.shift
			srv.Keyed = srv.Mapped()
			s.be.Retries = 0
		})
		c := s.client()
		s.say(c, get)
		if x.want == "" {
			s.want(c, " 503 ")
			continue
		}
		st := c.h.(*link).side.(*session).st
		if got := st.target(); x.ip || x.port {
			if at := st.mappedAddr(); at.String() != x.want || got == nil {
				t.Errorf("%+v: to %v", x, at)
			}
		} else if got != st.srv.To {
			t.Errorf("%+v: not to the server's address", x)
		}
	}
}

func connName(t *testing.T, text string) *sample.Expr {
	e, _, err := sample.ParseExpr(text, &sample.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// Connections to different addresses are not mixed up, nor those of different
// names.
func TestReuseByName(t *testing.T) {
	s := newSim(t, true, 1, func(s *sim) {
		s.be.Reuse = config.ReuseAlways
		srv := s.be.Servers[0]
		srv.Keyed, srv.ConnName = true, 1
		s.be.ConnNames = append(s.be.ConnNames, connName(t, "req.hdr(host)"))
	})
	text := func(host string) string { return "GET /x HTTP/1.1\r\nHost: " + host + "\r\n\r\n" }
	a, b := s.client(), s.client()
	s.say(a, text("one")) // two at a time, so that two may stay
	s.say(b, text("two"))
	for n, c := range []*end{a, b} {
		u := s.server(n)
		s.say(u, ok)
		s.want(c, "200 OK")
		u.take()
	}
	for i, x := range []struct {
		host string
		conn int
	}{{"one", 0}, {"two", 1}, {"one", 0}, {"three", 2}, {"two", 1}, {"three", 3}} { // "three" finds no place to stay
		c := s.client()
		s.say(c, text(x.host))
		if len(s.made) <= x.conn || s.ends[s.made[x.conn]].h == nil {
			t.Fatalf("request %d: connection %d is not there", i, x.conn)
		}
		u := s.server(x.conn)
		if u.take() == "" {
			t.Fatalf("request %d: connection %d was not used", i, x.conn)
		}
		s.say(u, ok)
		s.want(c, "200 OK")
	}
}
