package balance

// static is the map-based choice (manual 4.2, "hash-type"): an array holds each
// server as often as its weight says, all weights divided by what they have in
// common, evenly spread. A key chooses by its remainder; without one the array
// is walked through. The array is made anew at the first choice after a server
// came or went.
type static struct {
	unloaded
	weight []int
	order  []int32
	stale  bool
	at     int // whose turn it is
	spread spreader
}

func newStatic(servers []Server) *static {
	s := &static{weight: make([]int, len(servers)), stale: true}
	for i, v := range servers {
		s.weight[i] = v.Weight
	}
	return s
}

func (s *static) SetWeight(i, w int) {
	s.stale = s.stale || s.weight[i] != w
	s.weight[i] = w
}

func (s *static) Pick(a Ask) int {
	if s.stale {
		s.order = s.spread.fill(s.order[:0], s.weight)
		s.stale = false
	}
	n := len(s.order)
	if n == 0 {
		return -1
	}
	if a.Keyed {
		return s.byKey(int(a.Key%uint32(n)), a)
	}
	if s.at >= n {
		s.at = 0
	}
	for k := range n {
		at := s.at + k
		if at >= n {
			at -= n
		}
		if i := int(s.order[at]); a.OK(i) {
			s.at = at + 1
			return i
		}
	}
	return -1
}

// byKey returns the server at a place of the array, or when it may not be taken
// and is not to be waited for, the next one that may; without any, the last one
// that was asked.
func (s *static) byKey(at int, a Ask) int {
	i := int(s.order[at])
	if a.Faithful {
		return i
	}
	for range s.order {
		if i = int(s.order[at]); a.OK(i) {
			break
		}
		if at++; at == len(s.order) {
			at = 0
		}
	}
	return i
}
