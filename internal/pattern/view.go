package pattern

import (
	"fmt"
	"net/netip"
	"strconv"
	"sync/atomic"
)

// Output is what a view takes the values of a map for.
type Output uint8

const (
	NoValue  Output = iota // an ACL: values do not matter
	Text                   // a string
	Integer                // a number
	Address                // an IPv4 or IPv6 address
	KeyOnly                // the key itself
	Replaced               // a string with back-references
)

// View is one way in which a reference is looked up. Looking up takes no lock and
// allocates nothing; any number of goroutines may do so while entries change.
type View struct {
	Method Method
	Fold   bool
	Out    Output
	ref    *Reference
	slot   int
	now    atomic.Pointer[index] // of the generation that is looked up
}

// Reference is what the view looks into.
func (v *View) Reference() *Reference { return v.ref }

func (v *View) index() *index { return v.now.Load() }

// Bytes finds the entry for a text; nil: there is none.
func (v *View) Bytes(b []byte) *Entry { return v.index().bytes(b) }

// Int finds the entry for a number.
func (v *View) Int(n int64) *Entry { return v.index().number(n) }

// Addr finds the entry for an address.
func (v *View) Addr(a netip.Addr) *Entry { return v.index().addr(a) }

// Submatch finds the entry of which the regular expression matches, and where it
// and its groups do. It allocates when there is one.
func (v *View) Submatch(b []byte) (*Entry, []int) {
	for _, it := range v.index().rest.items() {
		if it.re != nil && !it.e.gone.Load() && it.re.Match(b) {
			return it.e, it.re.FindSubmatchIndex(b)
		}
	}
	return nil, nil
}

// parse reads the pattern and checks the value of an entry.
func (v *View) parse(e *Entry, op operator) (p parsed, err error) {
	if op != opNone && (v.Method == Int || v.Method == Len) {
		p.span, err = parseRange(e.text, op)
	} else {
		p, err = parsePattern(v.Method, v.Fold, e.text)
	}
	if err == nil {
		err = v.check(e.Value())
	}
	return p, err
}

// check tells whether a value is one that the view can give.
func (v *View) check(value string) error {
	ok := true
	switch v.Out {
	case Integer:
		_, ok = ParseInteger(value)
	case Address:
		_, ok = ParseAddress(value)
	}
	if !ok {
		return fmt.Errorf("unable to parse '%s'", value)
	}
	return nil
}

// ParseInteger reads the value of a map whose values are numbers.
func ParseInteger(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// ParseAddress reads the value of a map whose values are addresses. It allocates nothing
// for addresses.
func ParseAddress(s string) (netip.Addr, bool) {
	if v, ok := parse4(s); ok {
		return netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}), true
	}
	a, err := netip.ParseAddr(s)
	return a, err == nil && a.Zone() == ""
}

// Find looks up a value given as text, as the runtime API does. tree says whether the
// reference would have found the entry in a tree, which it tells.
func (v *View) Find(text string) (e *Entry, tree bool) {
	switch v.Method {
	case Int:
		if n, ok := parseNumber(text); ok {
			e = v.Int(n)
		}
	case IP:
		if a, ok := ParseAddress(text); ok {
			e = v.Addr(a)
		}
	case Found, Bool:
	default:
		e = v.Bytes([]byte(text))
	}
	switch v.Method {
	case Str, Beg:
		tree = !v.Fold
	case IP:
		if e != nil {
			p, err := parsePattern(IP, false, e.text)
			tree = err == nil && !p.holes
		}
	}
	return e, tree
}
