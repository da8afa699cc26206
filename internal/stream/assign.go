package stream

import (
	"github.com/sluice-proxy/sluice/internal/proxy"
)

type backend = proxy.Backend

// assign asks the backend for a server; avoid is one that just failed.
func (st *stream) assign(avoid *proxy.Server) {
	srv, queued := st.be.Assign(&st.waiter, avoid)
	switch {
	case queued:
		st.phase = phaseQueue
		st.queued = true
		d := st.be.Timeouts.Queue
		if d == 0 {
			d = st.be.Timeouts.Connect
		}
		if d > 0 {
			st.th.SetTimer(&st.timer, st.th.Now()+d)
		}
	case srv == nil:
		st.be.Loops[st.th.id].ConnErrors++
		st.giveUp(503, 'S', 'C')
	default:
		st.use(srv)
	}
}

// grant implements proxy.Waiter: called on any goroutine.
func (st *stream) grant(srv *proxy.Server) {
	st.th.Post(func() {
		if st.zombie {
			st.zombie = false
			srv.Backend.Release(srv)
			if st.c == nil { // else it still ends, by itself
				st.th.deadSt = append(st.th.deadSt, st)
			}
			return
		}
		defer st.c.link.contain()
		st.th.ClearTimer(&st.timer)
		st.use(srv)
	})
}

// unqueue leaves the queue. If a slot was granted at the same moment, it is
// given back when the grant arrives.
func (st *stream) unqueue() {
	if st.phase != phaseQueue {
		return
	}
	st.phase = phaseConnect // no longer in the queue, whatever happens next
	if !st.be.Leave(&st.waiter) {
		st.zombie = true
	}
}

func (st *stream) queueTimeout() {
	st.be.Loops[st.th.id].ConnErrors++
	st.giveUp(503, 's', 'Q')
}

// use goes on with a server whose slot the stream holds.
func (st *stream) use(srv *proxy.Server) {
	st.phase = phaseConnect
	st.srv, st.last = srv, srv
	st.tQueued = st.th.Now()
	n := &srv.Loops[st.th.id]
	n.Sessions++
	n.Chosen++
	n.LastSession = st.th.Wall()
	n.Rate.Hit(st.th.Wall())
	st.be.Loops[st.th.id].Chosen++
	// A first request goes over a connection of its own (http-reuse safe): the
	// client may not know that it may have to send it again.
	if st.http && st.c.requests > 1 && !st.be.ServerClose && srv.SendProxy == 0 {
		if u := st.th.unpark(srv); u != nil {
			st.up, u.st = u, st
			st.reused = true
			n.Reuses++
			st.be.Loops[st.th.id].Reuses++
			st.established()
			return
		}
	}
	st.dial()
}
