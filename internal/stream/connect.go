package stream

import (
	"syscall"

	"github.com/sluice-proxy/sluice/internal/proxy"
)

type backend = proxy.Backend

// turnAround is the pause before a server that refused is tried again
// (manual 4.2, "retries"): time enough to restart, too short to be noticed.
const turnAround = 1e9

// assign asks the backend for a server; avoid is one that just failed.
func (st *stream) assign(avoid *proxy.Server) {
	srv, queued := st.be.Assign(&st.waiter, avoid)
	switch {
	case queued:
		st.phase = phaseQueue
		if !st.reqDone || !st.http {
			st.c.link.pause()
		}
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
			st.th.deadSt = append(st.th.deadSt, st)
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
	if st.phase == phaseQueue && !st.be.Leave(&st.waiter) {
		st.zombie = true
	}
}

func (st *stream) queueTimeout() {
	st.be.Loops[st.th.id].ConnErrors++
	st.giveUp(503, 's', 'Q')
}

// use goes on with a server whose slot the stream holds.
func (st *stream) use(srv *proxy.Server) {
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
	if st.http && st.c.requests > 1 && !st.be.ServerClose {
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

// dial opens a connection to the stream's server.
func (st *stream) dial() {
	srv, t := st.srv, st.th
	st.phase = phaseConnect
	if srv.MaxConn > 0 && srv.Conns.Load() >= srv.MaxConn && st.reclaim() {
		return
	}
	srv.Conns.Add(1)
	srv.Loops[t.id].Connects++
	st.be.Loops[t.id].Connects++
	u := t.newUpstream(srv)
	st.up, u.st = u, st
	fd, errno := t.net.dial(srv)
	switch {
	case errno == syscall.EMFILE || errno == syscall.ENFILE || errno == syscall.ENOBUFS || errno == syscall.ENOMEM || errno == syscall.EADDRNOTAVAIL:
		t.e.exhausted("cannot open a connection to server "+st.be.Name+"/"+srv.Name, errno)
		st.be.Loops[t.id].ConnErrors++
		srv.Loops[t.id].ConnErrors++
		st.giveUp(503, 'R', 'C')
		return
	case errno != 0 && errno != syscall.EINPROGRESS:
		st.connectFailed(errno)
		return
	}
	if err := u.link.open(t.Loop, t.net, fd, u); err != nil {
		t.net.close(fd)
		st.connectFailed(syscall.EMFILE)
		return
	}
	u.link.connecting = true
	st.reused = false
	if d := st.be.Timeouts.Connect; d > 0 {
		t.SetTimer(&st.timer, t.Now()+d)
	}
	if !st.http || !st.reqDone {
		st.c.link.pause()
	}
}

// reclaim has another loop close an idle connection to the server, so that the
// server never sees more connections than its maxconn; the stream goes on when
// that is done. False when there is none.
func (st *stream) reclaim() bool {
	srv, t := st.srv, st.th
	for id := range srv.Idle {
		if srv.Idle[id].Load() == 0 {
			continue
		}
		if id == t.id {
			if u := t.unpark(srv); u != nil {
				u.close()
				return false
			}
			continue
		}
		other := t.e.threads[id]
		try := st.tries
		phase := st.tQueued
		other.Post(func() {
			if u := other.unpark(srv); u != nil {
				u.close()
			}
			t.Post(func() {
				if st.c == nil || st.phase != phaseConnect || st.srv != srv || st.up != nil || st.tries != try || st.tQueued != phase {
					return // it ended meanwhile
				}
				defer st.c.link.contain()
				st.dial()
			})
		})
		if !st.reqDone || !st.http {
			st.c.link.pause()
		}
		return true
	}
	return false
}

// connected: the outcome of dial.
func (st *stream) connected(errno syscall.Errno) {
	if errno != 0 {
		st.connectFailed(errno)
		return
	}
	st.established()
}

// established: there is a connection to the server; the request goes out.
func (st *stream) established() {
	st.th.ClearTimer(&st.timer)
	st.tConnected = st.th.Now()
	if !st.http {
		st.openTunnel()
		return
	}
	st.phase = phaseResponse
	st.sendRequest()
}

// sendRequest sends the head, and of the body what came with it.
func (st *stream) sendRequest() {
	u := st.up
	var err error
	ok := true
	if !st.reqDone && len(st.rest) > 0 {
		var n int
		n, err = st.reqBody.Pass(st.rest)
		st.used = n
		st.bytesIn += int64(n)
		if n > 0 {
			st.idempotent = false
		}
		ok = u.link.send2(st.hold, st.rest[:n])
	} else {
		ok = u.link.send(st.hold)
	}
	st.sent = true
	if err != nil {
		st.brokenBody()
		return
	}
	if !ok && st.resend() {
		return
	}
	if !st.idempotent || !st.reused {
		st.th.Put(st.hold)
		st.hold = nil
	}
	if st.reqDone || st.reqBody.Done() {
		st.requestSent()
		return
	}
	st.armServerIfPending()
	if u.link.pending() {
		st.c.link.pause()
	} else {
		st.c.link.resume()
	}
}

// resend repeats the request over a new connection when a reused one was dead
// before a byte of the answer came: the server had closed it while it was
// idle. Only for requests that may be repeated and were kept.
func (st *stream) resend() bool {
	if !st.reused || !st.idempotent || st.hold == nil || st.res.Pending() {
		return false
	}
	st.up.close()
	st.up = nil
	st.sent = false
	st.srv.Loops[st.th.id].Retries++
	st.be.Loops[st.th.id].Retries++
	st.dial()
	return true
}

func (st *stream) connectTimeout() {
	if st.up == nil {
		if st.srv != nil { // end of the turn-around
			st.dial()
			return
		}
		st.assign(nil)
		return
	}
	st.retry('s')
}

func (st *stream) connectFailed(syscall.Errno) { st.retry('S') }

// retry tries again after a failed connection: the same server after a
// turn-around, or another one where redispatching is allowed.
func (st *stream) retry(cause byte) {
	t, failed := st.th, st.srv
	st.up.close()
	st.up = nil
	t.ClearTimer(&st.timer)
	st.tries++
	if st.tries > st.be.Retries {
		st.tries = st.be.Retries
		failed.Loops[t.id].ConnErrors++
		st.be.Loops[t.id].ConnErrors++
		st.giveUp(503, cause, 'C')
		return
	}
	failed.Loops[t.id].Retries++
	st.be.Loops[t.id].Retries++
	if st.redispatches() {
		failed.Loops[t.id].Redispatches++
		st.be.Loops[t.id].Redispatches++
		st.redisp = true
		st.srv = nil
		st.be.Release(failed)
		st.assign(failed)
		return
	}
	wait := int64(turnAround)
	if d := st.be.Timeouts.Connect; d > 0 && d < wait {
		wait = d
	}
	t.SetTimer(&st.timer, t.Now()+wait)
}

// redispatches tells whether this retry may choose another server: every n-th
// for a positive interval, the n-th from the last for a negative one.
func (st *stream) redispatches() bool {
	n := st.be.Redispatch
	switch {
	case n > 0:
		return st.tries%n == 0
	case n < 0:
		return st.tries == st.be.Retries+1+n
	}
	return false
}
