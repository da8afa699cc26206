package proxyproto

import (
	"encoding/binary"
	"strings"
	"testing"
)

const magic = 77

func be32(n uint32) string { return string(binary.BigEndian.AppendUint32(nil, n)) }
func be16(n uint16) string { return string(binary.BigEndian.AppendUint16(nil, n)) }

var (
	tcp  = "\x00\x21\x00\x2c" + strings.Repeat("\x00", 16)
	ip4  = "\x45\x00\x00\x28\x00\x00\x00\x00\x40\x06\x00\x00\x09\x08\x07\x06\x05\x04\x03\x02"
	ip6  = "\x60\x00\x00\x00\x00\x14\x06\x40" + six16 + "\x01" + six16 + "\x02"
	opts = "\x46" + ip4[1:] + "\x01\x01\x01\x00" // an IPv4 header with an option
)

func legacy(p string) string { return be32(magic) + be32(uint32(len(p))) + p }
func standard(total int, p string) string {
	return be32(magic) + be32(uint32(total)) + be16(1) + be16(uint16(len(p))) + p
}

var insertions = []struct {
	name, in, src, dst string
	err                error
}{
	{"legacy", legacy(ip4 + tcp), "9.8.7.6:33", "5.4.3.2:44", nil},
	{"legacy IPv6", legacy(ip6 + tcp), "[2001:db8::1]:33", "[2001:db8::2]:44", nil},
	{"legacy with IP options", legacy(opts + tcp), "9.8.7.6:33", "5.4.3.2:44", nil},
	{"legacy with TCP options", legacy(ip4 + tcp + strings.Repeat("\x01", 40)), "9.8.7.6:33", "5.4.3.2:44", nil},
	{"standard", standard(52, ip4+tcp), "9.8.7.6:33", "5.4.3.2:44", nil},
	{"standard IPv6", standard(72, ip6+tcp), "[2001:db8::1]:33", "[2001:db8::2]:44", nil},
	{"standard counting the rest", standard(40, ip4+tcp), "9.8.7.6:33", "5.4.3.2:44", nil},
	{"standard with a wrong total", standard(53, ip4+tcp), "", "", ErrCIP},
	{"standard of type 2", be32(magic) + be32(52) + be16(2) + be16(40) + ip4 + tcp, "", "", ErrProtocol},
	{"wrong magic", be32(magic+1) + be32(40) + ip4 + tcp, "", "", ErrMagic},
	{"HTTP", "GET / HTTP/1.1\r\n", "", "", ErrMagic},
	{"IP version 5", legacy("\x55" + ip4[1:] + tcp), "", "", ErrProtocol},
	{"IP version 5 in standard", standard(52, "\x55"+ip4[1:]+tcp), "", "", ErrProtocol},
	{"UDP", legacy(ip4[:9] + "\x11" + ip4[10:] + tcp), "", "", ErrProtocol},
	{"UDP over IPv6", legacy(ip6[:6] + "\x11" + ip6[7:] + tcp), "", "", ErrProtocol},
	{"no TCP header", legacy(ip4), "", "", ErrCIP},
	{"TCP header cut", legacy(ip4 + tcp[:19]), "", "", ErrCIP},
	{"IPv6 header cut", legacy(ip6[:39]), "", "", ErrCIP},
	{"IP header length 0", legacy("\x40" + ip4[1:] + tcp), "", "", ErrCIP},
	{"IP header longer than all", legacy("\x4f" + ip4[1:] + tcp), "", "", ErrCIP},
	{"too long", be32(magic) + be32(1<<30) + ip4 + tcp, "", "", ErrCIP},
}

func TestParseNetScaler(t *testing.T) {
	for _, x := range insertions {
		t.Run(x.name, func(t *testing.T) {
			h, n, err := ParseNetScaler([]byte(x.in+"and what follows"), magic)
			if err != x.err {
				t.Fatalf("error %v, want %v", err, x.err)
			}
			if err != nil {
				return
			}
			if n != len(x.in) {
				t.Errorf("%d bytes used of %d", n, len(x.in))
			}
			check(t, h, x.src, x.dst)
			for i := range len(x.in) {
				if _, n, err := ParseNetScaler([]byte(x.in[:i]), magic); n != 0 || err != nil {
					t.Fatalf("%d of %d bytes: %d, %v", i, len(x.in), n, err)
				}
			}
		})
	}
}

func FuzzParseNetScaler(f *testing.F) {
	for _, x := range insertions {
		f.Add([]byte(x.in))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		h, n, err := ParseNetScaler(b, magic)
		if err != nil && n != 0 || n > len(b) || n > 12+maxCIP || err == nil && n == 0 && len(b) >= 12+maxCIP {
			t.Fatalf("%d bytes of %d, %v", n, len(b), err)
		}
		if n > 0 && (!h.Src.IsValid() || !h.Dst.IsValid()) {
			t.Fatalf("no addresses: %v", h)
		}
	})
}
