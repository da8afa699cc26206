package loop

// Timer calls its owner once, at or after the moment it was set to. The zero
// value with Fire set is ready. A timer belongs to one loop.
//
// A timer that is pushed further into the future, which is what nearly every
// byte received does, costs one comparison: it stays where it is in the heap
// and is moved when it comes up early.
type Timer struct {
	Fire  func()
	due   int64 // when to call Fire; 0: not set
	key   int64 // place in the heap: never later than due
	index int   // place in the heap + 1; 0: not there
}

// Due returns the moment the timer is set to, 0 when it is not.
func (t *Timer) Due() int64 { return t.due }

// SetTimer sets t to the moment due, in the loop's monotonic nanoseconds.
func (l *Loop) SetTimer(t *Timer, due int64) {
	t.due = due
	if t.index == 0 {
		t.key = due
		l.timers.push(t)
		return
	}
	if due < t.key {
		t.key = due
		l.timers.up(t.index - 1)
	}
}

// ClearTimer makes sure that t does not fire; cheap, t stays in the heap.
func (l *Loop) ClearTimer(t *Timer) { t.due = 0 }

// DropTimer takes t out of the heap, for an owner that goes away.
func (l *Loop) DropTimer(t *Timer) {
	t.due = 0
	if t.index != 0 {
		l.timers.remove(t.index - 1)
	}
}

// Timers returns how many timers are in the heap, those included that were
// cleared and have not come up yet.
func (l *Loop) Timers() int { return len(l.timers) }

// NextTimer returns when the first timer is due; false: there is none. It drops those
// before it that were cleared.
func (l *Loop) NextTimer() (due int64, ok bool) {
	for len(l.timers) > 0 {
		t := l.timers[0]
		switch {
		case t.due == 0:
			l.timers.remove(0)
		case t.due > t.key:
			return t.key, true // it was put off: firing sorts it in anew
		default:
			return t.due, true
		}
	}
	return 0, false
}

// timerHeap is a 4-ary heap by key.
type timerHeap []*Timer

// wait returns milliseconds until the first timer, -1 without one.
func (h timerHeap) wait(now int64) int {
	if len(h) == 0 {
		return -1
	}
	d := h[0].key - now
	if d <= 0 {
		return 0
	}
	// Rounded up: waking before the moment would only poll again.
	return int(min((d+999_999)/1_000_000, 1<<30))
}

func (h *timerHeap) fire(now int64) {
	for len(*h) > 0 {
		t := (*h)[0]
		if t.key > now {
			return
		}
		if t.due > now {
			t.key = t.due
			h.down(0)
			continue
		}
		h.remove(0)
		if t.due != 0 {
			t.due = 0
			t.Fire()
		}
	}
}

func (h *timerHeap) push(t *Timer) {
	*h = append(roomy(*h), t)
	t.index = len(*h)
	h.up(len(*h) - 1)
}

func (h *timerHeap) remove(i int) {
	s := *h
	t := s[i]
	last := len(s) - 1
	if i != last {
		s[i] = s[last]
		s[i].index = i + 1
	}
	s[last] = nil
	*h = s[:last]
	t.index = 0
	if i != last {
		h.down(i)
		h.up(i)
	}
}

func (h timerHeap) up(i int) {
	t := h[i]
	for i > 0 {
		p := (i - 1) / 4
		if h[p].key <= t.key {
			break
		}
		h[i] = h[p]
		h[i].index = i + 1
		i = p
	}
	h[i] = t
	t.index = i + 1
}

func (h timerHeap) down(i int) {
	t := h[i]
	for {
		c := 4*i + 1
		if c >= len(h) {
			break
		}
		m := c
		for k := c + 1; k < min(c+4, len(h)); k++ {
			if h[k].key < h[m].key {
				m = k
			}
		}
		if h[m].key >= t.key {
			break
		}
		h[i] = h[m]
		h[i].index = i + 1
		i = m
	}
	h[i] = t
	t.index = i + 1
}
