package pattern

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// networks are what patterns say: ranges of each family, and the rare IPv4
// patterns whose mask has holes.
type networks struct {
	v4     []range4
	v6     []range6
	sparse []masked4
}

type range4 struct{ lo, hi uint32 }
type range6 struct{ lo, hi u128 }
type masked4 struct{ addr, mask uint32 }
type u128 struct{ hi, lo uint64 }

func toU128(a netip.Addr) u128 {
	b := a.As16()
	return u128{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

func (n *networks) add(s string) error {
	if !n.parse(s) {
		return fmt.Errorf("'%s' is not a valid IPv4 or IPv6 address", s)
	}
	return nil
}

func (n *networks) parse(s string) bool {
	addr, mask, masked := strings.Cut(s, "/")
	if strings.Contains(addr, ":") {
		a, err := netip.ParseAddr(addr)
		if err != nil || a.Zone() != "" {
			return false
		}
		bits := 128
		if masked {
			if bits, err = strconv.Atoi(mask); err != nil || bits < 0 || bits > 128 {
				return false
			}
		}
		lo, hi := toU128(a), toU128(a)
		m := u128{^uint64(0), ^uint64(0)}
		if bits < 64 {
			m.hi, m.lo = ^(^uint64(0) >> bits), 0
		} else if bits < 128 {
			m.lo = ^(^uint64(0) >> (bits - 64))
		}
		lo.hi, lo.lo, hi.hi, hi.lo = lo.hi&m.hi, lo.lo&m.lo, hi.hi|^m.hi, hi.lo|^m.lo
		n.v6 = append(n.v6, range6{lo, hi})
		return true
	}
	a, ok := parse4(addr)
	if !ok {
		return false
	}
	m := ^uint32(0)
	if masked {
		if bits, err := strconv.Atoi(mask); err == nil {
			if bits < 0 || bits > 32 {
				return false
			}
			m = ^(^uint32(0) >> bits)
			if bits == 32 {
				m = ^uint32(0)
			}
		} else if q, err := netip.ParseAddr(mask); err == nil && q.Is4() {
			b := q.As4()
			m = binary.BigEndian.Uint32(b[:])
		} else {
			return false
		}
	}
	if inv := ^m; inv&(inv+1) != 0 {
		n.sparse = append(n.sparse, masked4{a & m, m})
		return true
	}
	n.v4 = append(n.v4, range4{a & m, a | ^m})
	return true
}

// parse4 reads an IPv4 address in full or with zeros left out, as inet_aton
// does: 10.1 is 10.0.0.1. Numbers are decimal.
func parse4(s string) (v uint32, ok bool) {
	for part := 0; part < 4; part++ {
		n, at := uint64(0), 0
		for at < len(s) && '0' <= s[at] && s[at] <= '9' {
			n = 10*n + uint64(s[at]-'0')
			if at++; at > 10 {
				return 0, false
			}
		}
		switch {
		case at == 0:
			return 0, false
		case at == len(s): // the last one fills what is left
			return v | uint32(n), n < 1<<(32-8*part)
		case s[at] != '.' || n > 255:
			return 0, false
		}
		v |= uint32(n) << (24 - 8*part)
		s = s[at+1:]
	}
	return 0, false
}
