package pattern

import (
	"bytes"
	"net/netip"
)

// index finds entries for one method. What a value finds is what the reference
// finds: the first entry for str, the longest for beg and ip, and for the others
// the one that stands first.
type index struct {
	method Method
	fold   bool
	few    few
	words  *table[word] // str, bin, beg, end, dir, dom
	shared bool         // words is the table of keys
	sizes  lengths      // of the words
	nets   *table[network]
	bits   lengths // of the networks

	wordsAlike alike[string]
	netsAlike  alike[prefix]

	spans spans // int, len
	masks masks
	rest  list[*item]
}

type network struct {
	prefix
	e *Entry
}

// item is an entry that is compared with each value: sub, reg.
type item struct {
	e *Entry
	parsed
}

func newIndex(m Method, fold bool, keys *table[word]) *index {
	x := &index{method: m, fold: fold}
	switch m {
	case Str, Beg, End:
		if !fold {
			x.words, x.shared = keys, true
			break
		}
		fallthrough
	case Dir, Dom, Bin:
		if x.words = newTable(hashWord); fold {
			x.words = newTable(hashLower)
		}
	case IP, Int:
		x.nets = newTable(func(n *network) uint64 { return n.hash() })
	}
	return x
}

func (x *index) add(e *Entry, p *parsed) {
	switch x.method {
	case Found, Bool:
		return
	case Str, Beg, End, Dir, Dom, Bin:
		if !x.shared {
			x.addWord(p.text, e)
		}
		x.sizes.add(len(p.text))
		x.few.add(x.method, short{text: p.text, e: e})
		return
	case IP:
		if p.holes {
			x.masks.add(p.sparse, e)
			return
		}
		addNet(x.nets, &x.netsAlike, p.net, e)
		x.bits.add(p.net.bits)
		x.few.add(x.method, short{net: p.net, e: e})
		return
	case Int:
		if p.span.lo == p.span.hi {
			addNet(x.nets, &x.netsAlike, numberKey(p.span.lo), e)
			x.few.add(x.method, short{net: numberKey(p.span.lo), e: e})
			return
		}
		fallthrough
	case Len:
		x.spans.add(p.span, e)
		return
	}
	x.rest.add(&item{e, *p})
}

func numberKey(v int64) prefix { return prefix{u128{0, uint64(v)}, 64} }

// remove takes out an entry that was added with p and is marked as gone.
func (x *index) remove(e *Entry, p *parsed) {
	x.few.remove(e)
	switch x.method {
	case Found, Bool:
		return
	case Str, Beg, End, Dir, Dom, Bin:
		x.sizes.remove(len(p.text))
		if !x.shared {
			x.removeWord(p.text, e)
		}
		return
	case Len:
		x.spans.remove(p.span, e)
		return
	case IP, Int:
		switch {
		case p.holes:
			x.masks.remove(p.sparse, e)
			return
		case x.method == Int && p.span.lo != p.span.hi:
			x.spans.remove(p.span, e)
			return
		}
		k := p.net
		if x.method == Int {
			k = numberKey(p.span.lo)
		} else {
			x.bits.remove(k.bits)
		}
		removeNet(x.nets, &x.netsAlike, k, e)
		return
	}
	x.rest.removed(func(it *item) bool { return !it.e.gone.Load() })
}

// exact finds the first entry whose word is b.
func (x *index) exact(b []byte) *Entry {
	if !x.fold {
		for c := x.words.find(bytesHash(b)); ; {
			w := c.next()
			if w == nil {
				return nil
			}
			if w.text == string(b) && !w.e.gone.Load() {
				return w.e
			}
		}
	}
	for c := x.words.find(foldHash(b)); ; {
		w := c.next()
		if w == nil {
			return nil
		}
		if equalFold(b, w.text) && !w.e.gone.Load() {
			return w.e
		}
	}
}

