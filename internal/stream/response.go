package stream

import (
	"syscall"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/logs"
)

// responseHead parses a head and forwards it, with what follows of the body.
// done is false when another head may follow in what is left.
func (st *stream) responseHead(b []byte) (used int, done bool) {
	if len(b) == 0 {
		return 0, true
	}
	h := &st.res
	n, err := h.ParseResponse(b, st.responseLimits(), st.req.Method)
	if err == nil && n > 0 && h.Status == 101 {
		if err = http1.CheckSwitch(&st.req, h); err != nil {
			st.countInterim()
		}
	}
	if err == nil && n > 0 && h.Chunked && h.Status >= 200 {
		// What came with the head is refused with it, while the client can still be told.
		var body http1.Body
		body.Reset(h.ResponseBody(st.req.Method), h.ContentLength)
		_, err = body.Pass(b[n:])
	}
	switch {
	case err != nil:
		st.countResponseError()
		st.keepResponse(b, err, 0)
		st.observe(0, "Invalid http response (headers)")
		if st.sendAgain(config.RetryJunkResponse) {
			return len(b), true
		}
		st.giveUp(502, 'P', 'H')
		return len(b), true
	case n == 0:
		return 0, true
	case h.Status < 200 && h.Status != 101:
		return n, !st.interim()
	}
	if st.screens() {
		c := st.c
		switch {
		case st.letThrough(b):
		case c.st != st || st.up == nil:
			return len(b), true
		default: // it will be offered again
			h.Reset()
			return 0, true
		}
	}
	st.observe(h.Status, "")
	if st.replay && st.sendAgain(config.RetryStatus(h.Status)) {
		return len(b), true
	}
	st.tResponse = st.th.Now()
	st.status, st.serverStatus = h.Status, h.Status
	st.replay = false
	st.letGo()
	st.raw = b[:n]
	used = st.respond(b[n:])
	st.raw = nil
	return n + used, true
}

// interim forwards a 1xx answer; HTTP/1.0 clients do not know them. False means
// that nothing more of the server is wanted now.
func (st *stream) interim() bool {
	h := &st.res
	st.countInterim()
	if st.req.Minor > 0 {
		h.StripHop()
		out := h.Append(st.th.Out[:0])
		adjustCase(out, st.fe.CaseAdjust)
		if !st.toClient(out, nil) {
			return false
		}
		if st.c.link.pending() { // a flood of them must not fill our memory
			st.up.link.pause()
			st.armClient()
		}
	}
	h.Reset()
	st.armServer()
	return !st.up.link.paused
}

// countInterim counts what only the server answers for.
func (st *stream) countInterim() {
	n := &st.srv.Loops[st.th.id]
	n.Status[1]++
	n.Requests++
}

// toClient sends two pieces of an answer; false means that the client is gone
// and the stream ended.
func (st *stream) toClient(a, b []byte) bool {
	st.bytesOut += int64(len(a) + len(b))
	ok := false
	if len(b) == 0 {
		ok = st.c.link.send(a)
	} else {
		ok = st.c.link.send2(a, b)
	}
	if !ok {
		st.clientBroken(syscall.EPIPE)
	}
	return ok
}

// respond runs the rules of the response and sends its head, with as much of
// the body as is there. It returns how many bytes of rest were used.
func (st *stream) respond(rest []byte) (used int) {
	h := &st.res
	st.ctx.ResLen = len(st.raw) + len(rest)
	st.ctx.Room = st.th.e.room(st.ctx.ResLen)
	st.th.e.events.response(st)
	st.captureResponse()
	n := &st.srv.Loops[st.th.id]
	n.Status[min(h.Status/100, 5)]++
	n.Requests++
	if st.proxied {
		h.HeedProxyConnection()
	}
	kind := h.ResponseBody(st.req.Method)
	st.resBody.Reset(kind, h.ContentLength)
	if st.be.LaxResponse && h.Violates() {
		st.serverGlitch()
	}
	st.serverKeeps = !st.serverWorn && h.KeepAlive && kind != http1.BodyUntilClose && kind != http1.BodyTunnel && !st.closesServer() && !st.oddBody() && !st.packets.Asked()
	if h.Status == 401 || h.Status == 407 {
		st.noteAuth()
	}
	return st.goOn(kind, rest)
}

