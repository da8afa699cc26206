package pattern

import (
	"math/bits"
	"sync/atomic"
)

// table is a hash table that any number of goroutines read while one writes.
// Readers take no lock and wait for nobody: they follow atomic pointers, and what
// they have passed is let live by the collector. It grows in shards of at most
// shardSlots slots (extendible hashing), so that no insertion ever copies the
// whole of a large set.
//
// Items of one hash are found in the order of their insertion. The caller tells
// whether an item is the one it looks for: the table compares hashes only.
type table[T any] struct {
	dir  atomic.Pointer[directory[T]]
	hash func(*T) uint64
}

type directory[T any] struct {
	bits   uint // of the hash, from the top, that choose the shard
	shards []atomic.Pointer[shard[T]]
}

type shard[T any] struct {
	bits   uint // that all its items have in common
	used   int  // slots that are not free; only the writer knows
	live   int
	groups []group[T]
}

// group is a line of the processor's cache: seven items, and of each a tag that spares
// the look at most of the others.
type group[T any] struct {
	tags  atomic.Uint64 // a byte a slot: free, gone, or a part of the hash; the last one is gone
	items [groupSlots]atomic.Pointer[T]
}

const (
	groupSlots = 7
	shardSlots = 256 * groupSlots
	tagFree    = 0
	tagGone    = 1 // the item was removed; those behind it are still found

	maxShardBits = 14 // beyond that shards grow: what agrees in so many bits may agree in all

	low    = 0x0101010101010101
	high   = 0x8080808080808080
	noSlot = tagGone << (8 * groupSlots) // the tag for which there is no item
	slots  = high >> 8                   // marks of those for which there is one
)

func tagOf(h uint64) uint64 { return h>>16&0xff | 2 }

// zeros marks the bytes of w that are 0: the lowest mark is right, others may be
// wrong, which costs a look at an item.
func zeros(w uint64) uint64 { return (w - low) &^ w & high }

func newTable[T any](hash func(*T) uint64) *table[T] {
	t := &table[T]{hash: hash}
	d := &directory[T]{shards: make([]atomic.Pointer[shard[T]], 1)}
	d.shards[0].Store(newShard[T](0, groupSlots))
	t.dir.Store(d)
	return t
}

func newShard[T any](bits uint, slots int) *shard[T] {
	s := &shard[T]{bits: bits, groups: make([]group[T], slots/groupSlots)}
	for i := range s.groups {
		s.groups[i].tags.Store(noSlot)
	}
	return s
}

func (s *shard[T]) slots() int { return groupSlots * len(s.groups) }

// cursor walks the items of one hash.
type cursor[T any] struct {
	s     *shard[T]
	group uint64
	tags  uint64 // of the group, all of them
	hits  uint64 // slots of the group that are still to be looked at
	tag   uint64
}

func (t *table[T]) find(h uint64) cursor[T] {
	d := t.dir.Load()
	s := d.shards[h>>(64-d.bits)].Load()
	c := cursor[T]{s: s, group: h & uint64(len(s.groups)-1), tag: tagOf(h) * low}
	c.look()
	return c
}

func (c *cursor[T]) look() {
	c.tags = c.s.groups[c.group].tags.Load()
	c.hits = zeros(c.tags^c.tag) & slots
}

// next gives the next item whose hash may be the one asked for; nil: no more.
func (c *cursor[T]) next() *T {
	for {
		for c.hits != 0 {
			slot := uint64(bits.TrailingZeros64(c.hits)) / 8
			c.hits &= c.hits - 1
			if it := c.s.groups[c.group].items[slot].Load(); it != nil {
				return it
			}
		}
		if zeros(c.tags) != 0 {
			return nil
		}
		c.group = (c.group + 1) & uint64(len(c.s.groups)-1)
		c.look()
	}
}

// add inserts an item behind those of the same hash.
func (t *table[T]) add(it *T) {
	h := t.hash(it)
	for {
		d := t.dir.Load()
		s := d.shards[h>>(64-d.bits)].Load()
		if 4*(s.used+1) <= 3*s.slots() {
			s.put(h, it)
			return
		}
		t.grow(d, s, h)
	}
}

func (s *shard[T]) put(h uint64, it *T) {
	g := h & uint64(len(s.groups)-1)
	for {
		group := &s.groups[g]
		tags := group.tags.Load()
		if free := zeros(tags); free != 0 {
			slot := uint64(bits.TrailingZeros64(free)) / 8
			group.items[slot].Store(it)
			group.tags.Store(tags | tagOf(h)<<(8*slot))
			s.used, s.live = s.used+1, s.live+1
			return
		}
		g = (g + 1) & uint64(len(s.groups)-1)
	}
}

// grow gives the shard of h room: more slots, or the same without what was
// removed, or two shards in its place.
func (t *table[T]) grow(d *directory[T], s *shard[T], h uint64) {
	size := s.slots()
	if 2*(s.live+1) > size {
		size *= 2
	}
	if size <= shardSlots || s.bits >= maxShardBits {
		n := newShard[T](s.bits, size)
		t.copy(s, func(uint64) *shard[T] { return n })
		t.place(d, h, n)
		return
	}
	if s.bits == d.bits {
		d = double(d)
		t.dir.Store(d)
	}
	var half [2]*shard[T]
	for i := range half {
		half[i] = newShard[T](s.bits+1, shardSlots)
	}
	side := 63 - s.bits
	t.copy(s, func(h uint64) *shard[T] { return half[h>>side&1] })
	t.place(d, h&^(1<<side), half[0])
	t.place(d, h|1<<side, half[1])
}

// copy puts the items of s into others, those of one hash in their order.
func (t *table[T]) copy(s *shard[T], to func(h uint64) *shard[T]) {
	n, start := len(s.groups), 0
	for zeros(s.groups[start].tags.Load()) == 0 { // a run of items may wrap around the end
		start++
	}
	for k := 1; k <= n; k++ {
		g := &s.groups[(start+k)%n]
		for slot := range g.items {
			if it := g.items[slot].Load(); it != nil {
				h := t.hash(it)
				to(h).put(h, it)
			}
		}
	}
}

// place has the directory name s for all hashes that begin like h.
func (t *table[T]) place(d *directory[T], h uint64, s *shard[T]) {
	span := uint64(1) << (d.bits - s.bits)
	first := h >> (64 - d.bits) &^ (span - 1)
	for i := range span {
		d.shards[first+i].Store(s)
	}
}

func double[T any](d *directory[T]) *directory[T] {
	n := &directory[T]{bits: d.bits + 1, shards: make([]atomic.Pointer[shard[T]], 2*len(d.shards))}
	for i := range n.shards {
		n.shards[i].Store(d.shards[i/2].Load())
	}
	return n
}

// remove takes out an item that was added.
func (t *table[T]) remove(it *T) {
	h := t.hash(it)
	d := t.dir.Load()
	s := d.shards[h>>(64-d.bits)].Load()
	for g := h & uint64(len(s.groups)-1); ; g = (g + 1) & uint64(len(s.groups)-1) {
		group := &s.groups[g]
		tags := group.tags.Load()
		for slot := range group.items {
			if group.items[slot].Load() == it {
				group.tags.Store(tags&^(0xff<<(8*slot)) | tagGone<<(8*slot))
				group.items[slot].Store(nil)
				s.live--
				return
			}
		}
		if zeros(tags) != 0 {
			return
		}
	}
}
