package pattern

import "net/netip"

// Set is a set of patterns for one method that never changes. Which of the three
// lookups is meaningful depends on the method: Int and Len take numbers, IP takes
// addresses, the others bytes.
type Set struct {
	method Method
	views  [2]*View // with regard to the case of letters, and without
}

// Method says how the set compares.
func (s *Set) Method() Method { return s.method }

// Bytes looks text up.
func (s *Set) Bytes(b []byte) bool {
	return s.any(func(v *View) *Entry { return v.Bytes(b) })
}

// Int looks a number up.
func (s *Set) Int(n int64) bool {
	if s.method == Bool {
		return n != 0
	}
	return s.any(func(v *View) *Entry { return v.Int(n) })
}

// Addr looks an address up.
func (s *Set) Addr(a netip.Addr) bool {
	return s.any(func(v *View) *Entry { return v.Addr(a) })
}

func (s *Set) any(find func(*View) *Entry) bool {
	if s.method == Found {
		return true
	}
	for _, v := range s.views {
		if v != nil && find(v) != nil {
			return true
		}
	}
	return false
}
