package stream

import (
	"syscall"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
)

// armServer starts the server's time to answer or to take what waits for it.
func (st *stream) armServer() {
	if st.up == nil {
		return
	}
	if d := st.be.Timeouts.Server; d > 0 {
		st.th.SetTimer(&st.up.timer, st.th.Now()+d)
	}
}

func (st *stream) armServerIfPending() {
	if st.up.link.pending() {
		st.armServer()
	}
}

// fromServer is given what the server sent and returns how much was used.
func (st *stream) fromServer(b []byte) (used int) {
	switch st.phase {
	case phaseResponse:
		for st.phase == phaseResponse {
			n, done := st.responseHead(b[used:])
			used += n
			if done {
				return used
			}
		}
		return used
	case phaseForward:
		return st.responseBody(b)
	case phaseTunnel:
		return st.tunnelDown(b)
	}
	if st.up != nil {
		st.up.link.pause()
	}
	return 0
}

// responseHead parses a head and forwards it, with what follows of the body.
// done is false when another head may follow in what is left.
func (st *stream) responseHead(b []byte) (used int, done bool) {
	if len(b) == 0 {
		return 0, true
	}
	h := &st.res
	n, err := h.ParseResponse(b, &st.th.e.limits, st.req.Method)
	if err != nil {
		st.srv.Loops[st.th.id].ResErrors++
		st.be.Loops[st.th.id].ResErrors++
		st.giveUp(502, 'P', 'H')
		return len(b), true
	}
	if n == 0 {
		return 0, true
	}
	if h.Status < 200 && h.Status != 101 {
		st.interim()
		h.Reset()
		return n, false
	}
	if h.Status == 101 && http1.CheckSwitch(&st.req, h) != nil {
		st.srv.Loops[st.th.id].ResErrors++
		st.be.Loops[st.th.id].ResErrors++
		st.giveUp(502, 'P', 'H')
		return len(b), true
	}
	st.tResponse = st.th.Now()
	st.status = h.Status
	if st.hold != nil {
		st.th.Put(st.hold)
		st.hold = nil
	}
	return n + st.respond(b[n:]), true
}

// interim forwards a 1xx answer; HTTP/1.0 clients do not know them.
func (st *stream) interim() {
	if st.req.Minor == 0 {
		return
	}
	st.res.StripHop()
	out := st.res.Append(st.th.Out[:0])
	st.bytesOut += int64(len(out))
	if !st.c.link.send(out) {
		st.clientBroken(syscall.EPIPE)
	}
}

// respond runs the rules of the response and sends its head, with as much of
// the body as is there. It returns how many bytes of rest were used.
func (st *stream) respond(rest []byte) (used int) {
	h := &st.res
	n := &st.srv.Loops[st.th.id]
	n.Status[min(h.Status/100, 5)]++
	n.Requests++
	kind := h.ResponseBody(st.req.Method)
	tunnel := kind == http1.BodyTunnel
	st.resBody.Reset(kind, h.ContentLength)
	serverKeeps := h.KeepAlive && kind != http1.BodyUntilClose && !tunnel

	if len(st.be.HTTPResponse) > 0 || len(st.fe.HTTPResponse) > 0 {
		x := &st.ctx
		x.Response, x.Req, x.Res = true, nil, h
		x.ServerName, x.Now, x.Scratch = st.srv.Name, st.th.Wall(), x.Scratch[:0]
		if !st.obey(st.be.HTTPResponse, false) || st.be.Spec != st.fe.Spec && !st.obey(st.fe.HTTPResponse, false) {
			return len(rest)
		}
		st.status = h.Status
	}
	h.StripHop()
	out := st.th.Out[:0]
	switch {
	case tunnel:
		st.keep = false
	case kind == http1.BodyUntilClose:
		st.keep, st.untilClose = false, true
	case kind == http1.BodyChunked && st.req.Minor == 0:
		h.Chunked = false
		h.Del("transfer-encoding")
		st.dechunk, st.keep = true, false
	}
	if st.th.e.stopping.Load() {
		st.keep = false
	}
	if !st.reqDone && !tunnel {
		// The server did not wait for the whole request. What is left of it is
		// still forwarded, but it cannot be waited for.
		st.keep = st.keep && st.up != nil && !st.up.link.dead
	}
	if !tunnel {
		switch {
		case !st.keep:
			h.Add(nameConnection, valueClose)
		case st.req.Minor == 0:
			h.Add(nameConnection, valueKeep)
		}
	}
	out = h.Append(out)
	st.answered = true
	st.serverKeeps = serverKeeps
	st.phase = phaseForward
	if tunnel {
		return st.upgrade(out, rest)
	}
	if st.dechunk {
		st.bytesOut += int64(len(out))
		if !st.c.link.send(out) {
			st.clientBroken(syscall.EPIPE)
			return len(rest)
		}
		return st.responseBody(rest)
	}
	m, err := st.resBody.Pass(rest)
	used = m
	st.bytesOut += int64(len(out) + m)
	if m <= 16<<10 {
		out = append(out, rest[:m]...)
		err2 := st.c.link.send(out)
		st.th.Out = out[:0]
		if !err2 {
			st.clientBroken(syscall.EPIPE)
			return len(rest)
		}
	} else if !st.c.link.send2(out, rest[:m]) {
		st.clientBroken(syscall.EPIPE)
		return len(rest)
	}
	if err != nil {
		st.badBody()
		return len(rest)
	}
	return st.afterBody(used)
}

