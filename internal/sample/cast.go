package sample

import (
	"bytes"
	"encoding/binary"
	"math"
	"net/netip"
	"strconv"
)

// Cast changes s to type to; false when the value cannot be read that way.
func Cast(c *Ctx, s *Sample, to Type) bool { return cast(c, s, to) }

func cast(c *Ctx, s *Sample, to Type) bool {
	if s.Type == to || to == Any || to == Same {
		return true
	}
	switch to {
	case Bool:
		return s.toInt() && s.setBool(s.Int != 0)
	case Sint:
		return s.toInt()
	case Addr:
		return s.Type == IPv4 || s.Type == IPv6 || s.toIP()
	case IPv4:
		if !s.toIP() {
			return false
		}
		if s.Type == IPv6 {
			a, ok := Embedded4(s.IP)
			return ok && s.setIP(a)
		}
		return true
	case IPv6:
		if !s.toIP() {
			return false
		}
		if s.Type == IPv4 {
			return s.setIP(netip.AddrFrom16(s.IP.As16()))
		}
		return true
	case Str:
		return s.toStr(c)
	case Bin:
		return s.toBin(c)
	case Meth:
		return s.toMeth()
	}
	return false
}

func (s *Sample) toInt() bool {
	switch s.Type {
	case Bool, Sint:
		s.Type = Sint
		return true
	case IPv4:
		a := s.IP.As4()
		return s.setInt(int64(binary.BigEndian.Uint32(a[:])))
	case Str:
		if len(s.Data) == 0 {
			return false
		}
		v, _ := leadingInt(s.Data)
		return s.setInt(v)
	}
	return false
}

func (s *Sample) toIP() bool {
	switch s.Type {
	case IPv4, IPv6:
		return true
	case Sint:
		var b [4]byte
		binary.BigEndian.PutUint32(b[:], uint32(s.Int))
		return s.setIP(netip.AddrFrom4(b))
	case Str:
		a, ok := ParseIP(s.Data)
		return ok && s.setIP(a)
	case Bin:
		a, ok := netip.AddrFromSlice(s.Data)
		return ok && s.setIP(a)
	}
	return false
}

func (s *Sample) toStr(c *Ctx) bool {
	switch s.Type {
	case Str:
		return true
	case Meth:
		s.Type = Str
		return true
	case Bin:
		// text ends at the first null byte (manual 7.1.3)
		if i := bytes.IndexByte(s.Data, 0); i >= 0 {
			s.Data = s.Data[:i]
		}
		s.Type = Str
		return true
	case Bool, Sint:
		b := c.bytes(20)
		return s.setStr(c.keep(b, len(strconv.AppendInt(b[:0], s.Int, 10))))
	case IPv4, IPv6:
		b := c.bytes(45)
		return s.setStr(c.keep(b, len(appendIP(b[:0], s.IP))))
	}
	return false
}

func (s *Sample) toBin(c *Ctx) bool {
	switch s.Type {
	case Str, Meth, Bin:
		s.Type = Bin
		return true
	case Bool, Sint:
		b := c.bytes(8)
		binary.BigEndian.PutUint64(b, uint64(s.Int))
		return s.setBin(b)
	case IPv4:
		a := s.IP.As4()
		b := c.bytes(4)
		copy(b, a[:])
		return s.setBin(b)
	case IPv6:
		a := s.IP.As16()
		b := c.bytes(16)
		copy(b, a[:])
		return s.setBin(b)
	}
	return false
}

func (s *Sample) toMeth() bool {
	if s.Type != Str && s.Type != Bin {
		return false
	}
	s.Type, s.Int = Meth, int64(methodNumber(s.Data))
	return true
}

