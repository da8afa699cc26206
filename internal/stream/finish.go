package stream

import "github.com/sluice-proxy/sluice/internal/logs"

// end is the first cause and state of termination; later ones do not count.
func (st *stream) end(cause, state byte) {
	if st.cause == 0 {
		st.cause, st.state = cause, state
	}
}

// detach parts with the server: the connection is kept idle when reuse says so,
// and the slot is given to the next who waits.
func (st *stream) detach(reuse bool) {
	st.unqueue()
	st.th.ClearTimer(&st.timer)
	st.inspectTill = 0
	if u := st.up; u != nil {
		fd := u.link.fd
		st.countServer()
		st.up = nil
		u.st = nil
		if reuse && u.link.reusable() {
			st.keepUpstream(u)
		} else {
			u.link.spent = st.http && st.phase != phaseTunnel && st.reqDone && st.resBody.Done() && !st.untilClose
			u.close()
		}
		st.th.e.events.serverClosed(st, fd) // last: it writes, and others may wait for the connection
	}
	if srv := st.srv; srv != nil {
		st.lastConns = srv.Served() - 1
		st.srv = nil
		st.be.Release(srv)
	}
	st.replay = false
	st.letGo()
}

// complete ends the stream: it is logged and forgotten, and its session goes on
// or closes.
func (st *stream) complete(keep bool) {
	if st.phase == phaseDone {
		return
	}
	c := st.c
	if keep && !st.reqDone {
		c.skipRest(st.reqBody)
	}
	c.unread = !st.reqDone
	st.conclude()
	c.nextRequest(keep)
}

// abort ends the stream and its client connection without a further byte.
func (st *stream) abort(cause, state byte) {
	if st.phase == phaseDone {
		return
	}
	st.end(cause, state)
	c := st.c
	st.conclude()
	c.close()
}

// vanish ends a stream that never was one, and its connection.
func (st *stream) vanish() {
	c := st.c
	st.phase, st.logged = phaseDone, true
	st.free()
	c.close()
}

// conclude is what all ends have in common.
func (st *stream) conclude() {
	st.tEnd = st.th.Now()
	st.detach(false)
	st.th.e.events.closed(st)
	st.phase = phaseDone
	st.answerVars()
	st.record()
	if st.ctx.Why != nil {
		st.concluded()
	}
	st.free()
}

// record counts and logs the stream. A panic in there, of a log format say,
// must not keep it from being forgotten.
func (st *stream) record() {
	defer func() {
		if r := recover(); r != nil {
			st.th.e.panicked(r, st)
			st.c.tally(func(n *counters) { n.Failed++ })
		}
	}()
	st.account()
	st.log(false, logs.OriginClose)
}

// free makes the stream reusable, unless a grant still refers to it.
func (st *stream) free() {
	c, t := st.c, st.th
	if c == nil {
		return
	}
	st.closeVars()
	st.unprove()
	st.c, c.st = nil, nil
	st.gen++
	t.DropTimer(&st.timer)
	if st.be != nil {
		st.be.Conns.Add(-1)
	}
	t.e.streams.Add(-1)
	if !st.zombie {
		t.deadSt = append(t.deadSt, st)
	}
}

// giveUp ends the stream for a reason of ours: with an error page while nothing
// of an answer was sent, else by cutting the connection, which is what tells
// the client that the answer is incomplete.
func (st *stream) giveUp(status int, cause, state byte) {
	st.end(cause, state)
	if !st.http || st.answered || st.clientGone {
		if st.status == 0 && st.http {
			st.status = status
		}
		st.abort(cause, state)
		return
	}
	st.page(status)
}

// failed ends a stream whose handler panicked, and nothing else.
func (st *stream) failed(reason any) {
	st.th.e.panicked(reason, st)
	if st.c == nil {
		st.fe.Loops[st.th.id].Failed++
		return
	}
	st.c.tally(func(n *counters) { n.Failed++ })
	c := st.c
	defer func() {
		if again := recover(); again != nil {
			st.th.e.panicked(again, nil)
			st.scrap(c)
		}
	}()
	st.ctx.Reset()
	st.keep, st.broken = false, true
	st.end('I', st.stateNow())
	if st.answered || !st.http || st.phase == phaseDone {
		st.phase = phaseLast // what was interrupted may have been the end
		st.abort('I', 'L')
		return
	}
	st.page(500)
}

// scrap saves what it can of a stream that even fails to end: descriptors,
// slots and counts. Every step stands for itself.
func (st *stream) scrap(c *session) {
	step := func(f func()) {
		defer func() {
			if r := recover(); r != nil {
				st.th.e.panicked(r, nil)
			}
		}()
		f()
	}
	step(func() { st.detach(false) })
	st.phase = phaseDone
	step(st.free)
	step(c.close)
}
