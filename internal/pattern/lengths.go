package pattern

import (
	"slices"
	"sync/atomic"
)

// lengths are those that occur in a set, the longest first: the only ones for which
// a prefix, a suffix or a network is worth looking up.
type lengths struct {
	list  atomic.Pointer[[]int]
	count map[int]int // only the writer looks
}

func (l *lengths) all() []int {
	if p := l.list.Load(); p != nil {
		return *p
	}
	return nil
}

func (l *lengths) add(n int) {
	if l.count == nil {
		l.count = map[int]int{}
	}
	if l.count[n]++; l.count[n] == 1 {
		l.publish()
	}
}

func (l *lengths) remove(n int) {
	if l.count[n]--; l.count[n] <= 0 {
		delete(l.count, n)
		l.publish()
	}
}

func (l *lengths) publish() {
	list := make([]int, 0, len(l.count))
	for n := range l.count {
		list = append(list, n)
	}
	slices.SortFunc(list, func(a, b int) int { return b - a })
	l.list.Store(&list)
}
