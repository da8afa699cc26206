package proxy

// Outcome is what Assign could do for a stream.
type Outcome uint8

const (
	NoServer Outcome = iota // none is usable
	Taken                   // a slot of the server is the stream's
	Queued                  // it waits: for the server, if one is given, else for any
	Full                    // the server's queue is at its "maxqueue"
)

// Assign takes a slot of the server that w wants, or of the one that the
// algorithm chooses: avoid, if not nil, only when there is no other. Without a
// free slot w joins a queue: that server's own, or the backend's when any will
// do. now is in ns, of a clock that all loops share.
func (b *Backend) Assign(w *Waiter, now int64, avoid *Server) (*Server, Outcome) {
	var g grants
	defer g.tell()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ramps && b.pending > 0 { // the new stream itself raised the limits
		b.pump(&g)
	}
	w.due = now/1e6 + int64(w.Offset)
	return b.assign(w, now, avoid)
}

func (b *Backend) assign(w *Waiter, now int64, avoid *Server) (*Server, Outcome) {
	srv := w.Want
	if srv == nil && w.Prefer != nil && b.prefers(w.Prefer) {
		srv = w.Prefer
	}
	switch {
	case srv != nil:
	case b.nbAct == 0 && b.nbBck == 0:
		return nil, NoServer
	case len(b.queue.heap) > 0 && !w.Keyed && !b.chooser.waits:
		// Who waits for any server gets every slot that is free: there is none.
	default:
		if srv = b.pick(w, now, avoid); srv == nil && avoid != nil {
			srv = b.pick(w, now, nil)
		}
	}
	switch {
	case srv == nil:
		b.join(w, nil)
		return nil, Queued
	case srv.open():
		b.take(srv)
		return srv, Taken
	case !srv.roomToWait():
		return srv, Full
	}
	b.join(w, srv)
	return srv, Queued
}

// pick returns the server that is chosen, nil when none of them has a slot. One
// without a free slot is one to wait for.
func (b *Backend) pick(w *Waiter, now int64, avoid *Server) *Server {
	switch {
	case b.nbAct > 0:
		return b.choose(b.chooser.active, w, now, avoid)
	case b.chooser.backups != nil:
		return b.choose(b.chooser.backups, w, now, avoid)
	}
	if s := b.backup(avoid); s != nil && s.open() {
		return s
	}
	return nil
}

// backup returns the backup that serves when no active server is usable: the
// first that is, in the order of the configuration.
func (b *Backend) backup(avoid *Server) *Server {
	for _, s := range b.Servers {
		if s.Backup && s.usable && s != avoid {
			return s
		}
	}
	return nil
}

func (b *Backend) take(s *Server) {
	s.served.Add(1)
	b.loaded(s)
}

// loaded tells the algorithm of a server's new load.
func (b *Backend) loaded(s *Server) {
	if a := b.chooser.of(s); a != nil {
		a.SetLoad(s.Index, int(s.load()))
	}
}
