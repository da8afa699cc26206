package proxyproto_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"net"
	"net/netip"
	"testing"

	peer "github.com/pires/go-proxyproto"
	"github.com/sluice-proxy/sluice/internal/codec/proxyproto"
)

// ends are the two ends of connections of each kind.
var ends = [][2]string{
	{"192.0.2.1:1025", "198.51.100.2:443"},
	{"[2001:db8::1]:65535", "[2001:db8::2]:1"},
	{"192.0.2.1:7", "[2001:db8::2]:8"},
}

type vector struct {
	typ   proxyproto.Type
	value string
}

var vectors = [][]vector{
	nil,
	{{proxyproto.TypeAuthority, "app.test"}, {proxyproto.TypeUniqueID, "id-1"}, {0xe1, ""}, {0xe2, "\x00\xff"}},
}

// What we write is read as the same by a library that others use.
func TestPeerReadsOurs(t *testing.T) {
	for _, e := range ends {
		src, dst := netip.MustParseAddrPort(e[0]), netip.MustParseAddrPort(e[1])
		check := func(name string, b []byte, version byte, want []vector) {
			t.Helper()
			h, err := peer.Read(bufio.NewReader(bytes.NewReader(b)))
			if err != nil {
				t.Errorf("%s of %v: %v", name, e, err)
				return
			}
			from, to := ip(h.SourceAddr), ip(h.DestinationAddr)
			if h.Version != version || h.Command != peer.PROXY || from != src || to != dst {
				t.Errorf("%s of %v: read as %+v: %s to %s", name, e, h, from, to)
			}
			tlvs, err := h.TLVs()
			if err != nil || len(tlvs) != len(want) {
				t.Errorf("%s of %v: vectors %+v, %v", name, e, tlvs, err)
				return
			}
			for i, v := range tlvs {
				if proxyproto.Type(v.Type) != want[i].typ || string(v.Value) != want[i].value {
					t.Errorf("%s of %v: vector %+v, want %+v", name, e, v, want[i])
				}
			}
		}
		check("v1", proxyproto.AppendV1(nil, src, dst), 1, nil)
		for _, list := range vectors {
			b := append([]byte("before"), proxyproto.AppendV2(nil, src, dst)...)
			start := len("before")
			for _, v := range list {
				b = proxyproto.AppendTLV(b, start, v.typ, []byte(v.value))
			}
			proxyproto.Seal(b, start, 0)
			check("v2", b[start:], 2, list)

			at := len(b) + 3
			b = proxyproto.AppendTLV(b, start, proxyproto.TypeCRC32C, make([]byte, 4))
			b = proxyproto.AppendTLV(b, start, 0xe3, []byte("after"))
			proxyproto.Seal(b, start, at)
			// Recomputed here: the library does not look at checksums.
			sum := binary.BigEndian.Uint32(b[at:])
			zeroed := bytes.Clone(b[start:])
			clear(zeroed[at-start : at-start+4])
			if want := crc32.Checksum(zeroed, crc32.MakeTable(crc32.Castagnoli)); sum != want {
				t.Errorf("checksum %x, want %x", sum, want)
			}
			if _, n, err := proxyproto.Parse(b[start:]); n != len(b)-start || err != nil {
				t.Errorf("our own: %d, %v", n, err)
			}
			all := append(append([]vector(nil), list...), vector{proxyproto.TypeCRC32C, string(b[at : at+4])}, vector{0xe3, "after"})
			check("v2 with a checksum", b[start:], 2, all)
		}
	}
	h, err := peer.Read(bufio.NewReader(bytes.NewReader(proxyproto.AppendV2(nil, netip.AddrPort{}, netip.AddrPort{}))))
	if err != nil || h.Command != peer.LOCAL {
		t.Errorf("LOCAL: %+v, %v", h, err)
	}
}

// What that library writes is read as the same by us.
func TestPeerWritesForUs(t *testing.T) {
	for _, e := range ends[:2] {
		src, dst := netip.MustParseAddrPort(e[0]), netip.MustParseAddrPort(e[1])
		for _, version := range []byte{1, 2} {
			for _, list := range vectors {
				h := peer.HeaderProxyFromAddrs(version, net.TCPAddrFromAddrPort(src), net.TCPAddrFromAddrPort(dst))
				var tlvs []peer.TLV
				for _, v := range list {
					tlvs = append(tlvs, peer.TLV{Type: peer.PP2Type(v.typ), Value: []byte(v.value)})
				}
				if version == 2 {
					if err := h.SetTLVs(tlvs); err != nil {
						t.Fatal(err)
					}
				} else {
					list = nil
				}
				b, err := h.Format()
				if err != nil {
					t.Fatal(err)
				}
				got, n, err := proxyproto.Parse(append(b, "rest"...))
				if err != nil || n != len(b) || got.Src != src || got.Dst != dst {
					t.Errorf("version %d of %v: %+v, %d of %d bytes, %v", version, e, got, n, len(b), err)
				}
				var have []vector
				for typ, v := range got.TLVs.All() {
					have = append(have, vector{typ, string(v)})
				}
				if fmt.Sprint(have) != fmt.Sprint(list) {
					t.Errorf("version %d of %v: vectors %v, want %v", version, e, have, list)
				}
			}
		}
	}
}

func ip(a net.Addr) netip.AddrPort {
	ap := a.(*net.TCPAddr).AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}

// A vector that the length of a header cannot count is left out.
func TestTooLong(t *testing.T) {
	a := netip.MustParseAddrPort("192.0.2.1:1")
	b := proxyproto.AppendV2(nil, a, a)
	full := len(b)
	b = proxyproto.AppendTLV(b, 0, 0xe1, make([]byte, 65535-12-3+1))
	if len(b) != full {
		t.Fatalf("%d bytes", len(b))
	}
	b = proxyproto.AppendTLV(b, 0, 0xe1, make([]byte, 65535-12-3))
	proxyproto.Seal(b, 0, 0)
	if h, err := peer.Read(bufio.NewReaderSize(bytes.NewReader(b), 1<<17)); err != nil || len(b) != 16+65535 {
		t.Errorf("%d bytes: %+v, %v", len(b), h, err)
	}
}
