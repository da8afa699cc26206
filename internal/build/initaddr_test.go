package build

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// The ways to an address are tried in their order, and what was tried in vain is
// told in the reference's words.
func TestInitAddr(t *testing.T) {
	last := func(_ *config.Proxy, s *config.Server) (netip.Addr, bool) {
		return netip.MustParseAddr("203.0.113.7"), s.Name == "known"
	}
	for _, x := range []struct {
		line, addr string // addr "": no address
		says       []string
	}{
		{"a four.test:80", "192.0.2.4:80", nil},
		{"known four.test:80", "203.0.113.7:80", nil},
		{"known four.test:80 init-addr libc,last", "192.0.2.4:80", nil},
		{"known no.test:80 init-addr libc,last", "203.0.113.7:80", nil},
		{"a no.test:80 init-addr none", "", nil},
		{"a no.test:80 init-addr last,none", "", nil},
		{"a no.test:80 init-addr libc,none", "", []string{"NOTICE [t.cfg:6] : 'server b/a' : could not resolve address 'no.test', disabling server."}},
		{"a no.test:80 init-addr 198.51.100.1", "198.51.100.1:80", nil},
		{"a no.test:80 init-addr last,libc,2001:db8::9,none", "[2001:db8::9]:80",
			[]string{"NOTICE [t.cfg:6] : 'server b/a' : could not resolve address 'no.test', falling back to configured address."}},
		{"a no.test:80 init-addr last", "", []string{"ALERT [t.cfg:6] : 'server b/a' : no method found to resolve address 'no.test'.",
			"ALERT Failed to initialize server(s) addr."}},
		{"a no.test:80 init-addr ,", "", []string{"ALERT [t.cfg:6] : 'server b/a' : could not resolve address 'no.test'.",
			"ALERT Failed to initialize server(s) addr."}},
		{"a 192.0.2.1:80 init-addr none", "192.0.2.1:80", nil}, // an address needs nothing
	} {
		run, says := tryBuild(t, "backend b\n server "+x.line+"\n", Options{Last: last}, nil)
		if diff := cmp.Diff(x.says, says); diff != "" {
			t.Errorf("%s: %s", x.line, diff)
		}
		srv := run.Backends[0].Servers[0]
		if x.addr != "" && (srv.Addr.String() != x.addr || !srv.Health.Usable()) || x.addr == "" && srv.Health.Admin&proxy.NoAddress == 0 && len(says) == 0 {
			t.Errorf("%s: %s, %+v", x.line, srv.Addr, srv.Health.HealthView)
		}
	}
}
