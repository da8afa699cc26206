package worker

import (
	"net/netip"
	"os"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
)

func TestListVariables(t *testing.T) {
	t.Setenv("HAPROXY_CFGFILES", "old")
	t.Setenv("HAPROXY_CLI", "old")
	listVariables([]config.File{{Name: "/a.cfg"}, {Name: "b.cfg"}}, &config.Global{StatsSockets: []*config.Bind{
		{Address: config.Address{Family: config.AFUnix, Path: "/run/s"}},
		{Address: config.Address{Family: config.AFIPv4, IP: netip.MustParseAddr("127.0.0.1"), Port: 9}},
		{Address: config.Address{Family: config.AFIPv6, IP: netip.MustParseAddr("::1"), Port: 9}},
	}})
	for name, want := range map[string]string{"HAPROXY_CFGFILES": "/a.cfg;b.cfg", "HAPROXY_CLI": "unix@/run/s;ipv4@127.0.0.1:9;ipv6@[::1]:9"} {
		if got := os.Getenv(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}
