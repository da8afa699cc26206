package stream

import (
	"syscall"

	"github.com/sluice-proxy/sluice/internal/codec/proxyproto"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// attempt tries to reach the stream's server.
func (st *stream) attempt() {
	st.attempted()
	st.dial()
}

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
	u.private = st.http && st.be.Reuse == config.ReuseNever
	if srv.Keyed {
		u.key = string(st.connKey())
	}
	st.up, u.st = u, st
	st.takeServer(u)
	to := st.target()
	if to == nil {
		st.connectFailed(syscall.EADDRNOTAVAIL)
		return
	}
	if srv.Socks.IsValid() {
		to = sys.InetSockaddr(srv.Socks)
	}
	fd, errno, bound := st.reach(u, to)
	switch {
	case !bound:
		st.unbound()
		st.connectFailed(errno)
		return
	case errno == syscall.EMFILE || errno == syscall.ENFILE || errno == syscall.ENOBUFS || errno == syscall.ENOMEM || errno == syscall.EADDRNOTAVAIL:
		st.exhausted(errno)
		return
	case errno != 0 && errno != syscall.EINPROGRESS:
		st.connectFailed(errno)
		return
	}
	if err := u.link.open(t, fd, u); err != nil {
		t.net.close(fd)
		st.exhausted(syscall.ENOMEM)
		return
	}
	u.link.connecting, u.link.patient, u.link.hard = true, true, srv.Backend.NoLinger
	if u.socks = srv.Socks.IsValid(); !u.socks {
		st.announce()
	}
	if d := st.connectTime(); d > 0 {
		t.SetTimer(&st.timer, t.Now()+d)
	}
}

// announce has the connection begin with what tells the server whose it is. It
// goes out with what follows once the connection is there.
func (st *stream) announce() {
	if st.srv.SendProxy == 0 {
		return
	}
	st.up.promptly()
	st.up.link.send(st.appendAnnouncement(st.th.Out[:0]))
}

// appendAnnouncement appends the PROXY protocol header that the server wants.
func (st *stream) appendAnnouncement(b []byte) []byte {
	switch st.srv.SendProxy {
	case 1:
		return proxyproto.AppendV1(b, st.src, st.LocalAddr())
	case 2:
		if a := st.srv.Announce; a != nil {
			x := &st.ctx
			req, payload := x.Req, x.Payload
			x.Req, x.Payload = nil, nil // their bytes may be gone
			b = a.Append(b, st.src, st.LocalAddr(), x, true)
			x.Req, x.Payload = req, payload
			return b
		}
		return proxyproto.AppendV2(b, st.src, st.LocalAddr())
	}
	return b
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
	if p := t.idle[srv.Num]; p != nil && p.closeOldest() {
		return false
	}
	for id := range srv.Idle {
		if id == t.id || srv.Idle[id].Load() == 0 {
			continue
		}
		other, gen := t.e.threads[id], st.gen
		other.Post(func() {
			if p := other.idle[srv.Num]; p != nil {
				p.closeOldest()
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
	if st.up.socks {
		st.askSocks()
		return
	}
	st.observeConnect(true)
	st.withRest(st.established)
}

// withRest calls f, which sends the head: what came of the body meanwhile goes
// out together with it.
func (st *stream) withRest(f func()) {
	in := &st.c.link
	kept := len(in.in)
	st.rest, st.used = nil, 0
	if !st.reqDone {
		st.rest = in.in
	}
	f()
	if st.used > 0 && len(in.in) == kept {
		in.keep(in.in[st.used:])
	}
	st.rest = nil
}

func (st *stream) connectTimeout() {
	if st.up == nil { // end of the turn-around
		st.attempt()
		return
	}
	st.observeConnect(false)
	st.retry('s')
}

func (st *stream) connectFailed(errno syscall.Errno) {
	if st.serverErr = sample.ConnErrorOf(errno); st.up != nil && st.up.socks && errno == syscall.ECONNREFUSED {
		st.serverErr = sample.ErrSocks4
	}
	st.observeConnect(false)
	st.retry('S')
}
