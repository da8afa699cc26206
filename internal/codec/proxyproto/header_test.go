package proxyproto

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"net/netip"
	"strings"
	"testing"
)

func v2(command, family byte, parts ...string) string {
	body := strings.Join(parts, "")
	return signature + string([]byte{command, family, byte(len(body) >> 8), byte(len(body))}) + body
}

func tlv(t Type, v string) string {
	return string([]byte{byte(t), byte(len(v) >> 8), byte(len(v))}) + v
}

const (
	four   = "\x01\x02\x03\x04\x05\x06\x07\x08\x00\x0b\x00\x16" // 1.2.3.4:11 to 5.6.7.8:22
	six16  = "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	sixTwo = six16 + "\x01" + six16 + "\x02\x00\x0b\x00\x16"
)

var unix = strings.Repeat("a", 108) + strings.Repeat("b", 108)

// withCRC gives a header its checksum.
func withCRC(parts ...string) string {
	b := []byte(v2(0x21, 0x11, append(append([]string{four}, parts...), tlv(TypeCRC32C, "\x00\x00\x00\x00"), tlv(TypeNoop, "pad"))...))
	sum := crc32.Checksum(b, castagnoli)
	at := bytes.Index(b, []byte(tlv(TypeCRC32C, "\x00\x00\x00\x00"))) + 3
	binary.BigEndian.PutUint32(b[at:], sum)
	return string(b)
}

