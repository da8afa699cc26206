package config

import (
	"net/netip"
	"testing"
)

var uses = []AddressUse{bindUse, serverUse, logUse, {NoPort: true}}

func TestAddress(t *testing.T) {
	ip := netip.MustParseAddr
	for _, tt := range []struct {
		text string
		use  AddressUse
		want Address
	}{
		{":80", bindUse, Address{Family: AFIPv4, IP: ip("0.0.0.0"), Port: 80, PortHigh: 80, Any: true}},
		{"*:80-85", bindUse, Address{Family: AFIPv4, IP: ip("0.0.0.0"), Port: 80, PortHigh: 85, Any: true}},
		{"ipv6@:80", bindUse, Address{Family: AFIPv6, IP: ip("::"), Port: 80, PortHigh: 80, Any: true}},
		{"[::1]:80", bindUse, Address{Family: AFIPv6, IP: ip("::1"), Port: 80, PortHigh: 80}},
		{"::1:80", bindUse, Address{Family: AFIPv6, IP: ip("::1"), Port: 80, PortHigh: 80}},
		{"::ffff:1.2.3.4:80", bindUse, Address{Family: AFIPv6, IP: ip("::ffff:1.2.3.4"), Port: 80, PortHigh: 80}},
		{"/a:b", bindUse, Address{Family: AFUnix, Path: "/a:b"}},
		{"fd@7", bindUse, Address{Family: AFFD, FD: 7}},
		{"abns@x", bindUse, Address{Family: AFAbns, Path: "x"}},
		{"1.1.1.1", serverUse, Address{Family: AFIPv4, IP: ip("1.1.1.1")}},
		{"1.1.1.1:+8", serverUse, Address{Family: AFIPv4, IP: ip("1.1.1.1"), Port: 8, PortHigh: 8, PortOffset: '+'}},
		{"host.example:8", serverUse, Address{Host: "host.example", Port: 8, PortHigh: 8}},
		{"ipv4@host", serverUse, Address{Family: AFIPv4, Host: "host"}},
		{"1.1.1.1", logUse, Address{Family: AFIPv4, IP: ip("1.1.1.1"), Port: 514, PortHigh: 514}},
		{"stdout", logUse, Address{Family: AFStdout}},
		{"stdout:1", logUse, Address{Host: "stdout", Port: 1, PortHigh: 1}},
	} {
		got, err := ParseAddress(tt.text, tt.use)
		if err != nil || got != tt.want {
			t.Errorf("%s: %+v, %v; want %+v", tt.text, got, err, tt.want)
		}
		if again, err := ParseAddress(got.String(), tt.use); err != nil || again != got {
			t.Errorf("%s prints as %s, which is %+v, %v", tt.text, got, again, err)
		}
	}
}

func TestAddressCut(t *testing.T) {
	for _, text := range []string{"stream+ipv6@[2001:db8::1]:80-85", "unix@/run/x", "fd@12", "host.example:+8", "abns@a", "udp4@1.1.1.1:514"} {
		for i := range len(text) + 1 {
			for _, use := range uses {
				checkAddress(t, text[:i], use)
			}
		}
	}
}

func checkAddress(t *testing.T, text string, use AddressUse) {
	a, err := ParseAddress(text, use)
	if err != nil {
		return
	}
	again, err := ParseAddress(a.String(), use)
	if err != nil || again != a {
		t.Fatalf("%q is %+v, prints as %q, which is %+v, %v", text, a, a.String(), again, err)
	}
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{":80", "[::1]:80-85", "unix@/x", "fd@3", "stdout", "h:+8", "ipv6@*:1", "::ffff:1.2.3.4:5", "dgram+ip@1.1.1.1"} {
		f.Add(s)
	}
	p := newParser(Options{Env: goldenEnv()})
	f.Fuzz(func(t *testing.T, s string) {
		for _, use := range uses {
			checkAddress(t, s, use)
		}
		if list, err := p.expandBind(s, bindUse); err == nil && len(list) > maxBinds {
			t.Fatalf("%d addresses", len(list))
		}
	})
}
