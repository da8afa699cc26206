package stream

import (
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// use goes on with a server whose slot the stream holds.
func (st *stream) use(srv *proxy.Server) {
	st.phase = phaseConnect
	st.srv, st.last = srv, srv
	st.tQueued = st.th.Now()
	if st.left != nil {
		st.settle(srv)
	}
	if !st.http {
		st.attempt()
		return
	}
	if srv.Redir != "" && st.redirects() {
		st.redirectTo(srv)
		return
	}
	if st.packets.Asked() { // a connection of its own
		st.attempt()
		return
	}
	if u := st.c.ownTo(st); u != nil {
		st.ride(u)
		return
	}
	pooled, proven := st.mayReuse()
	if !pooled {
		st.attempt()
		return
	}
	if u := st.th.unpark(srv, proven, st.connKey()); u != nil {
		st.ride(u)
		return
	}
	if !st.borrow(proven) {
		st.attempt()
	}
}

// mayReuse tells whether the request may go over a connection that others have
// used ("http-reuse"), and whether it must be a proven one. The client of a first
// request may not know that it may have to send it again, unless we do that for it
// whatever becomes of the connection.
func (st *stream) mayReuse() (pooled, proven bool) {
	if st.closesServer() {
		return false, false
	}
	switch st.be.Reuse {
	case config.ReuseNever:
		return false, false
	case config.ReuseAlways:
		return true, false
	case config.ReuseAggressive:
		return true, st.c.requests == 1 && !st.be.RetryOn.CoversLoss()
	}
	return st.c.requests > 1 || st.be.RetryOn.CoversLoss(), false
}

// closesServer tells whether connections to servers serve one request: one of
// both proxies may ask for it (manual 4).
func (st *stream) closesServer() bool { return st.be.ServerClose || st.fe.ServerClose }

// ride sends the request over a connection that has served before.
func (st *stream) ride(u *upstream) {
	srv, id := st.srv, st.th.id
	st.attempted()
	st.up, u.st = u, st
	st.takeServer(u)
	st.reused = true
	srv.Loops[id].Reuses++
	st.be.Loops[id].Reuses++
	st.established()
}

// keepUpstream keeps the connection for another request, of anybody or of this
// client alone.
func (st *stream) keepUpstream(u *upstream) {
	u.used++
	switch {
	case u.srv.MaxUses > 0 && u.used >= u.srv.MaxUses:
		u.link.spent = true
		u.close()
	case u.private:
		st.c.keepOwn(u)
	default:
		u.park()
	}
}
