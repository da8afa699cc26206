package stream

import (
	"github.com/sluice-proxy/sluice/internal/rule"
)

// route runs the rules of the frontend and of the backend, and hands the
// request to the backend's servers.
func (st *stream) route() {
	x := st.env()
	x.Req = &st.req
	if !st.admitted(st.fe.TCPContent) || !st.obey(st.fe.HTTPRequest, true) || !st.obey(st.fe.Redirect, true) {
		return
	}
	be := st.fe.Choose(x)
	if be == nil {
		st.unrouted = true
		st.c.tally(func(n *counters) { n.ReqErrors++ })
		st.end('S', 'C')
		st.page(503)
		return
	}
	st.enter(be)
	if be.Spec != st.fe.Spec && (!st.admitted(be.TCPContent) || !st.obey(be.HTTPRequest, true) || !st.obey(be.Redirect, true)) {
		return
	}
	st.seek()
}

// enter counts the stream at its backend.
func (st *stream) enter(b *backend) {
	st.be = b
	st.ctx.BackendName = b.Name
	r := &st.ctx.Retries
	if r.Backend = b.Retries; b.Spec != st.fe.Spec {
		r.Set = false // that was of the frontend's own servers
	}
	b.Conns.Add(1)
	n := &b.Loops[st.th.id]
	n.Sessions++
	n.LastSession = st.th.Wall()
	n.Rate.Hit(st.th.Wall())
	if st.http {
		n.Requests++
		n.ReqRate.Hit(st.th.Wall())
	}
}

// admitted runs a set of "tcp-request" rules, which can only let pass or close.
func (st *stream) admitted(set rule.Set) bool {
	if len(set) == 0 {
		return true
	}
	switch set.Run(&st.ctx, &st.result) {
	case rule.Continue, rule.Accept:
		return true
	}
	st.denied(true)
	st.unrouted = true
	st.abort('P', 'R')
	return false
}

// obey runs a rule set; false means that the stream was answered or ended.
func (st *stream) obey(set rule.Set, request bool) bool {
	if len(set) == 0 {
		return true
	}
	state := byte('H')
	if request {
		state = 'R'
	}
	switch set.Run(&st.ctx, &st.result) {
	case rule.Continue, rule.Accept:
		return true
	case rule.Deny:
		st.denied(request)
		st.end('P', state)
	case rule.Close:
		st.denied(request)
		st.unrouted = true
		st.abort('P', state)
		return false
	default:
		st.end('L', state)
		st.fe.Loops[st.th.id].Intercepted++
	}
	st.reply(st.result.Reply)
	return false
}

// denied counts a request or a response that a rule refused.
func (st *stream) denied(request bool) {
	id := st.th.id
	if request {
		st.c.tally(func(n *counters) { n.DeniedReq++ })
		if st.be != nil {
			st.be.Loops[id].DeniedReq++
		}
		return
	}
	st.c.tally(func(n *counters) { n.DeniedRes++ })
	if st.be != nil {
		st.be.Loops[id].DeniedRes++
	}
	if st.srv != nil {
		st.srv.Loops[id].DeniedRes++
	}
}

// compose writes the request's head as the server will see it.
func (st *stream) compose() {
	h := &st.req
	h.StripHop()
	if ff := st.forwardFor(); ff != nil {
		st.addForwardFor(ff)
	}
	// Each version is told what is not its default.
	switch keep := st.be.PretendKeepAlive || !st.closesServer() && !st.oddBody(); {
	case !keep && h.Minor > 0:
		h.Add(nameConnection, valueClose)
	case keep && h.Minor == 0:
		h.Add(nameConnection, valueKeep)
	}
	head := h.Append(st.th.Out[:0])
	st.hold = append(st.th.Get(len(head)), head...)
	st.replay = st.keepsRequest()
}

// oddBody tells a request whose end an HTTP/1.0 server may see elsewhere: its
// connection serves no other (RFC 9112 6.1).
func (st *stream) oddBody() bool { return st.req.Minor == 0 && st.req.Chunked }

var (
	nameConnection = []byte("connection")
	valueClose     = []byte("close")
	valueKeep      = []byte("keep-alive")
)
