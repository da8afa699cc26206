package balance

import "testing"

// The slots of bounded loads are whole, add up, and leave nobody without one.
func TestBound(t *testing.T) {
	for _, x := range []struct {
		weights       []int
		total, factor int
		want          []int64
	}{
		{[]int{1, 1, 1}, 0, 101, []int64{1, 1, 1}}, // 2 to share: 0, 1 and 1
		{[]int{1, 1, 1}, 2, 101, []int64{1, 1, 2}},
		{[]int{1, 1, 1}, 3, 101, []int64{1, 2, 2}},
		{[]int{1, 1, 1}, 4, 101, []int64{2, 2, 2}},
		{[]int{2, 1, 1}, 0, 200, []int64{1, 1, 1}},
		{[]int{2, 1, 1}, 2, 200, []int64{3, 1, 2}},
		{[]int{1, 0, 3}, 7, 125, []int64{2, 1, 8}},
	} {
		servers := make([]Server, len(x.weights))
		for i, w := range x.weights {
			servers[i] = Server{Node: uint32(i + 1), Weight: w * Scale}
		}
		r := newRing(servers)
		r.refresh()
		for i, want := range x.want {
			if got := r.bound(i, x.total, x.factor); got != want {
				t.Errorf("weights %v, %d streams, factor %d: server %d may have %d, want %d", x.weights, x.total, x.factor, i, got, want)
			}
		}
	}
}
