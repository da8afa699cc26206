package balance

// consistent is the choice by consistent hashing (manual 4.2, "hash-type"), with
// bounded loads when there is a factor ("hash-balance-factor"). Requests without
// a key take the points of the ring in turns.
type consistent struct {
	ring
	load   []int
	total  int // of load
	factor int
	at     int // whose turn it is
}

func newConsistent(servers []Server, factor int) *consistent {
	return &consistent{ring: newRing(servers), load: make([]int, len(servers)), factor: factor}
}

func (c *consistent) SetWeight(i, w int) { c.setWeight(i, w) }

func (c *consistent) SetLoad(i, n int) {
	c.total += n - c.load[i]
	c.load[i] = n
}

func (c *consistent) Pick(a Ask) int {
	c.refresh()
	switch {
	case len(c.keys) == 0:
		return -1
	case a.Keyed:
		return c.byKey(a)
	case c.at >= len(c.keys):
		c.at = 0
	}
	for at, k := c.at, 0; k < len(c.keys); at, k = c.after(at), k+1 {
		if i := int(c.owner[at]); a.OK(i) {
			c.at = at + 1
			return i
		}
	}
	return -1
}

// byKey returns the server of the nearest point, or of the next one behind it
// that may be taken. When none may, it is the last one that was asked, which
// stands before the nearest.
func (c *consistent) byKey(a Ask) int {
	at := c.nearest(a.Key)
	i := int(c.owner[at])
	for range c.keys {
		i = int(c.owner[at])
		if (a.Faithful || a.OK(i)) && (c.factor == 0 || int64(c.load[i]) < c.bound(i, c.total, c.factor)) {
			break
		}
		at = c.after(at)
	}
	return i
}