// bytes finds the entry for a text.
func (x *index) bytes(b []byte) *Entry {
	if list := x.few.list.Load(); list != nil {
		return x.fewBytes(*list, b)
	}
	switch x.method {
	case Str, Bin:
		return x.exact(b)
	case Beg:
		return x.begins(b)
	case End:
		return x.ends(b)
	case Dir, Dom:
		return x.parts(b)
	case Len:
		return x.number(int64(len(b)))
	case Sub, Reg:
		for _, it := range x.rest.items() {
			if it.matches(b, x.fold) && !it.e.gone.Load() {
				return it.e
			}
		}
	}
	return nil
}

func (it *item) matches(b []byte, fold bool) bool {
	switch {
	case it.re != nil:
		return it.re.Match(b)
	case fold:
		return indexFold(b, it.text) >= 0
	}
	return bytes.Contains(b, it.raw)
}

func (x *index) begins(b []byte) *Entry {
	for _, n := range x.sizes.all() {
		if n <= len(b) {
			if e := x.exact(b[:n]); e != nil {
				return e
			}
		}
	}
	return nil
}

func (x *index) ends(b []byte) *Entry {
	var best *Entry
	for _, n := range x.sizes.all() {
		if n <= len(b) {
			best = earlier(best, x.exact(b[len(b)-n:]))
		}
	}
	return best
}

// parts looks up what stands between two delimiters.
func (x *index) parts(b []byte) *Entry {
	delims := delimiters[x.method]
	var best *Entry
	for at := range b {
		if at > 0 && !delimiter(b[at-1], delims) {
			continue
		}
		for _, n := range x.sizes.all() {
			if end := at + n; n > 0 && end <= len(b) && (end == len(b) || delimiter(b[end], delims)) {
				best = earlier(best, x.exact(b[at:end]))
			}
		}
	}
	return best
}

func earlier(a, b *Entry) *Entry {
	if a == nil || b != nil && b.id < a.id {
		return b
	}
	return a
}

// number finds the entry for a number.
func (x *index) number(v int64) *Entry {
	var best *Entry
	if x.nets != nil {
		best = x.lookup(numberKey(v))
	}
	return x.spans.find(v, best)
}

func (x *index) lookup(k prefix) *Entry {
	if list := x.few.list.Load(); list != nil {
		for i := range *list {
			if s := &(*list)[i]; s.net == k && !s.e.gone.Load() {
				return s.e
			}
		}
		return nil
	}
	for c := x.nets.find(k.hash()); ; {
		n := c.next()
		if n == nil {
			return nil
		}
		if n.prefix == k && !n.e.gone.Load() {
			return n.e
		}
	}
}

// addr follows the rules between families of manual 7.1.6.
func (x *index) addr(a netip.Addr) *Entry {
	switch {
	case !a.IsValid():
		return nil
	case a.Is4():
		if e := x.addr4(as4(a)); e != nil {
			return e
		}
		return x.addr6(toU128(a)) // As16 maps it to ::ffff:
	}
	v := toU128(a)
	if e := x.addr6(v); e != nil {
		return e
	}
	switch {
	case v.hi>>48 == 0x2002: // 6to4
		return x.addr4(uint32(v.hi >> 16))
	case v.hi == 0 && (v.lo>>32 == 0 || v.lo>>32 == 0xffff):
		return x.addr4(uint32(v.lo))
	}
	return nil
}

func (x *index) addr4(v uint32) *Entry {
	if list := x.few.list.Load(); list != nil {
		if e := few4(*list, v); e != nil {
			return e
		}
	} else if e := x.net4(v); e != nil {
		return e
	}
	return x.masks.find(v)
}

func (x *index) net4(v uint32) *Entry {
	for _, n := range x.bits.all() {
		if n < v4Bits {
			break
		}
		mask := ^uint32(0) << (v4Bits + 32 - n)
		if e := x.lookup(prefix{u128{0, uint64(v & mask)}, n}); e != nil {
			return e
		}
	}
	return nil
}

func (x *index) addr6(v u128) *Entry {
	if list := x.few.list.Load(); list != nil {
		return few6(*list, v)
	}
	for _, n := range x.bits.all() {
		if n < v4Bits {
			if e := x.lookup(prefix{v.masked(n), n}); e != nil {
				return e
			}
		}
	}
	return nil
}
