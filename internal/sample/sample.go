package sample

import "net/netip"

// Sample is one typed value. Which of the value fields counts depends on Type:
// Int for Bool (0 or 1), Sint and Meth; Data for Str, Bin and Meth; IP for IPv4
// and IPv6. Data may alias the message or the scratch arena of the Ctx: it is
// valid until either changes.
type Sample struct {
	Type Type
	Int  int64
	Data []byte
	IP   netip.Addr

	it cursor
}

// cursor is where a fetch with several values stands (header occurrences).
type cursor struct {
	all   bool // the caller asks for every value in turn
	more  bool // another value may follow
	begun bool
	field int // field the next value is in
	off   int // offset of the next value in it, -1: the field is used up
}

func (s *Sample) setBool(v bool) bool {
	s.Type, s.Int = Bool, 0
	if v {
		s.Int = 1
	}
	return true
}

func (s *Sample) setInt(v int64) bool {
	s.Type, s.Int = Sint, v
	return true
}

func (s *Sample) setStr(b []byte) bool {
	s.Type, s.Data = Str, b
	return true
}

func (s *Sample) setBin(b []byte) bool {
	s.Type, s.Data = Bin, b
	return true
}

func (s *Sample) setIP(a netip.Addr) bool {
	switch {
	case !a.IsValid():
		return false
	case a.Is4():
		s.Type = IPv4
	default:
		s.Type = IPv6
	}
	s.IP = a.WithZone("")
	return true
}
