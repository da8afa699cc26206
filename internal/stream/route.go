package stream

import (
	"time"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/rule"
)

// The steps of a stream's way to a server. Rules may have it wait within one: it
// goes on there when route is called again.
const (
	stepFrontContent uint8 = iota
	stepFrontHTTP
	stepFrontRedirect
	stepChoose
	stepBackContent
	stepBackHTTP
	stepBackRedirect
	stepSeek
)

// route runs the rules of the frontend and of the backend, and hands the stream
// to the backend's servers.
func (st *stream) route() {
	x := st.env()
	if st.http {
		x.Req = &st.req
	}
	if x.Why != nil {
		if !st.wanted {
			st.wants()
		} else {
			defer st.c.inquest.of.spent(st.th.e, time.Now())
		}
	}
	switch st.step {
	case stepFrontContent:
		if !st.admitted(st.fe.TCPContent, st.fe.InspectRequest) {
			return
		}
		st.step = stepFrontHTTP
		fallthrough
	case stepFrontHTTP:
		if st.http && st.fe.MonitorURI != "" && st.monitored() {
			return
		}
		if st.fe.BufferRequest && st.http && !st.gathered(st.bufferTime(), 0, false) {
			return
		}
		if st.http && !st.obey(st.fe.HTTPRequest, true) || !st.plainNames(st.fe.HeaderNames) {
			return
		}
		st.step = stepFrontRedirect
		fallthrough
	case stepFrontRedirect:
		if st.http && !st.obey(st.fe.Redirect, true) {
			return
		}
		st.step = stepChoose
		fallthrough
	case stepChoose:
		if st.fe.Pending != nil {
			if p := st.fe.Pending(x); p != nil {
				st.prove(p)
				return
			}
		}
		be := st.chosen
		if be == nil {
			be = st.fe.Choose(x)
			if x.Why != nil {
				st.whyBackend(be)
			}
		}
		switch {
		case be == nil:
			st.nowhere()
			return
		case be.HTTP && !st.http:
			st.chosen = be
			st.toHTTP()
			return
		}
		st.enter(be)
		if st.http && !be.HTTP { // its servers expect anything but requests
			st.c.tally(func(n *counters) { n.Failed++ })
			st.unrouted = true
			st.abort('I', 'R')
			return
		}
		if st.step = stepBackContent; be.Spec == st.fe.Spec {
			st.step = stepSeek // its rules are those of the frontend
			st.toServers()
			return
		}
		fallthrough
	case stepBackContent:
		if !st.admitted(st.be.TCPContent, st.be.InspectRequest) {
			return
		}
		st.step = stepBackHTTP
		fallthrough
	case stepBackHTTP:
		if st.be.BufferRequest && st.http && !st.gathered(st.bufferTime(), 0, false) {
			return
		}
		if !st.obey(st.be.HTTPRequest, true) || !st.plainNames(st.be.HeaderNames) {
			return
		}
		st.step = stepBackRedirect
		fallthrough
	case stepBackRedirect:
		if !st.obey(st.be.Redirect, true) {
			return
		}
		st.step = stepSeek
		fallthrough
	default:
		st.toServers()
	}
}

// toServers hands the stream to the servers, once all is there that they are chosen
// by.
func (st *stream) toServers() {
	if st.cut {
		st.requestCut()
		return
	}
	if st.be.KeyInBody && st.http && st.req.Method == http1.MethodPost && !st.gathered(st.bufferTime(), 0, false) {
		return
	}
	st.seek()
}

// nowhere ends a stream for which there is no backend.
func (st *stream) nowhere() {
	st.unrouted = true
	if !st.http {
		st.abort('S', 'C')
		return
	}
	st.c.tally(func(n *counters) { n.ReqErrors++ })
	st.end('S', 'C')
	st.page(503)
}

