package pattern

import "sync/atomic"

// spans are ranges of numbers, which may overlap: a treap ordered by where they begin.
// Its nodes never change. Who adds or removes a range makes the nodes from the root to
// it anew, so that readers keep the tree they have begun to walk.
type spans struct {
	root      atomic.Pointer[spanNode]
	gathering bool
	waiting   []*spanNode
}

type spanNode struct {
	span
	e           *Entry
	rank        uint64 // random: no child's is greater
	reach       int64  // where the last of these ranges ends, children included
	first       uint64 // the least id of them
	left, right *spanNode
}

func (s *spans) add(r span, e *Entry) {
	if r.lo <= r.hi {
		n := &spanNode{span: r, e: e, rank: mix(mix(e.id^secret[0], secret[1])^secret[2], secret[3])}
		if s.gathering {
			s.waiting = append(s.waiting, n)
			return
		}
		s.root.Store(s.root.Load().with(n))
	}
}

func (s *spans) remove(r span, e *Entry) {
	if r.lo <= r.hi {
		s.root.Store(s.root.Load().without(r.lo, e))
	}
}

// find gives the first entry whose range v is in, best if none stands before it.
func (s *spans) find(v int64, best *Entry) *Entry { return s.root.Load().find(v, best) }

func (n *spanNode) find(v int64, best *Entry) *Entry {
	for n != nil && v <= n.reach && (best == nil || n.first < best.id) {
		if v < n.lo {
			n = n.left
			continue
		}
		if v <= n.hi && !n.e.gone.Load() {
			best = earlier(best, n.e)
		}
		// The side with the earlier entry first: what is found there often spares the other.
		one, other := n.left, n.right
		if one == nil || other != nil && other.first < one.first {
			one, other = other, one
		}
		best = one.find(v, best)
		n = other
	}
	return best
}

// after tells whether n belongs behind a range: it begins later, or was added later.
func (n *spanNode) after(lo int64, id uint64) bool {
	return lo < n.lo || lo == n.lo && id < n.e.id
}

func (n *spanNode) summed() *spanNode {
	n.reach, n.first = n.hi, n.e.id
	for _, c := range [...]*spanNode{n.left, n.right} {
		if c != nil {
			n.reach, n.first = max(n.reach, c.reach), min(n.first, c.first)
		}
	}
	return n
}

func (n *spanNode) with(x *spanNode) *spanNode {
	if n == nil || x.rank > n.rank {
		x.left, x.right = n.split(x.lo, x.e.id)
		return x.summed()
	}
	c := *n
	if n.after(x.lo, x.e.id) {
		c.left = n.left.with(x)
	} else {
		c.right = n.right.with(x)
	}
	return c.summed()
}

func (n *spanNode) split(lo int64, id uint64) (before, after *spanNode) {
	if n == nil {
		return nil, nil
	}
	c := *n
	if n.after(lo, id) {
		before, c.left = n.left.split(lo, id)
		return before, c.summed()
	}
	c.right, after = n.right.split(lo, id)
	return c.summed(), after
}

func (n *spanNode) without(lo int64, e *Entry) *spanNode {
	switch {
	case n == nil:
		return nil
	case n.e == e:
		return n.left.join(n.right)
	}
	c := *n
	if n.after(lo, e.id) {
		c.left = n.left.without(lo, e)
	} else {
		c.right = n.right.without(lo, e)
	}
	return c.summed()
}

// join puts together two trees of which all of b is after all of n.
func (n *spanNode) join(b *spanNode) *spanNode {
	switch {
	case n == nil:
		return b
	case b == nil:
		return n
	case n.rank > b.rank:
		c := *n
		c.right = n.right.join(b)
		return c.summed()
	}
	c := *b
	c.left = n.join(b.left)
	return c.summed()
}
