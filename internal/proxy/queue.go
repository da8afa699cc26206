package proxy

import "slices"

// join puts w into the queue of srv, or of the backend when srv is nil.
func (b *Backend) join(w *Waiter, srv *Server) {
	b.seq++
	w.seq, w.srv = b.seq, srv
	b.pending++
	if srv == nil {
		b.queue.push(w)
		b.waits.Add(1)
		return
	}
	srv.queue.push(w)
	srv.waits.Add(1)
	b.loaded(srv)
}

// leave takes w out of its queue and notes its place there.
func (b *Backend) leave(w *Waiter) {
	place := w.list.served - w.from + 1
	w.list.remove(w)
	b.pending--
	if w.srv == nil {
		w.InBackend += place
		b.waits.Add(-1)
		return
	}
	w.InServer += place
	w.srv.waits.Add(-1)
	b.loaded(w.srv)
}

// Leave takes w out of its queue. False means that its wait was over already:
// Grant was or will be called.
func (b *Backend) Leave(w *Waiter) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if w.list == nil {
		return false
	}
	b.leave(w)
	return true
}

// Release gives a slot of srv back, and on to those who wait.
func (b *Backend) Release(srv *Server) {
	for w := b.release(srv, -1); w != nil; w = b.release(srv, 0) {
		w.Grant(srv)
	}
}

func (b *Backend) release(srv *Server, d int64) *Waiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	if d != 0 {
		srv.served.Add(d)
		b.loaded(srv)
	}
	return b.next(srv)
}

// next hands a free slot of srv to who comes first of those who wait for it and,
// while it may be chosen, of those who wait for any server.
func (b *Backend) next(srv *Server) *Waiter {
	if b.pending == 0 || !srv.hasSlot() {
		return nil
	}
	w := srv.queue.first()
	if b.serves(srv) {
		if any := b.queue.first(); any != nil && (w == nil || any.Class < w.Class || any.Class == w.Class && any.due < w.due) {
			w = any
		}
	}
	if w == nil {
		return nil
	}
	list := w.list
	b.leave(w)
	list.served++
	b.take(srv)
	return w
}

// serves says whether srv is one of those that are chosen from now.
func (b *Backend) serves(srv *Server) bool {
	return srv.usable && (!srv.Backup || b.nbAct == 0 && (b.AllBackups || srv == b.backup(nil)))
}

// grants are what is told to streams once the lock is free.
type grants struct {
	who []*Waiter
	to  []*Server
}

func (g *grants) add(w *Waiter, srv *Server) { g.who, g.to = append(g.who, w), append(g.to, srv) }

func (g *grants) tell() {
	for i, w := range g.who {
		w.Grant(g.to[i])
	}
}

// pump hands all free slots to those who wait.
func (b *Backend) pump(g *grants) {
	for _, s := range b.Servers {
		for w := b.next(s); w != nil; w = b.next(s) {
			g.add(w, s)
		}
	}
}

// requeue sends those who wait for srv, which serves no more, to ask again. They
// stay when nothing allows to leave it.
func (b *Backend) requeue(srv *Server, g *grants) {
	if b.Redispatch == 0 || b.Persist {
		return
	}
	for _, w := range slices.Clone(srv.queue.heap) {
		if !w.Faithful {
			b.leave(w)
			g.add(w, nil)
		}
	}
}

// SetUp says whether srv may be chosen from now on. It returns how many streams
// left a queue because of that: those that waited for srv and have to go
// elsewhere, or those that it takes now.
func (b *Backend) SetUp(srv *Server, up bool) int {
	var g grants
	defer g.tell()
	h := srv.Health.Get()
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case h.Oper == Stopped || h.Admin&AnyMaint != 0:
		srv.cold = true
		srv.steps.Store(0)
	case srv.cold && up:
		srv.cold = false
		b.begin(srv)
	}
	b.setUsable(srv, up && srv.weight() > 0 && !srv.gone)
	if !srv.usable {
		b.requeue(srv, &g)
	}
	n := len(g.who)
	b.pump(&g)
	if up {
		n = len(g.who)
	}
	return n
}