// enter counts the stream at its backend.
func (st *stream) enter(b *backend) {
	st.be = b
	st.ctx.BackendName = b.Name
	if st.ctx.Why != nil && b.Spec != st.fe.Spec {
		st.ctx.Why.Enter("backend " + b.Name)
	}
	r := &st.ctx.Retries
	if r.Backend = b.Retries; b.Spec != st.fe.Spec {
		r.Set = false // that was of the frontend's own servers
		st.ctx.ForgetServer()
	}
	b.Conns.Add(1)
	n := &b.Loops[st.th.id]
	n.Sessions++
	n.LastSession = st.th.Wall()
	n.Rate.Hit(st.th.Wall())
	b.Meter.Hit(st.th.Wall())
	if st.http {
		n.Requests++
		n.ReqRate.Hit(st.th.Wall())
	}
}

// admitted runs a set of "tcp-request content" rules, which can only let pass,
// close, or wait for more within the delay. False: not now, or never.
func (st *stream) admitted(set rule.Set, delay int64) bool {
	if len(set) == 0 {
		return true
	}
	x := &st.ctx
	x.Partial = delay > 0 && !st.inspected()
	v := set.Run(x, &st.result)
	x.Partial = false
	switch v {
	case rule.Continue, rule.Accept:
		st.admit()
		return true
	case rule.SwitchMode:
		if st.http {
			st.admit()
			return true
		}
		st.toHTTP()
		return false
	case rule.Wait:
		if p := st.result.Proof; p != nil {
			st.prove(p)
			return false
		}
		st.inspect(delay)
		return false
	}
	// Counted for the frontend alone, as in the reference.
	st.c.tally(func(n *counters) { n.DeniedReq++ })
	st.unrouted = true
	if st.http { // it was looked at as bytes: no request has come yet
		st.method, st.uri = nil, nil
		if st.be == nil {
			st.fe.Loops[st.th.id].Requests--
		}
	}
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
	var v rule.Verdict
	for again := true; again; {
		st.result.Body = rule.BodyWait{}
		v = set.Run(&st.ctx, &st.result)
		if st.result.Unfit > 0 {
			st.countUnfit()
		}
		if again = v == rule.Wait && st.result.Body.Time > 0; again && !st.awaitBody(st.result.Body, request) {
			return false
		}
	}
	if !st.sendHints() {
		return false
	}
	switch v {
	case rule.Continue, rule.Accept:
		return true
	case rule.Deny:
		st.denied(request)
		st.end('P', state)
	case rule.Wait:
		if p := st.result.Proof; p != nil {
			st.prove(p)
			return false
		}
		if request {
			st.pause(st.result.Pause)
		} else {
			st.pauseResponse(st.result.Pause)
		}
		return false
	case rule.Fail:
		st.c.tally(func(n *counters) { n.Failed++ })
		st.end('I', state)
		st.page(500)
		return false
	case rule.Tarpit:
		st.tarpit()
		return false
	case rule.Close:
		if st.c.link.vanish {
			state = 'R'
		}
		st.denied(request)
		st.unrouted = request
		st.abort('P', state)
		return false
	default:
		st.end('L', state)
		if request {
			st.fe.Loops[st.th.id].Intercepted++
		}
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
	st.tResponse = 0 // the client gets another
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
	st.addresses()
	st.tellUniqueID()
	// Each version is told what is not its default.
	switch keep := st.be.PretendKeepAlive || !st.closesServer() && !st.oddBody(); {
	case h.Upgrade: // what follows the answer decides
	case !keep && h.Minor > 0:
		st.addConnection(h, valueClose)
	case keep && h.Minor == 0:
		st.addConnection(h, valueKeep)
	}
	if st.be.DropRequestTrailers {
		st.reqBody.DropTrailers()
	}
	st.keepNameOut()
	head := h.Append(st.th.Out[:0])
	adjustCase(head, st.be.CaseAdjust)
	st.hold = append(st.th.Get(len(head)), head...)
	st.nameAt = len(head) - len("\r\n")
	st.replay = st.keepsRequest()
}

// oddBody tells a request whose end an HTTP/1.0 server may see elsewhere: its
// connection serves no other (RFC 9112 6.1).
func (st *stream) oddBody() bool { return st.req.Minor == 0 && st.req.Chunked }
