package stream

import (
	"errors"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/logs"
)

// startHTTP begins the wait for a request's head.
func (st *stream) startHTTP() {
	st.http = true
	st.phase = phaseHead
	st.th.e.events.opened(st)
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
	case phaseRules:
		if !st.http {
			used, more = st.inspectMore(b), false
			if st.http && st.phase == phaseHead {
				return st.head(b)
			}
			return used, more
		}
		if st.gathering {
			return st.gatherMore(b)
		}
	case phaseTunnel:
		return st.tunnelUp(b), false
	case phaseResponse, phaseForward:
		if !st.reqDone {
			return st.body(b)
		}
	}
	// The next request, or bytes while there is no server yet: not now.
	c := st.c
	c.link.pause()
	if c.link.hup {
		st.clientEnding()
	}
	return 0, false
}

// head parses the request's head and, once it is there, acts on it.
func (st *stream) head(b []byte) (int, bool) {
	n, err := st.req.ParseRequest(b, st.requestLimits())
	if err != nil {
		st.keepRequest(b, err, 0)
		st.badRequest(err, len(b))
		return len(b), false
	}
	if n == 0 {
		if st.fe.Timeouts.HTTPRequest == 0 { // else one timeout covers the whole head
			st.c.arm(st.th.Now(), st.fe.Timeouts.Client)
		}
		return 0, false
	}
	st.reqBody.Reset(st.req.RequestBody(), st.req.ContentLength)
	st.reqDone = st.reqBody.Done()
	if !st.reqDone && n < len(b) {
		// A body that is broken from the start is no request for any server.
		body := st.reqBody
		if _, err := body.Pass(b[n:]); err != nil {
			st.keepRequest(b, err, n)
			st.badRequest(err, len(b))
			return len(b), false
		}
	}
	st.bytesIn += int64(n)
	if st.req.Upgrade {
		// The answer is checked against the request when the server switches; by
		// then the received bytes are gone.
		st.req.Rebase(append([]byte(nil), b[:n]...))
	}
	st.tHead = st.th.Now()
	st.noteRequest()
	if st.fe.LaxRequest && st.req.Violates() && !st.glitch() {
		return len(b), false
	}
	c := st.c
	st.rest, st.used, st.raw = b[n:], 0, b[:n]
	st.ctx.ReqLen, st.ctx.Room = len(b), st.th.e.room(len(b))
	st.route()
	n += st.used
	st.rest, st.raw = nil, nil
	return n, c.st == nil || c.st == st
}

// noteRequest keeps what the log needs of the request once its bytes are gone.
func (st *stream) noteRequest() {
	h := &st.req
	st.noteProxied()
	st.th.e.events.request(st)
	st.method = append(st.method[:0], h.MethodName()...)
	target := h.Target()
	st.uri = append(st.uri[:0], target[:min(len(target), st.th.e.tune.uriLimit())]...)
	st.captureRequest()
	st.countRequest()
	st.keep = h.KeepAlive && !st.fe.CloseClient && !st.th.e.short.Load()
	st.headOnly = h.Method == http1.MethodHead
	st.idempotent = st.reqDone && idempotent(h.Method)
	// While a server is looked for, the client owes us nothing.
	st.th.ClearTimer(&st.c.timer)
	st.reached(logs.StageRequest)
}

// countRequest counts the request, or what should have become one.
func (st *stream) countRequest() {
	n := &st.fe.Loops[st.th.id]
	n.Requests++
	n.ReqRate.Hit(st.th.Wall())
	st.fe.ReqMeter.Hit(st.th.Wall())
	st.number = st.th.e.Requests.Add(1) - 1
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

// badRequest answers a head, or the start of a body, that is none; n bytes of
// the client are used up by it.
func (st *stream) badRequest(err error, n int) {
	status := 400
	var e *http1.Error
	if errors.As(err, &e) && e.Status != 0 {
		status = e.Status
	}
	st.bytesIn += int64(n)
	st.noHead()
	st.end('P', 'R')
	st.page(status)
}

// noHead counts a request that never came to be; nothing after it can be made
// sense of.
func (st *stream) noHead() {
	st.countRequest()
	st.c.tally(func(n *counters) { n.ReqErrors++ })
	st.keep, st.reqDone = false, false
}