// goOn is respond from its rules on; they may have it wait.
func (st *stream) goOn(kind http1.BodyKind, rest []byte) (used int) {
	st.resRest = rest
	used = st.obeyAndSend(kind, rest)
	st.resRest = nil
	return used
}

func (st *stream) obeyAndSend(kind http1.BodyKind, rest []byte) (used int) {
	h, c := &st.res, st.c
	st.paused = false
	if !st.obeyResponse() {
		if c.st == st && st.paused {
			return 0
		}
		return len(rest)
	}
	if st.be.Cookie != nil || st.fe.CaptureCookie != nil {
		st.responseCookies()
	}
	if st.leaks() {
		st.blockCookie()
		return len(rest)
	}
	if st.amends() {
		st.amend()
	}
	st.frame(kind)
	st.reached(logs.StageResponse)
	out := h.Append(st.th.Out[:0])
	adjustCase(out, st.fe.CaseAdjust)
	if st.ctx.Why != nil {
		st.whyAnswer(out)
	}
	if st.fe.DropResponseTrailers {
		st.resBody.DropTrailers()
	}
	st.answered = true
	st.phase = phaseForward
	if kind == http1.BodyTunnel {
		return st.upgrade(out, rest)
	}
	if st.dechunk || st.mute() {
		if !st.toClient(out, nil) {
			return len(rest)
		}
		return st.responseBody(rest)
	}
	body, used, err := st.forward(&st.resBody, rest)
	ok := false
	if len(body) <= joinBelow {
		out = append(out, body...)
		ok = st.toClient(out, nil)
		st.th.Out = out[:0]
	} else {
		ok = st.toClient(out, body)
	}
	if !ok {
		return len(rest)
	}
	if err != nil {
		st.badBody()
		return len(rest)
	}
	return st.afterBody(used)
}

// joinBelow is the size up to which copying a body behind its head is cheaper
// than sending two pieces.
const joinBelow = 16 << 10

// responseEnv prepares the evaluation of samples for the response.
func (st *stream) responseEnv() {
	x := st.env()
	x.Response, x.Req, x.Res = true, nil, &st.res
	if st.srv != nil {
		x.ServerName, x.ServerID = st.srv.Name, st.srv.ID
	}
}

// obeyResponse runs the rules of the response; false means that they answered
// in place of it.
func (st *stream) obeyResponse() bool {
	if len(st.be.HTTPResponse) == 0 && len(st.fe.HTTPResponse) == 0 {
		return true
	}
	h := &st.res
	st.responseEnv()
	if !st.obeyAnswer() {
		return false
	}
	st.status = h.Status
	return true
}

// frame decides how the client sees the end of the answer, and whether its
// connection goes on.
func (st *stream) frame(kind http1.BodyKind) {
	h := &st.res
	h.StripHop()
	switch {
	case kind == http1.BodyTunnel:
		st.keep = false
		return
	case kind == http1.BodyUntilClose:
		st.keep, st.untilClose = false, true
	case kind == http1.BodyChunked && st.req.Minor == 0:
		h.Chunked = false
		h.Del("transfer-encoding")
		st.dechunk, st.keep = true, false
	case st.th.retiring():
		st.keep = false
	case !st.reqDone && !(st.serverKeeps && !st.up.link.dead):
		// The server did not wait for the whole request and takes no more of it.
		st.keep = st.keep && st.canSkip()
	}
	// An answer of HTTP/1.0 stays one: it ends the connection unless it says otherwise.
	switch {
	case !st.keep:
		if h.Minor > 0 || h.Chunked {
			st.addConnection(h, valueClose)
		}
	case st.req.Minor == 0 || h.Minor == 0 && !h.Chunked:
		st.addConnection(h, valueKeep)
	}
}
