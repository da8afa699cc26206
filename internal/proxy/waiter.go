package proxy

// Waiter is a stream on its way to a server: what it asks for, and its place in
// a queue while it waits there.
type Waiter struct {
	// Grant is called, from any goroutine, when the wait is over: a slot of srv is
	// the stream's. With nil the server it waited for serves no more, and the
	// stream has to ask again. It must not block.
	Grant func(srv *Server)
	// Want is the server that persistence or a rule decided on; nil: any.
	Want *Server
	// Prefer is a server to take where there is a choice; nil: none.
	Prefer *Server
	// Faithful: no other than Want will do, whatever happens to it.
	Faithful bool
	// Key is what hashing algorithms choose by, if the request is Keyed.
	Key   uint32
	Keyed bool
	// Class and Offset order the queue (manual 4.4, "set-priority-class"): first
	// by class, then by the time of arrival moved by Offset milliseconds. The
	// smaller comes first.
	Class, Offset int32
	// InServer and InBackend are its places in the queues it left, summed: one more
	// than how many were served from the queue while it was in it. 0: was in none.
	InServer, InBackend int64

	due  int64  // ms of arrival and Offset
	seq  uint64 // order of arrival
	from int64  // list.served when it came
	list *waitList
	at   int     // place in list.heap
	srv  *Server // in whose queue it is; nil: the backend's
}

// Reset forgets what a former stream asked for.
func (w *Waiter) Reset() { *w = Waiter{Grant: w.Grant} }

// before tells who is served first.
func (w *Waiter) before(o *Waiter) bool {
	switch {
	case w.Class != o.Class:
		return w.Class < o.Class
	case w.due != o.due:
		return w.due < o.due
	}
	return w.seq < o.seq
}

// waitList is a queue: a binary heap, the next to be served on top.
type waitList struct {
	heap   []*Waiter
	served int64 // how many got a slot out of it
}

// first returns who is served next, nil when nobody waits.
func (l *waitList) first() *Waiter {
	if len(l.heap) == 0 {
		return nil
	}
	return l.heap[0]
}

func (l *waitList) push(w *Waiter) {
	w.list, w.at, w.from = l, len(l.heap), l.served
	l.heap = append(l.heap, w)
	l.up(w.at)
}

func (l *waitList) remove(w *Waiter) {
	at, last := w.at, len(l.heap)-1
	l.swap(at, last)
	l.heap[last] = nil
	l.heap = l.heap[:last]
	if at < last {
		l.down(at)
		l.up(at)
	}
	w.list = nil
}

func (l *waitList) swap(a, b int) {
	h := l.heap
	h[a], h[b] = h[b], h[a]
	h[a].at, h[b].at = a, b
}

func (l *waitList) up(i int) {
	for i > 0 {
		p := (i - 1) / 2
		if !l.heap[i].before(l.heap[p]) {
			return
		}
		l.swap(i, p)
		i = p
	}
}

func (l *waitList) down(i int) {
	for {
		c := 2*i + 1
		if c >= len(l.heap) {
			return
		}
		if c+1 < len(l.heap) && l.heap[c+1].before(l.heap[c]) {
			c++
		}
		if !l.heap[c].before(l.heap[i]) {
			return
		}
		l.swap(i, c)
		i = c
	}
}
