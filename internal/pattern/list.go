package pattern

import "sync/atomic"

// list is a sequence that others read while one appends. What was removed stays
// until half of it has gone; readers pass over entries that are gone.
type list[T any] struct {
	seen atomic.Pointer[[]T]
	all  []T
	gone int
}

func (l *list[T]) items() []T {
	if p := l.seen.Load(); p != nil {
		return *p
	}
	return nil
}

func (l *list[T]) add(v T) {
	l.all = append(l.all, v)
	l.publish()
}

func (l *list[T]) publish() {
	seen := l.all[:len(l.all):len(l.all)]
	l.seen.Store(&seen)
}

// removed notes that one item has gone and forgets those that keep does not want
// when they are many.
func (l *list[T]) removed(keep func(T) bool) {
	if l.gone++; l.gone < 16 || 2*l.gone < len(l.all) {
		return
	}
	kept := make([]T, 0, len(l.all)-l.gone)
	for _, v := range l.all {
		if keep(v) {
			kept = append(kept, v)
		}
	}
	l.all, l.gone = kept, 0
	l.publish()
}
