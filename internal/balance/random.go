package balance

import "math/rand/v2"

// random draws servers in proportion to their weights and takes the one with
// the least load for its weight; among equals the one that was chosen less often
// within about the last second.
type random struct {
	ring
	draws  int
	factor int
	load   []int
	total  int
	recent []recent
	number func() uint32
}

// recent counts how often a server was chosen, by seconds.
type recent struct {
	second    int64
	cur, last int32
}

func newRandom(servers []Server, draws, factor int) *random {
	n := len(servers)
	return &random{ring: newRing(servers), draws: draws, factor: factor, load: make([]int, n), recent: make([]recent, n), number: rand.Uint32}
}

func (r *random) SetWeight(i, w int) { r.setWeight(i, w) }

func (r *random) SetLoad(i, n int) {
	r.total += n - r.load[i]
	r.load[i] = n
}

func (r *random) Pick(a Ask) int {
	r.refresh()
	if len(r.keys) == 0 {
		return -1
	}
	best := -1
	for range min(r.draws, len(r.keys)) {
		i := r.draw(a)
		if i < 0 {
			return -1 // nobody may be taken, another draw finds nobody either
		}
		if best < 0 || i != best && r.better(i, best, a.Now) {
			best = i
		}
	}
	r.count(best, a.Now)
	return best
}

// draw returns a random server that may be taken.
func (r *random) draw(a Ask) int {
	at, allowed := r.nearest(r.number()), -1
	for range r.keys {
		if i := int(r.owner[at]); a.OK(i) {
			if r.factor == 0 || int64(r.load[i]) < r.bound(i, r.total, r.factor) {
				return i
			}
			allowed = i
		}
		at = r.after(at)
	}
	return allowed
}

// better compares loads in proportion to weights, then rates.
func (r *random) better(i, j int, now int64) bool {
	a, b := int64(r.load[i])*int64(r.weight[j]), int64(r.load[j])*int64(r.weight[i])
	if a != b {
		return a < b
	}
	return r.rate(i, now)*int64(r.weight[j]) < r.rate(j, now)*int64(r.weight[i])
}

const second = int64(1e9)

// rate is how often a server was chosen in the last 1000 ms, times 1000.
func (r *random) rate(i int, now int64) int64 {
	c := r.roll(i, now)
	return int64(c.cur)*1000 + int64(c.last)*(1000-now%second/1e6)
}

func (r *random) count(i int, now int64) { r.roll(i, now).cur++ }

func (r *random) roll(i int, now int64) *recent {
	c := &r.recent[i]
	if s := now / second; s != c.second {
		c.last = 0
		if s == c.second+1 {
			c.last = c.cur
		}
		c.cur, c.second = 0, s
	}
	return c
}