var headers = []struct {
	name, in string
	src, dst string // "": the real ends
	err      error
}{
	{"v1 TCP4", "PROXY TCP4 1.2.3.4 5.6.7.8 11 22\r\n", "1.2.3.4:11", "5.6.7.8:22", nil},
	{"v1 TCP4 longest", "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255:65535", "255.255.255.255:65535", nil},
	{"v1 port 0", "PROXY TCP4 1.2.3.4 5.6.7.8 0 0\r\n", "1.2.3.4:0", "5.6.7.8:0", nil},
	{"v1 TCP6", "PROXY TCP6 2001:db8::1 ::2 11 22\r\n", "[2001:db8::1]:11", "[::2]:22", nil},
	{"v1 TCP6 upper case, long", "PROXY TCP6 2001:0DB8:0000:0000:0000:0000:0000:0001 ::2 11 22\r\n", "[2001:db8::1]:11", "[::2]:22", nil},
	{"v1 TCP6 mapped", "PROXY TCP6 ::ffff:1.2.3.4 ::ffff:5.6.7.8 11 22\r\n", "1.2.3.4:11", "5.6.7.8:22", nil},
	{"v1 UNKNOWN", "PROXY UNKNOWN\r\n", "", "", nil},
	{"v1 UNKNOWN with more", "PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n", "", "", nil},
	{"v1 UNKNOWN with anything", "PROXY UNKNOWN \x00\xff  x\r\n", "", "", nil},
	{"v1 UNKNOWN longest", "PROXY UNKNOWN " + strings.Repeat("x", 91) + "\r\n", "", "", nil},
	{"v1 UNKNOWN too long", "PROXY UNKNOWN " + strings.Repeat("x", 92) + "\r\n", "", "", ErrInvalid},
	{"v1 UNKNOWNX", "PROXY UNKNOWNX\r\n", "", "", ErrUnknown},
	{"v1 no protocol", "PROXY \r\n", "", "", ErrInvalid},
	{"v1 UDP4", "PROXY UDP4 1.2.3.4 5.6.7.8 11 22\r\n", "", "", ErrUnknown},
	{"v1 lower case", "PROXY tcp4 1.2.3.4 5.6.7.8 11 22\r\n", "", "", ErrUnknown},
	{"v1 two spaces", "PROXY TCP4  1.2.3.4 5.6.7.8 11 22\r\n", "", "", ErrInvalid},
	{"v1 space at the end", "PROXY TCP4 1.2.3.4 5.6.7.8 11 22 \r\n", "", "", ErrInvalid},
	{"v1 word missing", "PROXY TCP4 1.2.3.4 5.6.7.8 11\r\n", "", "", ErrInvalid},
	{"v1 LF alone", "PROXY TCP4 1.2.3.4 5.6.7.8 11 22\n", "", "", ErrInvalid},
	{"v1 CR alone", "PROXY TCP4 1.2.3.4 5.6.7.8 11 22\rx", "", "", ErrInvalid},
	{"v1 CR twice", "PROXY TCP4 1.2.3.4 5.6.7.8 11 22\r\r\n", "", "", ErrInvalid},
	{"v1 leading zero in an address", "PROXY TCP4 1.2.3.04 5.6.7.8 11 22\r\n", "", "", ErrInvalid},
	{"v1 leading zero in a port", "PROXY TCP4 1.2.3.4 5.6.7.8 011 22\r\n", "", "", ErrInvalid},
	{"v1 sign in a port", "PROXY TCP4 1.2.3.4 5.6.7.8 +11 22\r\n", "", "", ErrInvalid},
	{"v1 port too high", "PROXY TCP4 1.2.3.4 5.6.7.8 11 65536\r\n", "", "", ErrInvalid},
	{"v1 IPv6 as TCP4", "PROXY TCP4 ::1 ::2 11 22\r\n", "", "", ErrInvalid},
	{"v1 IPv4 as TCP6", "PROXY TCP6 1.2.3.4 ::2 11 22\r\n", "", "", ErrInvalid},
	{"v1 zone", "PROXY TCP6 fe80::1%eth0 ::2 11 22\r\n", "", "", ErrInvalid},
	{"v1 name", "PROXY TCP4 localhost 5.6.7.8 11 22\r\n", "", "", ErrInvalid},

	{"v2 TCP4", v2(0x21, 0x11, four), "1.2.3.4:11", "5.6.7.8:22", nil},
	{"v2 TCP6", v2(0x21, 0x21, sixTwo), "[2001:db8::1]:11", "[2001:db8::2]:22", nil},
	{"v2 UDP4", v2(0x21, 0x12, four), "", "", nil},
	{"v2 UDP6", v2(0x21, 0x22, sixTwo), "", "", nil},
	{"v2 UNIX stream", v2(0x21, 0x31, unix), "", "", nil},
	{"v2 UNIX datagram", v2(0x21, 0x32, unix), "", "", nil},
	{"v2 UNIX short", v2(0x21, 0x31, unix[1:]), "", "", ErrInvalid},
	{"v2 UNSPEC", v2(0x21, 0x00), "", "", nil},
	{"v2 UNSPEC with bytes", v2(0x21, 0x00, "whatever"), "", "", nil},
	{"v2 UNSPEC family", v2(0x21, 0x01, four), "", "", nil},
	{"v2 UNSPEC protocol", v2(0x21, 0x10, four), "", "", nil},
	{"v2 LOCAL", v2(0x20, 0x00), "", "", nil},
	{"v2 LOCAL with addresses", v2(0x20, 0x11, four), "", "", nil},
	{"v2 LOCAL whatever the family", v2(0x20, 0xff, "xyz"), "", "", nil},
	{"v2 TLVs", v2(0x21, 0x11, four, tlv(TypeALPN, "h2"), tlv(TypeNoop, ""), tlv(0xe0, "mine")), "1.2.3.4:11", "5.6.7.8:22", nil},
	{"v2 checksum", withCRC(), "1.2.3.4:11", "5.6.7.8:22", nil},
	{"v2 checksum after others", withCRC(tlv(TypeAuthority, "a.b")), "1.2.3.4:11", "5.6.7.8:22", nil},
	{"v2 wrong checksum", v2(0x21, 0x11, four, tlv(TypeCRC32C, "abcd")), "", "", ErrInvalid},
	{"v2 short checksum", v2(0x21, 0x11, four, tlv(TypeCRC32C, "abc")), "", "", ErrInvalid},
	{"v2 unique id", v2(0x21, 0x11, four, tlv(TypeUniqueID, strings.Repeat("x", 128))), "1.2.3.4:11", "5.6.7.8:22", nil},
	{"v2 unique id too long", v2(0x21, 0x11, four, tlv(TypeUniqueID, strings.Repeat("x", 129))), "", "", ErrInvalid},
	{"v2 TLV beyond the end", v2(0x21, 0x11, four, "\x01\x00\x09abc"), "", "", ErrInvalid},
	{"v2 half a TLV", v2(0x21, 0x11, four, "\x01\x00"), "", "", ErrInvalid},
	{"v2 addresses cut", v2(0x21, 0x11, four[:8]), "", "", ErrInvalid},
	{"v2 addresses of IPv4 as IPv6", v2(0x21, 0x21, four), "", "", ErrInvalid},
	{"v2 family 4", v2(0x21, 0x41, four), "", "", ErrInvalid},
	{"v2 protocol 3", v2(0x21, 0x13, four), "", "", ErrInvalid},
	{"v2 command 2", v2(0x22, 0x11, four), "", "", ErrInvalid},
	{"v2 version 1", v2(0x11, 0x11, four), "", "", ErrInvalid},
	{"v2 longest", v2(0x21, 0x11, four, tlv(TypeNoop, strings.Repeat("x", MaxLen-16-12-3))), "1.2.3.4:11", "5.6.7.8:22", nil},
	{"v2 too long", v2(0x21, 0x11, four, tlv(TypeNoop, strings.Repeat("x", MaxLen-16-12-2))), "", "", ErrInvalid},

	{"HTTP", "GET / HTTP/1.1\r\n", "", "", ErrNotProxy},
	{"PROXY without a space", "PROXYTCP4", "", "", ErrNotProxy},
	{"empty lines", "\r\n\r\nGET / HTTP/1.1", "", "", ErrNotProxy},
	{"TLS", "\x16\x03\x01", "", "", ErrNotProxy},
}

