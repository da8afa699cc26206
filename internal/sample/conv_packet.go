package sample

import (
	"encoding/binary"
	"net/netip"
)

// What a saved SYN packet says (manual 7.3.1: eth.*, ip.*, tcp.*). Each converter
// takes the packet from the header it is named after; what is cut short fails.

// ethernet returns the length of the header, the last VLAN tag (-1: none) and
// the protocol.
func ethernet(b []byte) (size, vlan, proto int, ok bool) {
	vlan = -1
	for size = 14; len(b) >= size; size += 4 {
		proto = int(binary.BigEndian.Uint16(b[size-2:]))
		if proto != 0x8100 && proto != 0x88a8 {
			return size, vlan, proto, true
		}
		if len(b) < size+4 {
			break
		}
		vlan = int(binary.BigEndian.Uint16(b[size:])) & 0xfff
	}
	return 0, 0, 0, false
}

func convEthData(_ *Ctx, s *Sample) bool {
	n, _, _, ok := ethernet(s.Data)
	return ok && s.setBin(s.Data[n:])
}

func convEthHdr(_ *Ctx, s *Sample) bool {
	n, _, _, ok := ethernet(s.Data)
	return ok && s.setBin(s.Data[:n])
}

func convEthDst(_ *Ctx, s *Sample) bool { return len(s.Data) >= 6 && s.setBin(s.Data[:6]) }
func convEthSrc(_ *Ctx, s *Sample) bool { return len(s.Data) >= 12 && s.setBin(s.Data[6:12]) }

func convEthProto(_ *Ctx, s *Sample) bool {
	_, _, proto, ok := ethernet(s.Data)
	return ok && s.setInt(int64(proto))
}

func convEthVLAN(_ *Ctx, s *Sample) bool {
	_, vlan, _, ok := ethernet(s.Data)
	return ok && vlan >= 0 && s.setInt(int64(vlan))
}

// ipPacket is what the header of a packet says.
type ipPacket struct {
	version, size, tos, ttl, proto int
	noFragments, options           bool
	src, dst                       netip.Addr
}

// parseIP4or6 reads an IP header with its options or extensions.
func parsePacket(b []byte) (p ipPacket, ok bool) {
	if len(b) < 1 {
		return p, false
	}
	switch p.version = int(b[0] >> 4); p.version {
	case 4:
		p.size = int(b[0]&15) * 4
		if p.size < 20 || len(b) < p.size {
			return p, false
		}
		p.tos, p.ttl, p.proto = int(b[1]), int(b[8]), int(b[9])
		p.noFragments, p.options = b[6]&0x40 != 0, p.size > 20
		p.src, p.dst = netip.AddrFrom4([4]byte(b[12:16])), netip.AddrFrom4([4]byte(b[16:20]))
		return p, true
	case 6:
		p.size = 40
		if len(b) < p.size {
			return p, false
		}
		p.tos, p.ttl = int(binary.BigEndian.Uint16(b)>>4)&0xff, int(b[7])
		p.noFragments = true
		p.src, p.dst = netip.AddrFrom16([16]byte(b[8:24])), netip.AddrFrom16([16]byte(b[24:40]))
		return p, p.extensions(b)
	}
	return p, false
}

// extensions skips what stands between an IPv6 header and the transport's (RFC
// 8200 4).
func (p *ipPacket) extensions(b []byte) bool {
	p.proto = int(b[6])
	for {
		var n int
		switch p.proto {
		case 0, 43, 60, 135, 139, 140: // hop-by-hop, routing, destination, mobility, HIP, shim6
			if len(b) < p.size+8 {
				return false
			}
			n = int(b[p.size+1])*8 + 8
		case 44: // fragment
			n = 8
		case 51: // authentication
			if len(b) < p.size+8 {
				return false
			}
			n = int(b[p.size+1])*4 + 8
		default:
			return true
		}
		if len(b) < p.size+n {
			return false
		}
		p.proto, p.size, p.options = int(b[p.size]), p.size+n, true
	}
}

// ofPacket compiles a converter of an IP packet.
func ofPacket(f func(p ipPacket, b []byte, s *Sample) bool) func([]Arg, *Scope) (Eval, error) {
	return from(func(_ *Ctx, s *Sample) bool {
		p, ok := parsePacket(s.Data)
		return ok && f(p, s.Data, s)
	})
}

