package balance

// spreader makes the array of the map-based choice. The order is HAProxy's, found
// by watching it: for each place every server gains its weight, and the one who
// gets the place pays the sum of all. It goes to the first in the configuration
// who has gained a whole sum or more, else to the first who owes nothing.
//
// Gains are not added up: when a server will owe nothing, and when it will have
// a whole sum, is known as soon as it has paid. So the work is in proportion to
// the length of the array, whatever the number of servers.
type spreader struct {
	weight []int64
	taken  []int64 // places that each has
	stage  []uint8 // of each: owes, free, or has a whole sum
	event  []int32 // by place + 1: first server that rises a stage then
	after  []int32 // by server: the next one that rises at the same time
	rich   tickets // who has a whole sum
	free   tickets // who owes nothing
}

// fill appends the array for the weights to order.
func (s *spreader) fill(order []int32, weight []int) []int32 {
	sum := s.reset(weight)
	for place := int64(1); place <= sum; place++ {
		for i := s.event[place]; i >= 0; {
			next := s.after[i] // rise puts it into another list
			s.rise(i, place, sum)
			i = next
		}
		i, ok := s.rich.pop()
		for ok && s.stage[i] != whole {
			i, ok = s.rich.pop()
		}
		if !ok {
			for i, ok = s.free.pop(); ok && s.stage[i] != even; {
				i, ok = s.free.pop()
			}
		}
		order = append(order, i)
		s.pay(i, place, sum)
	}
	return order
}

// The stages.
const (
	owing uint8 = iota
	even
	whole
)

// reset prepares for the weights, divided by what they have in common, and
// returns their sum. Everybody owes nothing at the first place.
func (s *spreader) reset(weight []int) (sum int64) {
	common := 0
	for _, w := range weight {
		for a, b := common, w; ; a, b = b, a%b {
			if b == 0 {
				common = a
				break
			}
		}
	}
	*s = spreader{weight: make([]int64, len(weight)), taken: make([]int64, len(weight)), stage: make([]uint8, len(weight)), after: make([]int32, len(weight))}
	for i, w := range weight {
		if w > 0 {
			s.weight[i] = int64(w / common)
			sum += s.weight[i]
		}
	}
	s.event = make([]int32, sum+2)
	for i := range s.event {
		s.event[i] = -1
	}
	for i, w := range s.weight {
		if w > 0 {
			s.at(int32(i), 1, sum)
		}
	}
	return sum
}

// at has server i rise a stage at a place.
func (s *spreader) at(i int32, place, sum int64) {
	if place > sum {
		return
	}
	s.after[i] = s.event[place]
	s.event[place] = i
}

func (s *spreader) rise(i int32, place, sum int64) {
	s.stage[i]++
	if s.stage[i] == whole {
		s.rich.push(i)
		return
	}
	s.free.push(i)
	// A whole sum is there when place*weight - taken*sum >= sum.
	if at := ceil((s.taken[i]+1)*sum, s.weight[i]); at > place {
		s.at(i, at, sum)
	} else {
		s.rise(i, place, sum)
	}
}

// pay takes the place. Who would have had a whole sum at some later place owes
// nothing from there on; who had it already, from the next place on.
func (s *spreader) pay(i int32, place, sum int64) {
	if s.stage[i] == whole {
		s.at(i, place+1, sum)
	}
	s.taken[i]++
	s.stage[i] = owing
}

func ceil(a, b int64) int64 { return (a + b - 1) / b }

// tickets is a binary heap of servers, the first in the configuration on top.
type tickets struct{ h []int32 }

func (t *tickets) push(v int32) {
	t.h = append(t.h, v)
	for i := len(t.h) - 1; i > 0; {
		p := (i - 1) / 2
		if t.h[p] <= t.h[i] {
			return
		}
		t.h[p], t.h[i] = t.h[i], t.h[p]
		i = p
	}
}

func (t *tickets) pop() (int32, bool) {
	if len(t.h) == 0 {
		return -1, false
	}
	top, last := t.h[0], len(t.h)-1
	t.h[0] = t.h[last]
	t.h = t.h[:last]
	for i := 0; ; {
		c := 2*i + 1
		if c >= last {
			break
		}
		if c+1 < last && t.h[c+1] < t.h[c] {
			c++
		}
		if t.h[i] <= t.h[c] {
			break
		}
		t.h[i], t.h[c] = t.h[c], t.h[i]
		i = c
	}
	return top, true
}
