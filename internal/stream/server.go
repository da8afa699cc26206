package stream

import (
	"syscall"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// armServer starts the server's time to answer or to take what waits for it,
// and stops it while we wait for nothing of it.
func (st *stream) armServer() {
	u := st.up
	if u == nil {
		return
	}
	answer := st.reqDone || st.phase == phaseForward && !st.resBody.Done()
	switch d := st.serverTime(); {
	case st.phase == phaseTunnel:
		st.alive(nil)
	case st.be.Independent && d > 0 && st.phase == phaseResponse:
		// Only what the server sends counts, and it has sent nothing yet.
		if u.timer.Due() == 0 {
			st.th.SetTimer(&u.timer, st.th.Now()+d)
		}
	case d > 0 && (u.link.pending() || answer && !u.link.paused):
		st.th.SetTimer(&u.timer, st.th.Now()+d)
	default:
		st.th.ClearTimer(&u.timer)
	}
}

// fromServer is given what the server sent and returns how much was used.
func (st *stream) fromServer(b []byte) (used int) {
	switch st.phase {
	case phaseResponse:
		if st.gathering {
			return st.gatherAnswer(b)
		}
		if st.paused {
			return st.goOn(st.res.ResponseBody(st.req.Method), b)
		}
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
		if st.screens() && !st.http {
			return st.screenTunnel(b)
		}
		return st.tunnelDown(b)
	case phaseConnect:
		if st.up.socks {
			return st.socksReply(b)
		}
	}
	st.up.link.pause()
	return 0
}

// serverEOF: the server sent all it will send.
func (st *stream) serverEOF() {
	if st.inspectTill != 0 { // the last look at what came
		c := st.c
		if st.screenAgain(); c.st != st || st.up == nil {
			return
		}
	}
	if st.gathering && st.phase == phaseResponse {
		c := st.c
		if st.gatherEnded(); c.st != st || st.up == nil || st.paused {
			return
		}
	}
	switch st.phase {
	case phaseConnect: // of a SOCKS4 proxy
		st.connectFailed(syscall.ECONNRESET)
	case phaseTunnel:
		st.tunnelEOF(&st.c.link)
	case phaseResponse:
		st.noResponse()
	case phaseForward:
		switch {
		case st.resBody.Done(): // an early response, complete
			st.responseDone()
		case st.untilClose:
			st.serverKeeps, st.keep = false, false
			st.responseDone()
		default:
			st.serverCut()
		}
	}
}

// noResponse: the server closed without having answered.
func (st *stream) noResponse() {
	if st.resend() {
		return
	}
	st.observe(0, "Close from server")
	if st.res.Pending() { // half a head: an answer that is none
		st.countResponseError()
		if st.sendAgain(config.RetryJunkResponse) {
			return
		}
		st.giveUp(502, 'P', 'H')
		return
	}
	if st.sendAgain(config.RetryEmptyResponse) {
		return
	}
	if st.reused && st.c.requests > 1 {
		st.hush()
		return
	}
	st.countResponseError()
	st.giveUp(502, 'S', 'H')
}

// hush ends a request that a kept connection's server may never have seen, and that
// cannot be repeated here: a client whose connection just closes repeats it silently,
// as it does when there is no proxy (manual 4.2, "http-reuse safe").
func (st *stream) hush() {
	st.countServerAbort()
	st.logged, st.hushed = true, true
	st.be.Loops[st.th.id].Requests--
	st.abort('S', 'H')
}

func (st *stream) serverBroken(errno syscall.Errno) {
	st.serverErr, st.serverGone = sample.ConnErrorOf(errno), true
	switch st.phase {
	case phaseConnect:
		st.connectFailed(errno)
	case phaseResponse:
		st.noResponse()
	case phaseTunnel:
		st.serverCut()
	case phaseForward:
		if st.untilClose && !st.resBody.Done() {
			st.serverCut() // a reset is no end of file: the answer may lack its end
			return
		}
		st.serverEOF()
	}
}

// serverCut: the server ended in the middle of what it had to say.
func (st *stream) serverCut() {
	st.countServerAbort()
	st.countResponseError()
	st.abortAfterFlush('S', 'D')
}

func (st *stream) countServerAbort() {
	st.srv.Loops[st.th.id].ServerAborts++
	st.be.Loops[st.th.id].ServerAborts++
}

func (st *stream) countResponseError() {
	st.srv.Loops[st.th.id].ResErrors++
	st.be.Loops[st.th.id].ResErrors++
}

// abortAfterFlush gives the client what there is, then cuts: a length or a
// chunk that is missing tells it that the answer is incomplete.
func (st *stream) abortAfterFlush(cause, state byte) {
	st.end(cause, state)
	st.keep = false
	st.finishReply()
}

// serverDrained: what waited for the server is written.
func (st *stream) serverDrained() {
	switch {
	case st.phase == phaseTunnel:
		st.c.link.resume()
		st.alive(nil)
		st.tunnelCheck()
	case !st.reqDone && (st.phase == phaseResponse || st.phase == phaseForward):
		st.wantBody()
	default:
		st.armServer()
	}
}

// serverProgress: the server took some of what waits for it.
func (st *stream) serverProgress() { st.armServer() }

// serverTimeout: the server was silent, or took nothing, for too long.
func (st *stream) serverTimeout() {
	switch st.phase {
	case phaseResponse:
		st.observe(0, "Http timeout")
		if st.sendAgain(config.RetryResponseTimeout) {
			return
		}
		st.countResponseError()
		st.giveUp(504, 's', 'H')
	case phaseForward, phaseTunnel:
		if c := st.c; st.phase == phaseTunnel && !c.link.ended && c.timer.Due() != 0 && c.timer.Due() <= st.th.Now() {
			st.clientTimeout() // both were silent for as long: the client comes first
			return
		}
		st.countServerAbort()
		st.abort('s', 'D')
	}
}
