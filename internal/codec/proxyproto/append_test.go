package proxyproto

import (
	"net/netip"
	"testing"
)

func TestAppend(t *testing.T) {
	for _, x := range []struct{ src, dst, v1, v2 string }{
		{"1.2.3.4:11", "5.6.7.8:22", "PROXY TCP4 1.2.3.4 5.6.7.8 11 22\r\n", v2(0x21, 0x11, four)},
		{"[2001:db8::1]:11", "[2001:db8::2]:22", "PROXY TCP6 2001:db8::1 2001:db8::2 11 22\r\n", v2(0x21, 0x21, sixTwo)},
		{"1.2.3.4:11", "[2001:db8::2]:22", "PROXY TCP6 ::ffff:1.2.3.4 2001:db8::2 11 22\r\n",
			v2(0x21, 0x21, "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\x01\x02\x03\x04"+six16+"\x02\x00\x0b\x00\x16")},
		{"", "", "PROXY UNKNOWN\r\n", v2(0x20, 0)},
		{"1.2.3.4:11", "", "PROXY UNKNOWN\r\n", v2(0x20, 0)},
	} {
		var src, dst netip.AddrPort
		if x.src != "" {
			src = netip.MustParseAddrPort(x.src)
		}
		if x.dst != "" {
			dst = netip.MustParseAddrPort(x.dst)
		}
		if got := AppendV1([]byte("+"), src, dst); string(got) != "+"+x.v1 {
			t.Errorf("version 1 of %s, %s: %q", x.src, x.dst, got)
		}
		if got := AppendV2([]byte("+"), src, dst); string(got) != "+"+x.v2 {
			t.Errorf("version 2 of %s, %s: %q", x.src, x.dst, got)
		}
	}
}
