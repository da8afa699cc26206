package build

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

func TestSource(t *testing.T) {
	for _, x := range []struct {
		lines string
		want  *proxy.Source // nil: what the kernel chooses
		ports bool
		says  []string
	}{
		{" server s 192.0.2.1:80\n", nil, false, nil},
		{" server s 192.0.2.1:80 source 0.0.0.0\n", nil, false, nil},
		{" server s 192.0.2.1:80 source *:5\n", &proxy.Source{From: netip.MustParseAddrPort("0.0.0.0:5")}, false, nil},
		{" source 10.0.0.1\n server s 192.0.2.1:80\n", &proxy.Source{From: netip.MustParseAddrPort("10.0.0.1:0")}, false, nil},
		{" source 10.0.0.1\n server s 192.0.2.1:80 source 0.0.0.0\n", nil, false, nil},
		{" server s 192.0.2.1:80 source four.test:7-9 interface eth0\n", &proxy.Source{From: netip.MustParseAddrPort("192.0.2.4:7"), Interface: "eth0"}, true, nil},
		{" server s 192.0.2.1:80 source 0.0.0.0 usesrc six.test\n", &proxy.Source{Use: config.UseAddress, UseFrom: netip.MustParseAddrPort("[2001:db8::6]:0")}, false, nil},
		{" mode http\n server s 192.0.2.1:80 source 0.0.0.0 usesrc hdr_ip(X)\n", &proxy.Source{Use: config.UseHeader, Header: 1}, false, nil},
		{" server s 192.0.2.1:80 source no.test\n", nil, false, []string{"ALERT config : [t.cfg:6] : 'server b/s' : 'source no.test' : invalid address: 'no.test' in 'no.test'."}},
		{" server s 192.0.2.1:80 source unix@/x\n", nil, false, []string{"WARNING config : parsing [t.cfg:6] : 'source unix@/x' has no effect in this version of Sluice."}},
	} {
		run, says := tryBuild(t, "backend b\n"+x.lines, Options{}, nil)
		if diff := cmp.Diff(x.says, says); diff != "" {
			t.Errorf("%s: %s", x.lines, diff)
		}
		got := run.Backends[0].Servers[0].Source
		if got != nil {
			if x.ports != (got.Ports != nil) {
				t.Errorf("%s: ports %v", x.lines, got.Ports)
			}
			got.Ports = nil
		}
		if got == nil != (x.want == nil) || got != nil && *got != *x.want {
			t.Errorf("%s: %+v, want %+v", x.lines, got, x.want)
		}
		keyed := got != nil && got.Use > config.UseAddress
		if run.Backends[0].Servers[0].Keyed != keyed {
			t.Errorf("%s: keyed %v", x.lines, !keyed)
		}
	}
}
