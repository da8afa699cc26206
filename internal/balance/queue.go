package balance

// entry is a server's place in a priority queue.
type entry struct {
	key   int64 // position: the smallest is chosen
	seq   int64 // ties go to who was placed first
	index int32 // place in the heap + 1, 0 when out
}

// queue is a binary heap of servers by (key, seq).
type queue struct {
	e    []entry
	heap []int32
	seq  int64
	held []int32 // those passed over by the last first
}

func newQueue(n int) queue {
	return queue{e: make([]entry, n), heap: make([]int32, 0, n), held: make([]int32, 0, n)}
}

func (q *queue) less(a, b int32) bool {
	x, y := &q.e[a], &q.e[b]
	return x.key < y.key || x.key == y.key && x.seq < y.seq
}

func (q *queue) has(i int) bool { return q.e[i].index != 0 }

// place puts server i at key, behind those that are there already.
func (q *queue) place(i int, key int64) {
	e := &q.e[i]
	q.seq++
	e.key, e.seq = key, q.seq
	if e.index == 0 {
		q.push(int32(i))
		return
	}
	q.down(int(e.index) - 1)
	q.up(int(e.index) - 1)
}

func (q *queue) push(i int32) {
	q.heap = append(q.heap, i)
	q.e[i].index = int32(len(q.heap))
	q.up(len(q.heap) - 1)
}

// drop takes server i out.
func (q *queue) drop(i int) {
	at := int(q.e[i].index) - 1
	if at < 0 {
		return
	}
	last := len(q.heap) - 1
	q.e[i].index = 0
	if at != last {
		q.heap[at] = q.heap[last]
		q.e[q.heap[at]].index = int32(at + 1)
	}
	q.heap = q.heap[:last]
	if at != last {
		q.down(at)
		q.up(at)
	}
}

// first returns the first server that ok accepts, -1 without one. The order of
// those it passes over is kept; held lists them.
func (q *queue) first(ok func(int) bool) int {
	q.held = q.held[:0]
	if len(q.heap) == 0 {
		return -1
	}
	if i := int(q.heap[0]); ok(i) {
		return i
	}
	found := -1
	for len(q.heap) > 0 {
		i := q.heap[0]
		if ok(int(i)) {
			found = int(i)
			break
		}
		q.held = append(q.held, i)
		q.drop(int(i))
	}
	for _, i := range q.held {
		q.push(i)
	}
	return found
}

func (q *queue) swap(a, b int) {
	q.heap[a], q.heap[b] = q.heap[b], q.heap[a]
	q.e[q.heap[a]].index = int32(a + 1)
	q.e[q.heap[b]].index = int32(b + 1)
}

func (q *queue) up(i int) {
	for i > 0 {
		p := (i - 1) / 2
		if !q.less(q.heap[i], q.heap[p]) {
			return
		}
		q.swap(i, p)
		i = p
	}
}

func (q *queue) down(i int) {
	for {
		c := 2*i + 1
		if c >= len(q.heap) {
			return
		}
		if c+1 < len(q.heap) && q.less(q.heap[c+1], q.heap[c]) {
			c++
		}
		if !q.less(q.heap[c], q.heap[i]) {
			return
		}
		q.swap(i, c)
		i = c
	}
}
