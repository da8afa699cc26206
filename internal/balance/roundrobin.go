package balance

// scale is the distance a server of weight 1 moves when it is chosen. It is
// divisible by every weight up to 16 and large against 256.
const scale = 720720 * 256

// roundRobin uses each server in turns, in proportion to its weight, evenly
// spread: a chosen server moves back by scale/weight and the one furthest in
// front comes next. Weights may change at any time.
type roundRobin struct {
	q      queue
	weight []int
}

func newRoundRobin(n int) *roundRobin {
	return &roundRobin{q: newQueue(n), weight: make([]int, n)}
}

func (r *roundRobin) SetWeight(i, w int) {
	if r.weight[i] == w {
		return
	}
	was := r.weight[i]
	r.weight[i] = w
	if w == 0 {
		r.q.drop(i)
		return
	}
	if was != 0 {
		return // its next move will be by the new weight
	}
	// Who joins starts with those in front, not with what it has missed.
	var front int64
	if len(r.q.heap) > 0 {
		front = r.q.e[r.q.heap[0]].key
	}
	r.q.place(i, front)
}

func (r *roundRobin) SetLoad(int, int) {}

func (r *roundRobin) Pick(ok func(int) bool) int {
	i := r.q.first(ok)
	if i >= 0 {
		r.q.place(i, r.q.e[i].key+scale/int64(r.weight[i]))
	}
	return i
}
