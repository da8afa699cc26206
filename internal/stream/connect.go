package stream

import (
	"syscall"

	"github.com/sluice-proxy/sluice/internal/codec/proxyproto"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// turnAround is the pause before a server that refused is tried again
// (manual 4.2, "retries"): time enough to restart, too short to be noticed.
const turnAround = 1e9

// dial opens a connection to the stream's server.
func (st *stream) dial() {
	srv, t := st.srv, st.th
	st.phase = phaseConnect
	if srv.MaxConn > 0 && srv.Conns.Load() >= srv.MaxConn && st.reclaim() {
		return
	}
	t.makeRoom()
	srv.Conns.Add(1)
	srv.Loops[t.id].Connects++
	st.be.Loops[t.id].Connects++
	u := t.newUpstream(srv)
	st.up, u.st = u, st
	fd, errno := t.net.dial(srv)
	switch {
	case errno == syscall.EMFILE || errno == syscall.ENFILE || errno == syscall.ENOBUFS || errno == syscall.ENOMEM || errno == syscall.EADDRNOTAVAIL:
		st.exhausted(errno)
		return
	case errno != 0 && errno != syscall.EINPROGRESS:
		st.connectFailed(errno)
		return
	}
	if err := u.link.open(t.Loop, t.net, fd, u); err != nil {
		t.net.close(fd)
		st.exhausted(syscall.ENOMEM)
		return
	}
	u.link.connecting, u.link.patient = true, true
	st.announce()
	if d := st.be.Timeouts.Connect; d > 0 {
		t.SetTimer(&st.timer, t.Now()+d)
	}
}

// announce has the connection begin with what tells the server whose it is. It
// goes out with what follows once the connection is there.
func (st *stream) announce() {
	t, c := st.th, st.c
	if st.srv.SendProxy != 0 {
		st.up.promptly()
	}
	switch st.srv.SendProxy {
	case 1:
		st.up.link.send(proxyproto.AppendV1(t.Out[:0], c.src, c.LocalAddr()))
	case 2:
		st.up.link.send(proxyproto.AppendV2(t.Out[:0], c.src, c.LocalAddr()))
	}
}

// exhausted ends the stream for want of descriptors, ports or memory.
func (st *stream) exhausted(errno syscall.Errno) {
	id := st.th.id
	st.th.e.exhausted("cannot open a connection to server "+st.be.Name+"/"+st.srv.Name, errno)
	st.be.Loops[id].ConnErrors++
	st.srv.Loops[id].ConnErrors++
	st.giveUp(503, 'R', 'C')
}

// reclaim has another loop close an idle connection to the server, so that the
// server never sees more connections than its maxconn; the stream goes on when
// that is done. False when there is none.
func (st *stream) reclaim() bool {
	srv, t := st.srv, st.th
	if u := t.unpark(srv); u != nil {
		u.close()
		return false
	}
	for id := range srv.Idle {
		if id == t.id || srv.Idle[id].Load() == 0 {
			continue
		}
		other, gen := t.e.threads[id], st.gen
		other.Post(func() {
			if u := other.unpark(srv); u != nil {
				u.close()
			}
			t.Post(func() {
				if st.gen != gen || st.phase != phaseConnect || st.srv != srv || st.up != nil {
					return // it ended meanwhile
				}
				defer st.c.link.contain()
				st.dial()
			})
		})
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
	// What came of the body meanwhile goes out together with the head.
	in := &st.c.link
	kept := len(in.in)
	st.rest, st.used = nil, 0
	if !st.reqDone {
		st.rest = in.in
	}
	st.established()
	if st.used > 0 && len(in.in) == kept {
		in.keep(in.in[st.used:])
	}
	st.rest = nil
}

func (st *stream) connectTimeout() {
	if st.up == nil { // end of the turn-around
		st.dial()
		return
	}
	st.retry('s')
}

func (st *stream) connectFailed(syscall.Errno) { st.retry('S') }

// retry tries again after a failed connection: the same server, after a
// turn-around if it refused, or another one where redispatching is allowed.
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
		st.redispatch(failed)
		return
	}
	if cause == 's' { // time enough has passed
		st.dial()
		return
	}
	wait := int64(turnAround)
	if d := st.be.Timeouts.Connect; d > 0 && d < wait {
		wait = d
	}
	t.SetTimer(&st.timer, t.Now()+wait)
}

// redispatch gives the failed server's slot back and asks for another server.
func (st *stream) redispatch(failed *proxy.Server) {
	id := st.th.id
	failed.Loops[id].Redispatches++
	st.be.Loops[id].Redispatches++
	st.redisp = true
	st.srv = nil
	st.lastConns = failed.Served() - 1
	st.be.Release(failed)
	st.assign(failed)
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
