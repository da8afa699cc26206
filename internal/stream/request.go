package stream

import (
	"errors"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/rule"
)

// startHTTP begins the wait for a request's head.
func (st *stream) startHTTP() {
	st.http = true
	st.phase = phaseHead
	c, t := st.c, &st.fe.Timeouts
	switch {
	case t.HTTPRequest > 0 && c.requests == 1:
		c.arm(c.accepted, t.HTTPRequest)
	case t.HTTPRequest > 0:
		c.arm(st.tFirst, t.HTTPRequest)
	default:
		c.arm(st.tFirst, t.Client)
	}
}

// fromClient is given what the client sent. It returns how many bytes it used,
// and whether the rest, if any, should be offered again at once.
func (st *stream) fromClient(b []byte) (used int, more bool) {
	switch st.phase {
	case phaseHead:
		return st.head(b)
	case phaseTunnel:
		if !st.http || st.reqDone {
			return st.tunnelUp(b), false
		}
	case phaseResponse, phaseForward:
		if !st.reqDone {
			return st.body(b)
		}
	}
	// The next request, or body bytes while there is no server yet: not now.
	st.c.link.pause()
	return 0, false
}

// head parses the request's head and, once it is there, acts on it.
func (st *stream) head(b []byte) (int, bool) {
	n, err := st.req.ParseRequest(b, &st.th.e.limits)
	if err != nil {
		st.bytesIn += int64(len(b))
		st.badRequest(err)
		return len(b), false
	}
	if n == 0 {
		return 0, false
	}
	st.bytesIn += int64(n)
	if st.req.Upgrade {
		// The answer is checked against the request when the server switches; by
		// then the received bytes are gone.
		st.req.Rebase(append([]byte(nil), b[:n]...))
	}
	st.tHead = st.th.Now()
	st.noteRequest()
	c := st.c
	st.rest, st.used = b[n:], 0
	st.route()
	n += st.used
	st.rest = nil
	return n, c.st == nil || c.st == st
}

// noteRequest keeps what the log needs of the request once its bytes are gone.
func (st *stream) noteRequest() {
	h := &st.req
	st.method = append(st.method[:0], h.MethodName()...)
	target := h.Target()
	st.uri = append(st.uri[:0], target[:min(len(target), maxURI)]...)
	n := &st.fe.Loops[st.th.id]
	n.Requests++
	n.ReqRate.Hit(st.th.Wall())
	st.reqBody.Reset(h.RequestBody(), h.ContentLength)
	st.reqDone = st.reqBody.Done()
	st.keep = h.KeepAlive && !st.fe.CloseClient && !st.th.e.stopping.Load()
	st.idempotent = st.reqDone && idempotent(h.Method)
	// While the answer is awaited the client owes us nothing; its body, if any,
	// arms the timer again.
	if st.reqDone {
		st.th.ClearTimer(&st.c.timer)
	} else {
		st.c.arm(st.th.Now(), st.fe.Timeouts.Client)
	}
}

// maxURI bounds the part of a request's target that is kept for the log.
const maxURI = 1024

// idempotent tells methods that may be sent twice (RFC 9110 9.2.2).
func idempotent(m http1.Method) bool {
	switch m {
	case http1.MethodGet, http1.MethodHead, http1.MethodPut, http1.MethodDelete, http1.MethodOptions, http1.MethodTrace:
		return true
	}
	return false
}

// badRequest answers a head that is none.
func (st *stream) badRequest(err error) {
	status := 400
	var e *http1.Error
	if errors.As(err, &e) && e.Status != 0 {
		status = e.Status
	}
	st.fe.Loops[st.th.id].ReqErrors++
	st.keep = false
	st.end('P', 'R')
	st.page(status)
}

// route runs the rules of the frontend and of the backend, and hands the
// request to the backend's servers.
func (st *stream) route() {
	x := st.env()
	x.Req = &st.req
	if !st.obey(st.fe.HTTPRequest, true) || !st.obey(st.fe.Redirect, true) {
		return
	}
	be := st.fe.Choose(x)
	if be == nil {
		st.fe.Loops[st.th.id].ReqErrors++
		st.end('S', 'C')
		st.page(503)
		return
	}
	st.enter(be)
	x.BackendName = be.Name
	if be.Spec != st.fe.Spec && (!st.obey(be.HTTPRequest, true) || !st.obey(be.Redirect, true)) {
		return
	}
	st.compose()
	st.assign(nil)
}

