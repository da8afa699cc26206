package balance

import (
	"slices"

	"github.com/sluice-proxy/sluice/internal/hash"
)

// ring holds the points of consistent hashing on a circle of 32 bits: as many
// for a server as its weight (in units of 1/Scale). Point n of a server is the
// avalanche hash of its node number plus n, so that nothing but its own points
// comes and goes with a server. A key belongs to the nearest point.
type ring struct {
	node   []uint32
	weight []int
	has    []int // points that are in keys, by server
	stale  bool
	keys   []uint32 // sorted; of equal keys the server configured first comes first
	owner  []int32
	sum    int64   // of the weights
	below  []int64 // sums of the weights of those configured before, by server
}

func newRing(servers []Server) ring {
	n := len(servers)
	r := ring{node: make([]uint32, n), weight: make([]int, n), has: make([]int, n), below: make([]int64, n)}
	for i, v := range servers {
		r.node[i] = v.Node
		r.setWeight(i, v.Weight)
	}
	return r
}

func (r *ring) setWeight(i, w int) {
	r.sum += int64(w - r.weight[i])
	r.weight[i] = w
	r.stale = true
}

// point is a place on the circle.
type point struct {
	key   uint32
	owner int32
}

// refresh brings the points in line with the weights.
func (r *ring) refresh() {
	if !r.stale {
		return
	}
	r.stale = false
	sum := int64(0)
	for i, w := range r.weight {
		r.below[i] = sum
		sum += int64(w)
	}
	r.thin()
	var fresh []point
	for i, w := range r.weight {
		for n := r.has[i]; n < w; n++ {
			fresh = append(fresh, point{hash.Avalanche(r.node[i] + uint32(n)), int32(i)})
		}
		r.has[i] = w
	}
	if len(fresh) == 0 {
		return
	}
	slices.SortFunc(fresh, func(a, b point) int {
		switch {
		case a.key != b.key && a.key < b.key:
			return -1
		case a.key != b.key:
			return 1
		}
		return int(a.owner - b.owner)
	})
	r.merge(fresh)
}

// thin drops the points of servers that have too many: all of them, since a
// point does not tell its number. They are made again.
func (r *ring) thin() {
	less := false
	for i, w := range r.weight {
		if w < r.has[i] {
			r.has[i], less = 0, true
		}
	}
	if !less {
		return
	}
	n := 0
	for k, i := range r.owner {
		if r.has[i] > 0 {
			r.keys[n], r.owner[n] = r.keys[k], i
			n++
		}
	}
	r.keys, r.owner = r.keys[:n], r.owner[:n]
}

// merge adds sorted points, from the end so that none is overwritten.
func (r *ring) merge(fresh []point) {
	a, b := len(r.keys)-1, len(fresh)-1
	r.keys = slices.Grow(r.keys, len(fresh))[:len(r.keys)+len(fresh)]
	r.owner = slices.Grow(r.owner, len(fresh))[:len(r.keys)]
	for k := len(r.keys) - 1; b >= 0; k-- {
		if f := fresh[b]; a >= 0 && (r.keys[a] > f.key || r.keys[a] == f.key && r.owner[a] > f.owner) {
			r.keys[k], r.owner[k] = r.keys[a], r.owner[a]
			a--
		} else {
			r.keys[k], r.owner[k] = f.key, f.owner
			b--
		}
	}
}

// nearest returns the place of the point that a key belongs to; of two at the
// same distance the one before it. The ring is not empty.
func (r *ring) nearest(key uint32) int {
	at, _ := slices.BinarySearch(r.keys, key)
	if at == len(r.keys) {
		at = 0
	}
	before := at - 1
	if before < 0 {
		before = len(r.keys) - 1
	}
	if key-r.keys[before] <= r.keys[at]-key {
		return before
	}
	return at
}

func (r *ring) after(at int) int {
	if at++; at == len(r.keys) {
		return 0
	}
	return at
}

// bound is how many streams a server may have when all together have total, and
// shall have no more than factor percent of that, the new one counted in. These
// slots are dealt out by weight as whole numbers, in the order of the servers, so
// that their sum is right; each server has one at least.
func (r *ring) bound(i, total, factor int) int64 {
	slots := ceil(int64(total+1)*int64(factor), 100)
	from, to := r.below[i], r.below[i]+int64(r.weight[i])
	return max(slots*to/r.sum-slots*from/r.sum, 1)
}
