package pattern

import "sync/atomic"

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
	bits  uint // that all its items have in common
	used  int  // slots that are not free; only the writer knows
	live  int
	tags  []atomic.Uint32 // tagFree, tagGone, or a part of the hash
	items []atomic.Pointer[T]
}

const (
	shardSlots = 2048
	tagFree    = 0
	tagGone    = 1 // the item was removed; those behind it are still found

	maxShardBits = 14 // beyond that shards grow: what agrees in so many bits may agree in all
)

func tagOf(h uint64) uint32 { return uint32(h>>16) | 2 }

func newTable[T any](hash func(*T) uint64) *table[T] {
	t := &table[T]{hash: hash}
	d := &directory[T]{shards: make([]atomic.Pointer[shard[T]], 1)}
	d.shards[0].Store(newShard[T](0, 4))
	t.dir.Store(d)
	return t
}

func newShard[T any](bits uint, slots int) *shard[T] {
	return &shard[T]{bits: bits, tags: make([]atomic.Uint32, slots), items: make([]atomic.Pointer[T], slots)}
}

// cursor walks the items of one hash.
type cursor[T any] struct {
	s   *shard[T]
	at  uint64
	tag uint32
}

func (t *table[T]) find(h uint64) cursor[T] {
	d := t.dir.Load()
	return cursor[T]{s: d.shards[h>>(64-d.bits)].Load(), at: h, tag: tagOf(h)}
}

// next gives the next item whose hash may be the one asked for; nil: no more.
func (c *cursor[T]) next() *T {
	mask := uint64(len(c.s.tags) - 1)
	for {
		i := c.at & mask
		tag := c.s.tags[i].Load()
		if tag == tagFree {
			return nil
		}
		c.at++
		if tag == c.tag {
			if it := c.s.items[i].Load(); it != nil {
				return it
			}
		}
	}
}

// add inserts an item behind those of the same hash.
func (t *table[T]) add(it *T) {
	h := t.hash(it)
	for {
		d := t.dir.Load()
		s := d.shards[h>>(64-d.bits)].Load()
		if 2*(s.used+1) <= len(s.tags) {
			s.put(h, it)
			return
		}
		t.grow(d, s, h)
	}
}

func (s *shard[T]) put(h uint64, it *T) {
	mask := uint64(len(s.tags) - 1)
	i := h & mask
	for s.tags[i].Load() != tagFree {
		i = (i + 1) & mask
	}
	s.items[i].Store(it)
	s.tags[i].Store(tagOf(h))
	s.used, s.live = s.used+1, s.live+1
}

// grow gives the shard of h room: more slots, or the same without what was
// removed, or two shards in its place.
func (t *table[T]) grow(d *directory[T], s *shard[T], h uint64) {
	slots := len(s.tags)
	if 4*(s.live+1) > slots {
		slots *= 2
	}
	if slots <= shardSlots || s.bits >= maxShardBits {
		n := newShard[T](s.bits, slots)
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
	n, start := len(s.tags), 0
	for s.tags[start].Load() != tagFree { // a run of items may wrap around the end
		start++
	}
	for k := range n {
		if it := s.items[(start+k)%n].Load(); it != nil {
			h := t.hash(it)
			to(h).put(h, it)
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
	mask := uint64(len(s.tags) - 1)
	for i := h & mask; s.tags[i].Load() != tagFree; i = (i + 1) & mask {
		if s.items[i].Load() == it {
			s.tags[i].Store(tagGone)
			s.items[i].Store(nil)
			s.live--
			return
		}
	}
}
