package balance

// roundRobin uses each server in turns, in proportion to its weight, evenly
// spread. The order is HAProxy's, found by watching it:
//
// Time is counted in choices and goes in rounds, each at most as long as the sum
// of the weights (in units of 1/Scale). All wait at the beginning of a round, the
// heaviest first, and enter when nobody who has entered is due. Who is chosen is
// due again sum/weight later, the fractions added up; if that lies behind the end
// of the round, it waits for the next. A round ends when nobody is left in it.
//
// Who comes up in the middle of a round enters as if the rest of it were
// its own share. A new weight holds at once: the next turn comes earlier than
// planned if the new weight says so, and never later unless it was imminent.
type roundRobin struct {
	unloaded
	now   int64 // choices made in this round
	round int64 // its length
	sum   int64 // of all weights
	s     []turns

	in   queue // who has entered, by when they are due
	wait queue // who has not yet, the heaviest first
	next queue // who waits for the next round, likewise
}

// turns is a server's place in the round.
type turns struct {
	weight int64
	due    int64
	last   int64 // when it was due before
	rest   int64 // fraction of a choice, in units of 1/weight
}

func newRoundRobin(servers []Server) *roundRobin {
	n := len(servers)
	r := &roundRobin{s: make([]turns, n), in: newQueue(n), wait: newQueue(n), next: newQueue(n)}
	for i, v := range servers {
		r.s[i].weight = int64(v.Weight)
		r.sum += int64(v.Weight)
		if v.Weight > 0 {
			r.wait.place(i, -int64(v.Weight))
		}
	}
	r.round = r.sum
	return r
}

func (r *roundRobin) SetWeight(i, weight int) {
	t, w := &r.s[i], int64(weight)
	was := t.weight
	if was == w {
		return
	}
	t.weight = w
	r.sum += w - was
	switch {
	case w == 0:
		r.in.drop(i)
		r.wait.drop(i)
		r.next.drop(i)
	case was == 0:
		t.due = r.now + (r.sum-r.now)/w
		r.enter(i)
	case r.wait.has(i):
		r.wait.place(i, -w)
	case r.next.has(i):
		r.next.place(i, -w)
	default:
		step := r.sum / w
		planned, moved := t.due, t.last+step
		if t.due = min(planned, moved); t.due <= r.now+1 {
			t.due = r.now + step
		}
		t.rest = 0
		r.enter(i)
	}
}

// enter places a server by when it is due.
func (r *roundRobin) enter(i int) {
	t := &r.s[i]
	if t.due >= min(r.round, r.sum) {
		r.in.drop(i)
		r.next.place(i, -t.weight)
		return
	}
	// Of those due at the same time, the one with more of its weight left to serve
	// comes first.
	r.in.place(i, t.due*256+(256*Scale+t.rest-t.weight)/Scale)
}

func (r *roundRobin) Pick(a Ask) int {
	i := r.in.first(a.OK)
	r.pass()
	if i < 0 || r.s[i].due > r.now {
		if j := r.wait.first(a.OK); j >= 0 {
			i = j
			r.wait.drop(j)
			r.s[j].due, r.s[j].rest = r.now, 0
		}
	}
	if i < 0 {
		if i = r.begin(a); i < 0 {
			return -1
		}
	}
	r.advance(i)
	r.now++
	return i
}

// begin begins the next round, if anybody waiting for it is to be had, and lets
// the first one in.
func (r *roundRobin) begin(a Ask) int {
	i := r.next.first(a.OK)
	if i < 0 {
		return -1
	}
	r.now, r.round = 0, r.sum
	r.next.drop(i)
	for _, late := range [...]*queue{&r.in, &r.wait} { // nobody of them could be had
		for len(late.heap) > 0 {
			j := int(late.heap[0])
			late.drop(j)
			r.next.place(j, -r.s[j].weight)
		}
	}
	r.wait, r.next = r.next, r.wait
	r.s[i].due, r.s[i].rest = 0, 0
	return i
}

// pass lets turns that nobody could take go by, so that a server which was full
// for long is not given all of them at once later.
func (r *roundRobin) pass() {
	for _, j := range r.in.held {
		if t := &r.s[j]; t.due <= r.now && r.in.has(int(j)) {
			r.advance(int(j))
		}
	}
	r.in.held = r.in.held[:0]
}

// advance places a server whose turn it is by its next one.
func (r *roundRobin) advance(i int) {
	t := &r.s[i]
	t.last = t.due
	t.due += r.sum / t.weight
	if t.rest += r.sum % t.weight; t.rest >= t.weight {
		t.rest -= t.weight
		t.due++
	}
	r.enter(i)
}
