package proxyproto

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"net/netip"
	"strconv"
)

// AppendV1 appends the line of version 1 that says that the connection is one from src to dst. Without addresses of
// both ends it is UNKNOWN. An IPv4 address beside an IPv6 one is written as IPv6.
func AppendV1(b []byte, src, dst netip.AddrPort) []byte {
	b = append(b, prefix...)
	if !src.IsValid() || !dst.IsValid() {
		return append(b, "UNKNOWN\r\n"...)
	}
	four := src.Addr().Is4() && dst.Addr().Is4()
	if four {
		b = append(b, "TCP4 "...)
	} else {
		b = append(b, "TCP6 "...)
	}
	address := func(a netip.Addr) {
		if !four {
			a = netip.AddrFrom16(a.As16())
		}
		b = append(a.WithZone("").AppendTo(b), ' ')
	}
	address(src.Addr())
	address(dst.Addr())
	b = append(strconv.AppendUint(b, uint64(src.Port()), 10), ' ')
	b = strconv.AppendUint(b, uint64(dst.Port()), 10)
	return append(b, "\r\n"...)
}

// AppendV2 appends the header of version 2 that says the same. Without addresses of both ends it is LOCAL. Vectors may
// be appended to it before Seal.
func AppendV2(b []byte, src, dst netip.AddrPort) []byte {
	b = append(b, signature...)
	switch {
	case !src.IsValid() || !dst.IsValid():
		return append(b, commandLocal, 0, 0, 0)
	case src.Addr().Is4() && dst.Addr().Is4():
		b = append(b, commandProxy, familyTCP4, 0, 12)
		b = append(b, src.Addr().AsSlice()...)
		b = append(b, dst.Addr().AsSlice()...)
	default:
		b = append(b, commandProxy, familyTCP6, 0, 36)
		s, d := src.Addr().As16(), dst.Addr().As16()
		b = append(append(b, s[:]...), d[:]...)
	}
	b = binary.BigEndian.AppendUint16(b, src.Port())
	return binary.BigEndian.AppendUint16(b, dst.Port())
}

// AppendTLV appends a vector to the header that begins at b[start:]. One that the header has no room for, whose length
// has two bytes, is left out.
func AppendTLV(b []byte, start int, t Type, v []byte) []byte {
	if len(b)+3+len(v)-start-fixedV2 > math.MaxUint16 {
		return b
	}
	b = append(b, byte(t))
	b = binary.BigEndian.AppendUint16(b, uint16(len(v)))
	return append(b, v...)
}

// Seal completes the header that begins at b[start:] after vectors were appended: its length and, at b[sum:], the
// checksum of a vector of TypeCRC32C, whose value was four bytes of 0 so far; sum 0: there is none.
func Seal(b []byte, start, sum int) {
	h := b[start:]
	binary.BigEndian.PutUint16(h[fixedV2-2:], uint16(len(h)-fixedV2))
	if sum > 0 {
		binary.BigEndian.PutUint32(b[sum:], crc32.Checksum(h, castagnoli))
	}
}
