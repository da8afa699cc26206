package pattern

import (
	"slices"
	"sync/atomic"
)

// few are the entries of a small set in the order in which they are compared, one
// after the other: that costs less than a hash, and most rules have one or two. A set
// that has grown beyond fewMost is left to the tables.
type few struct {
	list atomic.Pointer[[]short]
	over bool // only the writer looks
}

const fewMost = 8

// short is an entry of a small set: its word or its network.
type short struct {
	text string
	net  prefix
	e    *Entry
}

func (f *few) add(m Method, s short) {
	if f.over {
		return
	}
	var list []short
	if p := f.list.Load(); p != nil {
		list = *p
	}
	if len(list) == fewMost {
		f.over = true
		f.list.Store(nil)
		return
	}
	list = append(list[:len(list):len(list)], s)
	switch m { // others: the one that stands first
	case Beg:
		slices.SortStableFunc(list, func(a, b short) int { return len(b.text) - len(a.text) })
	case IP:
		slices.SortStableFunc(list, func(a, b short) int { return b.net.bits - a.net.bits })
	}
	f.list.Store(&list)
}

func (f *few) remove(e *Entry) {
	if p := f.list.Load(); p != nil {
		list := slices.DeleteFunc(slices.Clone(*p), func(s short) bool { return s.e == e })
		f.list.Store(&list)
	}
}

// fewBytes is bytes for a small set.
func (x *index) fewBytes(list []short, b []byte) *Entry {
	for i := range list {
		if s := &list[i]; x.fits(s.text, b) && !s.e.gone.Load() {
			return s.e
		}
	}
	return nil
}

// fits tells whether the word matches b.
func (x *index) fits(w string, b []byte) bool {
	switch x.method {
	case Beg:
		if len(b) < len(w) {
			return false
		}
		b = b[:len(w)]
	case End:
		if len(b) < len(w) {
			return false
		}
		b = b[len(b)-len(w):]
	case Dir, Dom:
		return x.fitsPart(w, b)
	}
	if x.fold {
		return equalFold(b, w)
	}
	return w == string(b)
}

// fitsPart tells whether w stands between two delimiters of b.
func (x *index) fitsPart(w string, b []byte) bool {
	delims := delimiters[x.method]
	for at := 0; w != "" && at+len(w) <= len(b); at++ {
		end := at + len(w)
		if (at == 0 || delimiter(b[at-1], delims)) && (end == len(b) || delimiter(b[end], delims)) &&
			(w == string(b[at:end]) || x.fold && equalFold(b[at:end], w)) {
			return true
		}
	}
	return false
}

func few4(list []short, v uint32) *Entry {
	for i := range list {
		s := &list[i]
		if s.net.bits < v4Bits {
			break
		}
		mask := ^uint32(0) << (v4Bits + 32 - s.net.bits)
		if uint64(v&mask) == s.net.addr.lo && !s.e.gone.Load() {
			return s.e
		}
	}
	return nil
}

func few6(list []short, v u128) *Entry {
	for i := range list {
		if s := &list[i]; s.net.bits < v4Bits && v.masked(s.net.bits) == s.net.addr && !s.e.gone.Load() {
			return s.e
		}
	}
	return nil
}
