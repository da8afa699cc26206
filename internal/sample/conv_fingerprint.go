package sample

import "encoding/binary"

// Parts that ip.fp appends to its eight bytes when asked for (manual 7.3.1).
const (
	fpTTL = 1 << iota
	fpOptions
	fpSource
)

// compileFingerprint compiles ip.fp: what of the IP and TCP headers of a SYN the
// sender does not change from one connection to the next.
func compileFingerprint(a []Arg, _ *Scope) (Eval, error) {
	mode := a[0].Int
	return func(c *Ctx, s *Sample) bool {
		p, ok := parsePacket(s.Data)
		if !ok {
			return false
		}
		h, ok := tcpHeader(s.Data[p.size:])
		if !ok {
			return false
		}
		buf := c.bytes(8 + 1 + 40 + 16)
		b := append(buf[:0], byte(p.tos), 0, byte(len(h)/4)<<4, h[14], h[15], 0, 0, 0)
		b[1] = byte(oneIf(p.version == 6)<<7|oneIf(p.noFragments)<<6|oneIf(p.options)<<3|oneIf(len(s.Data) > p.size+len(h))<<2) | h[13]>>6&3
		for _, limit := range []int{32, 64, 128} {
			if p.ttl > limit {
				b[1] += 1 << 4
			}
		}
		if w, ok := tcpOption(h, tcpWindowScale, 1); ok {
			b[2] |= min(w[0], 14) + 1
		}
		binary.BigEndian.PutUint16(b[5:], uint16(tcpMaxSegment(h)))
		for k := range tcpOptions(h) {
			switch {
			case k >= 9:
				b[7] |= 1 << 7
			case k >= 2:
				b[7] |= 1 << (k - 2)
			}
		}
		if mode&fpTTL != 0 {
			b = append(b, byte(p.ttl))
		}
		if mode&fpOptions != 0 {
			b = appendKinds(b, h)
		}
		if mode&fpSource != 0 {
			b = append(b, p.src.AsSlice()...)
		}
		return s.setBin(c.keep(buf, len(b)))
	}, nil
}