// enter counts the stream at its backend.
func (st *stream) enter(b *backend) {
	st.be = b
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

// obey runs a rule set; false means that the stream was answered or ended.
func (st *stream) obey(set rule.Set, request bool) bool {
	if len(set) == 0 {
		return true
	}
	switch set.Run(&st.ctx, &st.result) {
	case rule.Continue, rule.Accept:
		return true
	case rule.Deny:
		n := &st.fe.Loops[st.th.id]
		if request {
			n.DeniedReq++
			if st.be != nil {
				st.be.Loops[st.th.id].DeniedReq++
			}
			st.end('P', 'R')
		} else {
			n.DeniedRes++
			if st.be != nil {
				st.be.Loops[st.th.id].DeniedRes++
			}
			if st.srv != nil {
				st.srv.Loops[st.th.id].DeniedRes++
			}
			st.end('P', 'H')
		}
	case rule.Close:
		st.end('P', 'R')
		st.abort('P', 'R')
		return false
	default:
		if request {
			st.end('L', 'R')
		} else {
			st.end('L', 'H')
		}
		st.fe.Loops[st.th.id].Intercepted++
	}
	st.reply(st.result.Reply)
	return false
}

// compose writes the request's head as the server will see it.
func (st *stream) compose() {
	h := &st.req
	h.StripHop()
	if ff := st.forwardFor(); ff != nil {
		st.addForwardFor(ff)
	}
	if st.be.ServerClose {
		h.Add(nameConnection, valueClose)
	}
	st.hold = h.Append(st.th.Get(0))
}

var (
	nameConnection = []byte("connection")
	valueClose     = []byte("close")
	valueKeep      = []byte("keep-alive")
)

// body forwards what came of the request's body.
func (st *stream) body(b []byte) (int, bool) {
	u := st.up
	if u == nil || !st.sent || st.hold != nil && u.link.connecting {
		st.c.link.pause()
		return 0, false
	}
	n, err := st.reqBody.Pass(b)
	st.bytesIn += int64(n)
	if n > 0 && !u.link.dead {
		u.link.send(b[:n])
		// A dead server connection may still hold an answer: it is read before
		// anything else is decided, and the rest of the body is thrown away.
	}
	if err != nil {
		st.brokenBody()
		return len(b), false
	}
	if st.reqBody.Done() {
		st.requestSent()
		return n, true
	}
	st.c.arm(st.th.Now(), st.fe.Timeouts.Client)
	if u.link.pending() {
		st.c.link.pause()
		st.armServer()
	}
	return n, false
}

// brokenBody: the request's framing is broken in the middle.
func (st *stream) brokenBody() {
	st.fe.Loops[st.th.id].ReqErrors++
	st.keep, st.reqBad = false, true
	if st.phase == phaseForward || st.answered {
		st.abort('P', 'D')
		return
	}
	st.end('P', 'R')
	st.page(400)
}

// requestSent: the whole request was given to the server's link.
func (st *stream) requestSent() {
	st.reqDone = true
	st.th.ClearTimer(&st.c.timer)
	st.armServer()
	if st.phase == phaseForward && st.resBody.Done() {
		st.responseDone()
	}
}

// clientEOF: the client will send no more.
func (st *stream) clientEOF() {
	switch {
	case st.phase == phaseHead && st.betweenRequests():
		st.vanish()
	case st.phase == phaseHead:
		if !st.http {
			st.abort('C', 'C')
			return
		}
		st.keep = false
		st.fe.Loops[st.th.id].ReqErrors++
		st.fe.Loops[st.th.id].ClientAborts++
		st.end('C', 'R')
		if st.bytesSeen() {
			st.page(400)
			return
		}
		st.status = 400
		st.abort('C', 'R')
	case st.phase == phaseTunnel && st.reqDone:
		st.tunnelEOF(&st.up.link)
	case !st.reqDone:
		// The body stops in the middle.
		st.fe.Loops[st.th.id].ClientAborts++
		st.clientGone = st.answered
		st.giveUp(400, 'C', st.stateNow())
	default:
		// Half-closed after a complete request: that is allowed, the answer is
		// still wanted.
		st.keep = false
	}
}

func (st *stream) bytesSeen() bool {
	return len(st.c.link.in) > 0 || st.bytesIn > 0 || st.req.Pending()
}

// betweenRequests: all that came on a kept connection are empty lines.
func (st *stream) betweenRequests() bool {
	return st.http && st.c.requests > 1 && !st.req.Pending()
}

// vanish ends a stream that never was one, and its connection.
func (st *stream) vanish() {
	c := st.c
	st.phase, st.logged = phaseDone, true
	st.free()
	c.st = nil
	c.close()
}

// clientBroken: the client's connection is dead.
func (st *stream) clientBroken(syscall.Errno) {
	st.clientGone = true
	st.fe.Loops[st.th.id].ClientAborts++
	if st.be != nil {
		st.be.Loops[st.th.id].ClientAborts++
	}
	if st.srv != nil {
		st.srv.Loops[st.th.id].ClientAborts++
	}
	if st.http && st.status == 0 && st.phase == phaseHead {
		st.status = 400
		st.fe.Loops[st.th.id].ReqErrors++
	}
	st.abort('C', st.stateNow())
}

// clientDrained: what waited for the client is written.
func (st *stream) clientDrained() {
	switch st.phase {
	case phaseLast:
		st.complete(st.keep)
		return
	case phaseTunnel, phaseForward, phaseResponse:
		if st.reqDone || st.phase == phaseTunnel {
			st.armTunnelOrClear()
		} else {
			st.c.arm(st.th.Now(), st.fe.Timeouts.Client)
		}
		if st.up != nil {
			st.up.link.resume()
			if st.phase == phaseForward && !st.resBody.Done() {
				st.armServer()
			}
		}
		if st.phase == phaseTunnel {
			st.tunnelCheck()
		}
	}
}

// clientTimeout: the client was silent, or took nothing, for too long.
func (st *stream) clientTimeout() {
	switch {
	case st.phase == phaseHead && st.betweenRequests():
		st.vanish()
	case st.phase == phaseHead && st.http:
		st.keep = false
		st.fe.Loops[st.th.id].ReqErrors++
		st.end('c', 'R')
		st.page(408)
	case st.phase == phaseTunnel:
		st.abort('c', 'D')
	case st.answered || st.phase == phaseLast:
		st.abort('c', st.stateNow())
	default:
		st.keep = false
		st.end('c', st.stateNow())
		st.page(408)
	}
}