func ipData(p ipPacket, b []byte, s *Sample) bool  { return s.setBin(b[p.size:]) }
func ipHdr(p ipPacket, b []byte, s *Sample) bool   { return s.setBin(b[:p.size]) }
func ipDF(p ipPacket, _ []byte, s *Sample) bool    { return s.setInt(oneIf(p.noFragments)) }
func ipSrc(p ipPacket, _ []byte, s *Sample) bool   { return s.setIP(p.src) }
func ipDst(p ipPacket, _ []byte, s *Sample) bool   { return s.setIP(p.dst) }
func ipProto(p ipPacket, _ []byte, s *Sample) bool { return s.setInt(int64(p.proto)) }
func ipTOS(p ipPacket, _ []byte, s *Sample) bool   { return s.setInt(int64(p.tos)) }
func ipTTL(p ipPacket, _ []byte, s *Sample) bool   { return s.setInt(int64(p.ttl)) }
func ipVer(p ipPacket, _ []byte, s *Sample) bool   { return s.setInt(int64(p.version)) }

func oneIf(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// tcpHeader returns the header of a TCP segment with its options.
func tcpHeader(b []byte) ([]byte, bool) {
	if len(b) < 20 {
		return nil, false
	}
	n := int(b[12]>>4) * 4
	if n < 20 || len(b) < n {
		return nil, false
	}
	return b[:n], true
}

// Kinds of TCP options (RFC 9293 3.2, RFC 7323, RFC 2018).
const (
	tcpEnd = iota
	tcpNop
	tcpMSS
	tcpWindowScale
	tcpSackPermitted
	_
	_
	_
	tcpTimestamp
)

// tcpOptions gives each option: its kind and its content.
func tcpOptions(h []byte) func(yield func(kind byte, body []byte) bool) {
	return func(yield func(byte, []byte) bool) {
		for o := h[20:]; len(o) > 0 && o[0] != tcpEnd; {
			n := 1
			var body []byte
			if o[0] != tcpNop {
				if len(o) < 2 || o[1] < 2 || int(o[1]) > len(o) {
					return
				}
				n = int(o[1])
				body = o[2:n]
			}
			if !yield(o[0], body) {
				return
			}
			o = o[n:]
		}
	}
}

// tcpOption finds an option with content of a size.
func tcpOption(h []byte, kind byte, size int) ([]byte, bool) {
	for k, body := range tcpOptions(h) {
		if k == kind && len(body) == size {
			return body, true
		}
	}
	return nil, false
}

// ofSegment compiles a converter of a TCP header.
func ofSegment(f func(h []byte) int64) func([]Arg, *Scope) (Eval, error) {
	return from(func(_ *Ctx, s *Sample) bool {
		h, ok := tcpHeader(s.Data)
		return ok && s.setInt(f(h))
	})
}

func tcpSrc(h []byte) int64   { return int64(binary.BigEndian.Uint16(h)) }
func tcpDst(h []byte) int64   { return int64(binary.BigEndian.Uint16(h[2:])) }
func tcpSeq(h []byte) int64   { return int64(binary.BigEndian.Uint32(h[4:])) }
func tcpFlags(h []byte) int64 { return int64(h[13]) }
func tcpWin(h []byte) int64   { return int64(binary.BigEndian.Uint16(h[14:])) }

func tcpMaxSegment(h []byte) int64 {
	if b, ok := tcpOption(h, tcpMSS, 2); ok {
		return int64(binary.BigEndian.Uint16(b))
	}
	return 0
}

func tcpScale(h []byte) int64 {
	if b, ok := tcpOption(h, tcpWindowScale, 1); ok {
		return int64(b[0])
	}
	return 0
}

// tcpHas says whether an option is there.
func tcpHas(kind byte, size int) func(h []byte) int64 {
	return func(h []byte) int64 {
		_, ok := tcpOption(h, kind, size)
		return oneIf(ok)
	}
}

func convTCPTimestamp(_ *Ctx, s *Sample) bool {
	h, ok := tcpHeader(s.Data)
	if !ok {
		return false
	}
	b, ok := tcpOption(h, tcpTimestamp, 8)
	return ok && s.setInt(int64(binary.BigEndian.Uint32(b)))
}

func convTCPOptions(c *Ctx, s *Sample) bool {
	h, ok := tcpHeader(s.Data)
	if !ok {
		return false
	}
	b := c.bytes(40)
	return s.setBin(c.keep(b, len(appendKinds(b[:0], h))))
}

func appendKinds(dst, h []byte) []byte {
	for k := range tcpOptions(h) {
		dst = append(dst, k)
	}
	return dst
}
