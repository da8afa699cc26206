package balance

// leastConn chooses the server with the fewest streams for its weight; among
// equals it goes round.
type leastConn struct {
	q      queue
	weight []int
	load   []int
}

func newLeastConn(n int) *leastConn {
	return &leastConn{q: newQueue(n), weight: make([]int, n), load: make([]int, n)}
}

func (l *leastConn) key(i int) int64 { return int64(l.load[i]) * scale / int64(l.weight[i]) }

func (l *leastConn) SetWeight(i, w int) {
	l.weight[i] = w
	if w == 0 {
		l.q.drop(i)
		return
	}
	l.q.place(i, l.key(i))
}

func (l *leastConn) SetLoad(i, n int) {
	l.load[i] = n
	if l.weight[i] != 0 {
		l.q.place(i, l.key(i))
	}
}

func (l *leastConn) Pick(ok func(int) bool) int { return l.q.first(ok) }
