package loop

// bufPool keeps byte slices of two sizes for what a connection has to hold
// over a turn: an unfinished head, output the kernel did not take. An idle
// connection holds none.
type bufPool struct {
	small, large [][]byte
	lent         int
}

const (
	smallBuf = 16 << 10
	largeBuf = BufSize + BufSize/2
	// keepBufs bounds the memory a pool keeps after a peak.
	keepBufs = 256
)

// Get returns an empty buffer with room for at least n bytes.
func (l *Loop) Get(n int) []byte {
	l.bufs.lent++
	p, size := &l.bufs.small, smallBuf
	if n > smallBuf {
		p, size = &l.bufs.large, largeBuf
		if n > largeBuf {
			return make([]byte, 0, n)
		}
	}
	if k := len(*p); k > 0 {
		b := (*p)[k-1]
		*p = (*p)[:k-1]
		return b
	}
	return make([]byte, 0, size)
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
	switch {
	case cap(b) == smallBuf && len(l.bufs.small) < keepBufs:
		l.bufs.small = append(l.bufs.small, b[:0])
	case cap(b) == largeBuf && len(l.bufs.large) < keepBufs/4:
		l.bufs.large = append(l.bufs.large, b[:0])
	}
}

// poison is what a buffer holds that was given back; see Loop.Poison.
const poison = 0xDB

// Lent returns how many buffers were taken and not given back.
func (l *Loop) Lent() int { return l.bufs.lent }
