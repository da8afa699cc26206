package stream

import (
	"sync"
	"sync/atomic"

	"github.com/sluice-proxy/sluice/internal/proxy"
)

// registry lists the listeners in service.
type registry struct {
	mu  sync.Mutex
	all []*Listening
}

func (r *registry) add(l *Listening) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, l)
}

func (r *registry) remove(l *Listening) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, x := range r.all {
		if x == l {
			r.all = append(r.all[:i], r.all[i+1:]...)
			return
		}
	}
}

// sync has all listeners look at their flags again.
func (r *registry) sync() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.all {
		l.sync()
	}
}

// suspend stops accepting because a limit is reached: connections wait in the
// kernel's queue. room tells whether one became free meanwhile.
func (e *Engine) suspend(a *acceptor, full *atomic.Bool, room func() bool) {
	full.Store(true)
	if room() { // else the close that made room may have missed the flag
		if full.CompareAndSwap(true, false) {
			e.serving.sync() // another thread may have seen it
		}
		return
	}
	a.sync() // this one at once: it would be called again and again
	e.serving.sync()
}

// Hold says whether memory is short. While it is, no connection is accepted, and
// those there are end after the answer they are waiting for; nothing is cut.
func (e *Engine) Hold(short bool) {
	if e.short.Swap(short) != short {
		e.serving.sync()
	}
}

// closedOne gives the place of a client connection back.
func (e *Engine) closedOne(ln *proxy.Listener) {
	e.Conns.Add(-1)
	ln.Frontend.Conns.Add(-1)
	ln.Conns.Add(-1)
	e.roomFor(ln)
}

// roomFor resumes what stopped accepting because of a limit that ln counts for:
// a place became free, be it that of a connection or one that was only taken
// for the moment of accept(2), in which others may have found none.
func (e *Engine) roomFor(ln *proxy.Listener) {
	freed := false
	for _, full := range [...]*atomic.Bool{&e.held, &ln.Frontend.Full, &ln.Full} {
		if full.Load() && full.CompareAndSwap(true, false) {
			freed = true
		}
	}
	if freed {
		e.serving.sync()
	}
	if e.stopping.Load() {
		e.CheckIdle()
	}
}
