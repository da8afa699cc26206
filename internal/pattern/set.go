package pattern

import "net/netip"

// Set is a set of patterns for one method. Which of the three lookups is
// meaningful depends on the method: Int and Len take numbers, IP takes
// addresses, the others bytes.
type Set struct {
	method Method
	size   int

	plain, folded words // str, bin, beg, end, sub, dir, dom
	numbers       ranges
	networks      networks
	regexps       []matcher
}

type matcher interface{ Match([]byte) bool }

// Method says how the set compares.
func (s *Set) Method() Method { return s.method }

// Len is the number of patterns given, duplicates included.
func (s *Set) Len() int { return s.size }

// Bytes looks text up.
func (s *Set) Bytes(b []byte) bool {
	switch s.method {
	case Found:
		return true
	case Len:
		return s.numbers.has(int64(len(b)))
	case Reg:
		for _, r := range s.regexps {
			if r.Match(b) {
				return true
			}
		}
		return false
	}
	return s.plain.match(s.method, b) || s.folded.match(s.method, b)
}

// Int looks a number up.
func (s *Set) Int(v int64) bool {
	switch s.method {
	case Found:
		return true
	case Bool:
		return v != 0
	}
	return s.numbers.has(v)
}

// Addr looks an address up.
func (s *Set) Addr(a netip.Addr) bool { return s.method == Found || s.networks.has(a) }
