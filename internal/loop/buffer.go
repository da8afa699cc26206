package loop

// bufPool keeps byte slices of a few sizes for what a connection has to hold
// over a turn: a head, output the kernel did not take. An idle connection holds
// none.
type bufPool struct {
	kept [len(bufClasses)][][]byte
	lent int
}

// bufClasses are the sizes, and how many of each a pool keeps after a peak:
// enough heads for thousands of requests under way, few large ones.
var bufClasses = [...]struct{ size, keep int }{
	{2 << 10, 4096},
	{16 << 10, 256},
	{BufSize + BufSize/2, 64},
}

// Get returns an empty buffer with room for at least n bytes.
func (l *Loop) Get(n int) []byte {
	l.bufs.lent++
	for i, c := range bufClasses {
		if n > c.size {
			continue
		}
		p := &l.bufs.kept[i]
		if k := len(*p); k > 0 {
			b := (*p)[k-1]
			*p = (*p)[:k-1]
			return b
		}
		return make([]byte, 0, c.size)
	}
	return make([]byte, 0, n)
}

// Put gives a buffer back. Buffers that did not come from Get are left to the
// collector.
func (l *Loop) Put(b []byte) {
	l.bufs.lent--
	if l.Poison {
		b = b[:cap(b)]
		for i := range b {
			b[i] = poison
		}
	}
	for i, c := range bufClasses {
		if p := &l.bufs.kept[i]; cap(b) == c.size && len(*p) < c.keep {
			*p = append(*p, b[:0])
		}
	}
}

// poison is what a buffer holds that was given back; see Loop.Poison.
const poison = 0xDB

// Lent returns how many buffers were taken and not given back.
func (l *Loop) Lent() int { return l.bufs.lent }
