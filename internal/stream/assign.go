package stream

import (
	"github.com/sluice-proxy/sluice/internal/proxy"
)

type backend = proxy.Backend

// seek looks for a server in the stream's backend, now that all rules have run.
func (st *stream) seek() {
	st.retries = st.ctx.Retries.Max()
	if st.be.Stays || st.fe.CaptureCookie != nil {
		st.persist()
		if st.ctx.Why != nil {
			st.whyAsks()
		}
	}
	st.hashKey()
	if st.http {
		st.nameConns()
		st.compose()
	}
	st.answerVars()
	st.assign(nil)
}

// hashKey computes what the backend's algorithm chooses by.
func (st *stream) hashKey() {
	st.waiter.Keyed = false
	if f := st.be.Key; f != nil {
		st.waiter.Key, st.waiter.Keyed = f(&st.ctx)
	}
}

// assign asks the backend for a server; avoid is one that just failed.
func (st *stream) assign(avoid *proxy.Server) {
	w := &st.waiter
	w.Class, w.Offset = st.ctx.PrioClass, st.ctx.PrioOffset
	w.Prefer = nil
	if st.c.own != nil && w.Want == nil && avoid == nil {
		w.Prefer = st.lastServer()
	}
	srv, out := st.be.Assign(w, st.th.Now(), avoid)
	if srv != nil && w.Want == nil && w.Prefer != srv && srv != avoid {
		srv.Loops[st.th.id].Chosen++
		st.be.Loops[st.th.id].Chosen++
	}
	if st.ctx.Why != nil {
		st.whyServer(srv, out)
	}
	switch out {
	case proxy.Taken:
		st.use(srv)
	case proxy.Queued:
		st.enqueued(srv)
	case proxy.Full:
		st.queueFull(srv)
	default:
		st.be.Loops[st.th.id].ConnErrors++
		st.giveUp(503, 'S', 'C')
	}
}

// enqueued waits for a slot: of srv, or of any server with nil.
func (st *stream) enqueued(srv *proxy.Server) {
	st.phase = phaseQueue
	st.last = srv
	if d := st.queueTime(); d > 0 {
		st.th.SetTimer(&st.timer, st.th.Now()+d)
	}
}

// queueFull: nobody else may wait for srv ("maxqueue"). Who was sent there by
// persistence may go elsewhere with "option redispatch".
func (st *stream) queueFull(srv *proxy.Server) {
	if st.waiter.Want != nil && st.mayLeave() {
		st.waiter.Want, st.left = nil, srv
		st.assign(srv)
		return
	}
	st.last, st.lastConns = srv, srv.Served()
	srv.Loops[st.th.id].ConnErrors++
	st.be.Loops[st.th.id].ConnErrors++
	st.giveUp(503, 'S', 'Q')
}

// mayLeave tells whether the stream may go to another server than it was to.
func (st *stream) mayLeave() bool { return st.be.Redispatch != 0 && !st.waiter.Faithful }

// grant implements proxy.Waiter: called on any goroutine. srv is nil when the
// server that the stream waited for is gone.
func (st *stream) grant(srv *proxy.Server) {
	st.th.Post(func() {
		if st.zombie {
			st.zombie = false
			if srv != nil {
				srv.Backend.Release(srv)
			}
			if st.c == nil { // else it still ends, by itself
				st.th.deadSt = append(st.th.deadSt, st)
			}
			return
		}
		defer st.c.link.contain()
		st.th.ClearTimer(&st.timer)
		if srv == nil {
			st.left, st.waiter.Want = st.last, nil
			st.assign(st.left)
			return
		}
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

// settle counts what became of a stream that was free to leave a server: it may
// have come back to the same.
func (st *stream) settle(srv *proxy.Server) {
	was, id := st.left, st.th.id
	st.left = nil
	if was == srv {
		st.countRetry()
		return
	}
	was.Loops[id].Redispatches++
	st.be.Loops[id].Redispatches++
	st.redisp = true
}

// attempted counts an attempt to reach the stream's server.
func (st *stream) attempted() {
	n := &st.srv.Loops[st.th.id]
	n.Sessions++
	n.LastSession = st.th.Wall()
	n.Rate.Hit(st.th.Wall())
	st.srv.Meter.Hit(st.th.Wall())
}