// responseBody forwards a piece of the body.
func (st *stream) responseBody(b []byte) (used int) {
	if st.dechunk {
		for used < len(b) && !st.resBody.Done() {
			data, n, err := st.resBody.Payload(b[used:])
			used += n
			st.bytesOut += int64(len(data))
			if err != nil {
				st.badBody()
				return len(b)
			}
			if len(data) > 0 && !st.c.link.send(data) {
				st.clientBroken(syscall.EPIPE)
				return len(b)
			}
			if n == 0 {
				break
			}
		}
		return st.afterBody(used)
	}
	n, err := st.resBody.Pass(b)
	st.bytesOut += int64(n)
	if n > 0 && !st.c.link.send(b[:n]) {
		st.clientBroken(syscall.EPIPE)
		return len(b)
	}
	if err != nil {
		st.badBody()
		return len(b)
	}
	return st.afterBody(n)
}

// afterBody decides what comes after a piece of the body was sent.
func (st *stream) afterBody(used int) int {
	if st.resBody.Done() {
		if st.reqDone {
			st.responseDone()
		} else {
			st.earlyResponse()
		}
		return used
	}
	if st.c.link.pending() {
		st.up.link.pause()
		st.th.ClearTimer(&st.up.timer)
		st.c.arm(st.th.Now(), st.fe.Timeouts.Client)
	} else {
		st.armServer()
	}
	return used
}

// badBody: the server's framing broke in the middle of an answer.
func (st *stream) badBody() {
	st.srv.Loops[st.th.id].ResErrors++
	st.be.Loops[st.th.id].ResErrors++
	st.abort('P', 'D')
}

// earlyResponse: the answer is complete while the client still sends its
// request. A server that keeps its connection open takes the rest; with one
// that closes, the rest has nowhere to go.
func (st *stream) earlyResponse() {
	if st.keep && st.serverKeeps && !st.up.link.dead {
		st.armServer()
		st.c.link.resume()
		return
	}
	st.keep = false
	st.responseDone()
}

// responseDone: the answer is complete at our side; the server is free, the
// client may still have to take some of it.
func (st *stream) responseDone() {
	st.detach(st.serverKeeps && st.reqDone && !st.th.e.stopping.Load())
	if st.c.link.pending() {
		st.phase = phaseLast
		st.c.arm(st.th.Now(), st.fe.Timeouts.Client)
		return
	}
	st.complete(st.keep && st.reqDone)
}

// serverEOF: the server sent all it will send.
func (st *stream) serverEOF() {
	switch st.phase {
	case phaseTunnel:
		st.tunnelEOF(&st.c.link)
	case phaseResponse:
		st.noResponse()
	case phaseForward:
		if st.resBody.Done() { // an early response, complete
			st.keep = false
			st.responseDone()
			return
		}
		if st.untilClose {
			st.serverKeeps, st.keep = false, false
			st.responseDone()
			return
		}
		st.srv.Loops[st.th.id].ServerAborts++
		st.be.Loops[st.th.id].ServerAborts++
		st.abortAfterFlush('S', 'D')
	}
}

// noResponse: the server closed without having answered.
func (st *stream) noResponse() {
	if st.resend() {
		return
	}
	st.srv.Loops[st.th.id].ResErrors++
	st.be.Loops[st.th.id].ResErrors++
	st.srv.Loops[st.th.id].ServerAborts++
	st.be.Loops[st.th.id].ServerAborts++
	st.giveUp(502, 'S', 'H')
}

func (st *stream) serverBroken(errno syscall.Errno) {
	switch st.phase {
	case phaseConnect:
		st.connectFailed(errno)
	case phaseResponse:
		st.noResponse()
	case phaseTunnel:
		st.srv.Loops[st.th.id].ServerAborts++
		st.be.Loops[st.th.id].ServerAborts++
		st.abortAfterFlush('S', 'D')
	case phaseForward:
		st.serverEOF()
	}
}

// abortAfterFlush gives the client what there is, then cuts: a length or a
// chunk that is missing tells it that the answer is incomplete.
func (st *stream) abortAfterFlush(cause, state byte) {
	st.end(cause, state)
	st.keep = false
	if st.c.link.pending() {
		st.detach(false)
		st.phase = phaseLast
		st.c.arm(st.th.Now(), st.fe.Timeouts.Client)
		return
	}
	st.complete(false)
}

// serverDrained: what waited for the server is written.
func (st *stream) serverDrained() {
	switch {
	case st.phase == phaseTunnel:
		st.armTunnelOrClear()
		st.c.link.resume()
		st.tunnelCheck()
	case !st.reqDone:
		st.th.ClearTimer(&st.up.timer)
		st.c.link.resume()
	default:
		st.armServer()
	}
}

// serverTimeout: the server was silent, or took nothing, for too long.
func (st *stream) serverTimeout() {
	n, b := &st.srv.Loops[st.th.id], &st.be.Loops[st.th.id]
	switch st.phase {
	case phaseResponse:
		n.ResErrors++
		b.ResErrors++
		st.giveUp(504, 's', 'H')
	case phaseForward, phaseTunnel:
		n.ServerAborts++
		b.ServerAborts++
		st.abort('s', 'D')
	}
}
