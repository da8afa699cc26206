package stream

import (
	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/rule"
)

// Gathering holds a request back until its body is there (manual 4.2, "option
// http-buffer-request"; 4.4, "wait-for-body"): as a whole, as much as was asked
// for, or as much as there is room for. What comes stays in the client's link.

// gathered tells whether the body is there; else the stream waits for it, ns at
// most.
func (st *stream) gathered(ns int64, atLeast int, large bool) bool {
	st.gatherMost = st.th.e.gatherMost(large)
	if st.reqDone || st.cut || st.enough(atLeast) {
		if st.req.Expect100 && !st.continued {
			if _, whole := st.bodyHere(nil); whole {
				st.req.Del("expect") // nobody has to be asked for what is here
			}
		}
		return true
	}
	if ns <= 0 {
		ns = st.clientTime()
	}
	st.gathering, st.gatherLeast = true, atLeast
	st.halt()
	st.th.SetTimer(&st.timer, st.th.Now()+ns)
	if st.req.Expect100 && !st.continued {
		st.continued = true
		st.req.Del("expect") // it was answered: the server's own would come twice
		st.c.link.send(continueLine)
	}
	return false
}

var continueLine = []byte("HTTP/1.1 100 Continue\r\n\r\n")

// gatherMost is how much may be kept of a body.
func (e *Engine) gatherMost(large bool) int {
	if large {
		return max(e.inspectMost(), e.tune.LargeBuf)
	}
	return e.inspectMost()
}

// enough tells whether as much of the body is there as is waited for.
func (st *stream) enough(atLeast int) bool {
	if len(st.rest) >= st.gatherMost {
		return true
	}
	have, done := st.bodyHere(nil)
	return done || atLeast > 0 && have >= atLeast
}

func (st *stream) bodyHere(to *[]byte) (have int, done bool) {
	return bodyIn(st.reqBody, st.rest, to)
}

// bodyIn goes over what is there of a body, without using it up, and appends
// its content to *to if that is not nil. It returns how much content that is, and
// whether it is all; what is no body is all there will be of it.
func bodyIn(body http1.Body, rest []byte, to *[]byte) (have int, done bool) {
	for len(rest) > 0 && !body.Done() {
		data, n, err := body.Payload(rest)
		if have += len(data); to != nil {
			*to = append(*to, data...)
		}
		if err != nil {
			return have, true
		}
		if n == 0 {
			break
		}
		rest = rest[n:]
	}
	return have, body.Done()
}

// RequestBody implements sample.Body.
func (st *stream) RequestBody(dst []byte) []byte {
	if !st.http {
		return dst
	}
	st.bodyHere(&dst)
	return dst
}

// RequestSize implements sample.Body: -1 when the request does not say.
func (st *stream) RequestSize() int64 { return st.req.ContentLength }

// gatherMore looks at what came of the body. When it is enough, the stream goes on.
func (st *stream) gatherMore(b []byte) (used int, more bool) {
	c := st.c
	st.rest, st.used = b, 0
	if !st.enough(st.gatherLeast) {
		st.rest = nil
		return 0, false
	}
	st.gatherDone()
	st.route()
	used = st.used
	st.rest = nil
	if c.st == st && (st.phase == phaseQueue || st.phase == phaseConnect) {
		c.link.pause() // until there is who takes it
		return used, false
	}
	return used, c.st == nil || c.st == st
}

// gatherDone ends the wait, which counts as the request's.
func (st *stream) gatherDone() {
	st.gathering = false
	st.th.ClearTimer(&st.timer)
	st.tHead = st.th.Now()
}

// gatherLateRequest answers a request whose body did not come in time.
func (st *stream) gatherLateRequest() {
	st.gatherDone()
	st.tHead = 0 // it never was whole: %TR is -1
	st.givenUp()
	st.keep = false
	st.c.tally(func(n *counters) { n.ReqErrors++ })
	st.end('c', 'R')
	st.page(408)
}

// gatherCut: the client ended before its request. The rules still see what came
// and may answer, but no server gets to see it.
func (st *stream) gatherCut() {
	st.gatherDone()
	st.cut, st.keep, st.waited = true, false, st.result.Waiting
	st.fe.Loops[st.th.id].ClientAborts++
	st.carryOn()
}

// requestCut ends a cut request where it would have gone to a server.
func (st *stream) requestCut() {
	st.be.Loops[st.th.id].ClientAborts++
	st.status = 400
	st.abort('C', 'R')
}

// awaitBody is what a rule asked for: false while the body is not there.
func (st *stream) awaitBody(w rule.BodyWait, request bool) bool {
	if request {
		return st.gathered(w.Time, w.AtLeast, w.Large)
	}
	return st.answerGathered(w.Time, w.AtLeast, w.Large)
}

// bufferTime is how long "option http-buffer-request" waits: as long as for a head.
func (st *stream) bufferTime() int64 {
	if t := st.fe.Timeouts.HTTPRequest; t > 0 {
		return max(1, st.tFirst+t-st.th.Now())
	}
	return 0
}