// leadingInt reads the decimal number b starts with, saturating at 64 bits, and
// how many bytes it took. No digit gives 0.
func leadingInt(b []byte) (v int64, n int) {
	neg := len(b) > 0 && b[0] == '-'
	if neg {
		n = 1
	}
	for ; n < len(b) && '0' <= b[n] && b[n] <= '9'; n++ {
		d := int64(b[n] - '0')
		switch {
		case neg && v < (math.MinInt64+d)/10:
			v = math.MinInt64
		case neg:
			v = v*10 - d
		case v > (math.MaxInt64-d)/10:
			v = math.MaxInt64
		default:
			v = v*10 + d
		}
	}
	return v, n
}

// appendIP writes a as the reference does: an IPv4 address inside IPv6 in its
// mixed notation.
func appendIP(dst []byte, a netip.Addr) []byte { return a.AppendTo(dst) }

// Embedded4 gives the IPv4 address inside 2002:IPV4::, ::IPV4 or ::ffff:IPV4
// (manual 7.1.6).
func Embedded4(a netip.Addr) (netip.Addr, bool) {
	if !a.Is6() {
		return a, a.IsValid()
	}
	b := a.As16()
	if b[0] == 0x20 && b[1] == 0x02 {
		return netip.AddrFrom4([4]byte(b[2:6])), true
	}
	for _, x := range b[:10] {
		if x != 0 {
			return netip.Addr{}, false
		}
	}
	if b[10] == b[11] && (b[10] == 0 || b[10] == 0xff) {
		return netip.AddrFrom4([4]byte(b[12:16])), true
	}
	return netip.Addr{}, false
}

// ParseIP reads an IPv4 or IPv6 address in text form without allocating.
// Leading zeros in IPv4 numbers are read as decimal.
func ParseIP(b []byte) (netip.Addr, bool) {
	if bytes.IndexByte(b, ':') >= 0 {
		return parse6(b)
	}
	return parse4(b)
}

func parse4(b []byte) (netip.Addr, bool) {
	var a [4]byte
	for i := range a {
		n, v := 0, 0
		for n < len(b) && n < 3 && '0' <= b[n] && b[n] <= '9' {
			v = v*10 + int(b[n]-'0')
			n++
		}
		if n == 0 || v > 255 {
			return netip.Addr{}, false
		}
		a[i], b = byte(v), b[n:]
		if i < 3 {
			if len(b) == 0 || b[0] != '.' {
				return netip.Addr{}, false
			}
			b = b[1:]
		}
	}
	return netip.AddrFrom4(a), len(b) == 0
}

// parse6 reads RFC 4291 text, without a zone.
func parse6(b []byte) (netip.Addr, bool) {
	var a [16]byte
	n, gap := 0, -1
	if len(b) >= 2 && b[0] == ':' && b[1] == ':' {
		gap, b = 0, b[2:]
	}
	for len(b) > 0 && n < 16 {
		v, d := 0, 0
		for d < len(b) && d < 4 && hexVal(b[d]) >= 0 {
			v = v<<4 | hexVal(b[d])
			d++
		}
		if d == 0 {
			return netip.Addr{}, false
		}
		if d < len(b) && b[d] == '.' {
			v4, ok := parse4(b)
			if !ok || n > 12 {
				return netip.Addr{}, false
			}
			q := v4.As4()
			copy(a[n:], q[:])
			n, b = n+4, nil
			break
		}
		a[n], a[n+1] = byte(v>>8), byte(v)
		n, b = n+2, b[d:]
		if len(b) == 0 {
			break
		}
		if b[0] != ':' || len(b) == 1 {
			return netip.Addr{}, false
		}
		b = b[1:]
		if b[0] == ':' {
			if gap >= 0 {
				return netip.Addr{}, false
			}
			gap, b = n, b[1:]
		}
	}
	if len(b) > 0 || (n < 16) != (gap >= 0) {
		return netip.Addr{}, false
	}
	if gap >= 0 {
		m := n - gap
		copy(a[16-m:], a[gap:n])
		for i := gap; i < 16-m; i++ {
			a[i] = 0
		}
	}
	return netip.AddrFrom16(a), true
}

func hexVal(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
