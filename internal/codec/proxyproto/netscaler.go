package proxyproto

import (
	"encoding/binary"
	"errors"
	"net/netip"
)

// Errors of ParseNetScaler, worded as the reference logs them. ErrCIP stands for all lengths that cannot be.
var (
	ErrMagic    = errors.New("Received an invalid NetScaler Client IP magic number")
	ErrProtocol = errors.New("Received an unhandled protocol in the NetScaler Client IP header")
	ErrCIP      = errors.New("Truncated NetScaler Client IP header received")
)

// maxCIP bounds the client's IP and TCP headers: the longest ones of IPv4 have 60 bytes each.
const maxCIP = 120

// ParseNetScaler reads a NetScaler client IP header with the given magic number, in its legacy form (magic, length)
// or the standard one (magic, total length, type 1, length); the client's IP and TCP headers follow. It returns as
// Parse does.
func ParseNetScaler(b []byte, magic uint32) (h Header, n int, err error) {
	var m [4]byte
	binary.BigEndian.PutUint32(m[:], magic)
	if !begins(b, string(m[:])) {
		return h, 0, ErrMagic
	}
	if len(b) < 12 {
		return h, 0, nil
	}
	from, length := 8, binary.BigEndian.Uint32(b[4:])
	if v := b[8] >> 4; v != 4 && v != 6 {
		if binary.BigEndian.Uint16(b[8:]) != 1 {
			return h, 0, ErrProtocol
		}
		total := length
		from, length = 12, uint32(binary.BigEndian.Uint16(b[10:]))
		if total < length || total > length+12 { // senders differ in what they count
			return h, 0, ErrCIP
		}
	}
	if length > maxCIP {
		return h, 0, ErrCIP
	}
	n = from + int(length)
	if len(b) < n {
		return h, 0, nil
	}
	h, err = packet(b[from:n])
	if err != nil {
		n = 0
	}
	return h, n, err
}

// packet takes the addresses from an IP header and the ports from the TCP header after it.
func packet(p []byte) (h Header, err error) {
	const tcpHeader, protocolTCP = 20, 6
	if len(p) < 20 {
		return h, ErrCIP
	}
	var src, dst netip.Addr
	var size int
	var protocol byte
	switch p[0] >> 4 {
	case 4:
		size, protocol = int(p[0]&15)*4, p[9]
		src, dst = netip.AddrFrom4([4]byte(p[12:16])), netip.AddrFrom4([4]byte(p[16:20]))
	case 6:
		size = 40
		if len(p) >= size {
			protocol = p[6]
			src, dst = netip.AddrFrom16([16]byte(p[8:24])).Unmap(), netip.AddrFrom16([16]byte(p[24:40])).Unmap()
		}
	default:
		return h, ErrProtocol
	}
	if size < 20 || len(p) < size+tcpHeader {
		return h, ErrCIP
	}
	if protocol != protocolTCP {
		return h, ErrProtocol
	}
	h.Src = netip.AddrPortFrom(src, binary.BigEndian.Uint16(p[size:]))
	h.Dst = netip.AddrPortFrom(dst, binary.BigEndian.Uint16(p[size+2:]))
	return h, nil
}
