package balance

// perWeight is divisible by every weight up to 16, so that loads in proportion
// to small weights compare as equal.
const perWeight = 720720 * 256 * Scale

// leastConn chooses the server with the fewest streams for its weight; among
// equals it goes round.
type leastConn struct {
	q      queue
	weight []int
	load   []int
}

func newLeastConn(servers []Server) *leastConn {
	n := len(servers)
	l := &leastConn{q: newQueue(n), weight: make([]int, n), load: make([]int, n)}
	for i, v := range servers {
		l.SetWeight(i, v.Weight)
	}
	return l
}

func (l *leastConn) key(i int) int64 { return int64(l.load[i]) * (perWeight / int64(l.weight[i])) }

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

func (l *leastConn) Pick(a Ask) int { return l.q.first(a.OK) }