func TestParse(t *testing.T) {
	for _, x := range headers {
		t.Run(x.name, func(t *testing.T) {
			const after = "PROXY TCP4 and what follows"
			h, n, err := Parse([]byte(x.in + after))
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
		})
	}
}

func check(t *testing.T, h Header, src, dst string) {
	t.Helper()
	if src == "" {
		if h.Src.IsValid() || h.Dst.IsValid() {
			t.Errorf("%v to %v, want the real ends", h.Src, h.Dst)
		}
		return
	}
	if h.Src != netip.MustParseAddrPort(src) || h.Dst != netip.MustParseAddrPort(dst) {
		t.Errorf("%v to %v, want %s to %s", h.Src, h.Dst, src, dst)
	}
}

// TestParseCut cuts every valid header at every byte: not one is taken for
// whole, none for wrong.
func TestParseCut(t *testing.T) {
	for _, x := range headers {
		if x.err != nil {
			continue
		}
		for i := range len(x.in) {
			if h, n, err := Parse([]byte(x.in[:i])); n != 0 || err != nil || h.Src.IsValid() {
				t.Fatalf("%s: %d of %d bytes: %v, %d, %v", x.name, i, len(x.in), h, n, err)
			}
		}
	}
}

// TestParseEarly: what can only be wrong is refused without waiting for more.
func TestParseEarly(t *testing.T) {
	for _, in := range []string{"G", "PROXZ", "\r\n\r\nG", signature + "\x11", strings.Repeat("PROXY UNKNOWN ", 8),
		v2(0x21, 0x41)[:16], signature + "\x21\x11\xff\xff"} {
		if _, _, err := Parse([]byte(in)); err == nil {
			t.Errorf("%q is waited for", in)
		}
	}
}

func TestTLVs(t *testing.T) {
	h, _, err := Parse([]byte(v2(0x21, 0x11, four, tlv(TypeAuthority, "example.com"), tlv(0xe1, "\x00\xff"), tlv(TypeNetNS, "blue"))))
	if err != nil {
		t.Fatal(err)
	}
	for typ, want := range map[Type]string{TypeAuthority: "example.com", 0xe1: "\x00\xff", TypeNetNS: "blue"} {
		if v, ok := h.TLVs.Find(typ); !ok || string(v) != want {
			t.Errorf("type %#x: %q, %v", typ, v, ok)
		}
	}
	if v, ok := h.TLVs.Find(TypeALPN); ok {
		t.Errorf("an ALPN appears: %q", v)
	}
}

func FuzzParse(f *testing.F) {
	for _, x := range headers {
		f.Add([]byte(x.in))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		h, n, err := Parse(b)
		switch {
		case err != nil && n != 0, n > len(b), n > MaxLen:
			t.Fatalf("%d bytes of %d, %v", n, len(b), err)
		case err == nil && n == 0:
			if len(b) >= MaxLen {
				t.Fatalf("waits for more than %d bytes", len(b))
			}
			return
		case err != nil:
			return
		}
		again, m, err := Parse(b[:n])
		if m != n || err != nil || again.Src != h.Src || again.Dst != h.Dst {
			t.Fatalf("without what follows: %v, %d, %v; with it: %v, %d", again, m, err, h, n)
		}
		for range h.TLVs.All() {
		}
		for _, b := range [][]byte{AppendV1(nil, h.Src, h.Dst), AppendV2(nil, h.Src, h.Dst)} {
			back, m, err := Parse(b)
			if m != len(b) || err != nil || h.Src.Addr().Is4() == h.Dst.Addr().Is4() && (back.Src != h.Src || back.Dst != h.Dst) {
				t.Fatalf("%v written as %q reads as %v, %d, %v", h, b, back, m, err)
			}
		}
	})
}
