package sample

import "net/netip"

// compileIPMask keeps the network part of an address. An IPv6 address that
// holds an IPv4 one is masked as IPv4; any other needs the second mask.
func compileIPMask(a []Arg, _ *Scope) (Eval, error) {
	m4, m6, has6 := a[0].IP.As4(), [16]byte{}, a[1].Set
	if has6 {
		m6 = a[1].IP.As16()
	}
	return func(_ *Ctx, s *Sample) bool {
		if v4, ok := Embedded4(s.IP); ok {
			b := v4.As4()
			for i := range b {
				b[i] &= m4[i]
			}
			return s.setIP(netip.AddrFrom4(b))
		}
		if !has6 {
			return false
		}
		b := s.IP.As16()
		for i := range b {
			b[i] &= m6[i]
		}
		return s.setIP(netip.AddrFrom16(b))
	}, nil
}
