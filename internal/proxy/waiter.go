package proxy

// Waiter is a stream in a queue.
type Waiter struct {
	// Grant is called, from any goroutine, when the wait is over: a slot of srv is
	// the stream's. It must not block.
	Grant func(srv *Server)
	// Ahead is how many waited before it when it came.
	Ahead int64

	next, prev *Waiter
	list       *waitList
	srv        *Server // the server it waits for; nil: any
}

type waitList struct{ head, tail *Waiter }

func (l *waitList) push(w *Waiter) {
	w.list, w.prev, w.next = l, l.tail, nil
	if l.tail != nil {
		l.tail.next = w
	} else {
		l.head = w
	}
	l.tail = w
}

func (l *waitList) remove(w *Waiter) {
	if w.prev != nil {
		w.prev.next = w.next
	} else {
		l.head = w.next
	}
	if w.next != nil {
		w.next.prev = w.prev
	} else {
		l.tail = w.prev
	}
	w.list, w.prev, w.next = nil, nil, nil
}
