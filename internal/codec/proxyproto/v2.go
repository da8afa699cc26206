package proxyproto

import (
	"encoding/binary"
	"net/netip"
)

// The fixed part of version 2: signature, version and command, family and protocol, length of the rest.
const fixedV2 = len(signature) + 4

const (
	commandLocal = 0x20
	commandProxy = 0x21

	familyTCP4 = 0x11
	familyTCP6 = 0x21
)

func parseV2(b []byte) (h Header, n int, err error) {
	if len(b) > 12 && b[12] != commandLocal && b[12] != commandProxy {
		return h, 0, ErrInvalid
	}
	if len(b) < fixedV2 {
		return h, 0, nil
	}
	family, protocol := b[13]>>4, b[13]&15
	n = fixedV2 + int(binary.BigEndian.Uint16(b[14:]))
	local := b[12] == commandLocal
	if n > MaxLen || !local && (family > 3 || protocol > 2) {
		return h, 0, ErrInvalid
	}
	if len(b) < n {
		return h, 0, nil
	}
	rest := b[fixedV2:n]
	if local {
		return h, n, nil // its addresses, and the family, are to be ignored
	}
	size := [...]int{0, 4, 16, 108}[family]
	ports := 0
	if family == 1 || family == 2 {
		ports = 2
	}
	if protocol == 0 || family == 0 {
		return h, n, nil // UNSPEC: how long its addresses are is not said
	}
	if len(rest) < 2*(size+ports) {
		return h, 0, ErrInvalid
	}
	switch b[13] {
	case familyTCP4, familyTCP6:
		src, _ := netip.AddrFromSlice(rest[:size])
		dst, _ := netip.AddrFromSlice(rest[size : 2*size])
		h.Src = netip.AddrPortFrom(src.Unmap(), binary.BigEndian.Uint16(rest[2*size:]))
		h.Dst = netip.AddrPortFrom(dst.Unmap(), binary.BigEndian.Uint16(rest[2*size+2:]))
	}
	h.TLVs = TLVs(rest[2*(size+ports):])
	if !h.TLVs.valid(b[:n]) {
		return Header{}, 0, ErrInvalid
	}
	return h, n, nil
}
