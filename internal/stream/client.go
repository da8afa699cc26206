package stream

import (
	"syscall"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// armClient starts the client's time to send or to take what we wait for, and
// stops it while we wait for nothing of it.
func (st *stream) armClient() {
	c := st.c
	body := !st.reqDone && !c.link.paused && (st.phase == phaseResponse || st.phase == phaseForward)
	switch {
	case st.phase == phaseTunnel:
		st.alive(nil)
	case body, c.link.pending():
		c.arm(st.th.Now(), st.clientTime())
	default:
		st.th.ClearTimer(&c.timer)
	}
}

// clientEOF: the client will send no more.
func (st *stream) clientEOF() {
	if st.hasten(); st.c == nil {
		return
	}
	switch {
	case st.phase == phaseHead && st.betweenRequests():
		st.vanish()
	case st.phase == phaseHead:
		st.headCut()
	case st.gathering && st.phase == phaseRules:
		st.gatherCut()
	case st.tarpitted && st.phase == phaseRules:
		st.endTarpit() // it learns no more
	case st.phase == phaseRules && !st.http:
		st.carryOn() // there is no more for the rules to see
	case st.phase == phaseTunnel:
		st.tunnelEOF(&st.up.link)
	case !st.http && st.phase != phaseLast:
		// It left before there was a connection, without a word for the server.
		st.countClientAbort()
		st.abort('C', st.stateNow())
	case !st.reqDone && st.phase == phaseForward:
		// The answer came before the request's end, and the client saves itself the
		// rest: the answer is still wanted.
		st.keep, st.serverKeeps = false, false
		if st.resBody.Done() {
			st.responseDone()
			return
		}
		st.up.link.shutdown()
		st.armServer()
	case !st.reqDone:
		// The body stops in the middle.
		st.countClientAbort()
		if st.status == 0 {
			st.status = 400 // for the log: there is nobody to be told
		}
		st.abort('C', st.stateNow())
	case st.phase != phaseLast && st.be != nil && st.be.AbortOnClose:
		st.clientLeft()
	default:
		// Half-closed after a complete request: that is allowed, the answer is
		// still wanted.
		st.keep = false
	}
}

// hasten: who left when there is a connection to a server already is told apart from
// who leaves before.
func (st *stream) hasten() {
	if st.phase == phaseConnect && st.up != nil {
		st.up.link.hasten()
	}
}

// clientEnding: the client of a TCP session that has no server yet will send no
// more than what waits for that server. With HTTP the bytes that wait are another
// request, and its end alone would tell something.
func (st *stream) clientEnding() {
	if st.hasten(); st.c == nil {
		return
	}
	if !st.http && (st.phase == phaseQueue || st.phase == phaseConnect) && st.be.AbortOnClose {
		st.clientLeft()
	}
}

// clientLeft takes a half-close for a departure ("option abortonclose").
func (st *stream) clientLeft() {
	st.keep = false
	if st.phase == phaseResponse || st.phase == phaseForward || !st.http { // the reference does not count who leaves before there is a server
		st.countClientAbort()
	}
	if st.phase == phaseResponse {
		st.giveUp(400, 'C', 'H')
		return
	}
	st.abort('C', st.stateNow())
}

// headCut: the client ended in the middle of a head, or before it.
func (st *stream) headCut() {
	if st.probe() {
		st.vanish()
		return
	}
	st.noHead()
	st.countClientAbort()
	st.end('C', 'R')
	st.nothing = !st.bytesSeen()
	st.page(400)
}

// probe tells a connection that ends without a byte of a request, where nobody is
// to hear of those ("option http-ignore-probes").
func (st *stream) probe() bool { return st.fe.IgnoreProbes && st.http && !st.bytesSeen() }

func (st *stream) bytesSeen() bool {
	return len(st.c.link.in) > 0 || st.bytesIn > 0 || st.req.Pending()
}

// betweenRequests: all that came on a kept connection are empty lines.
func (st *stream) betweenRequests() bool {
	return st.http && st.c.requests > 1 && !st.req.Pending()
}

// clientBroken: the client's connection is dead.
func (st *stream) clientBroken(errno syscall.Errno) {
	known := st.clientGone
	st.clientGone, st.clientErr = true, sample.ConnErrorOf(errno)
	switch {
	case st.phase == phaseHead && (st.betweenRequests() || st.probe()):
		st.vanish()
		return
	case st.phase == phaseHead && st.http:
		st.noHead()
		st.nothing = !st.bytesSeen()
		st.status = 400
	case st.phase == phaseRules && st.gathering:
		st.gatherCut() // the rules say which backend it would have been
		return
	case st.phase == phaseRules && !st.http:
		st.enterUnserved()
	case st.status == 0 && st.phase == phaseResponse:
		st.status = 400
	}
	if waits := st.http && (st.phase == phaseQueue || st.phase == phaseConnect); !known && !waits { // else it is the answer that cannot be sent any more
		st.countClientAbort()
	}
	st.abort('C', st.stateNow())
}

// enterUnserved: a TCP session ends while rules wait for more of it. It counts for the
// backend that it would have had, as an error of the client's.
func (st *stream) enterUnserved() {
	st.c.tally(func(n *counters) { n.ReqErrors++ })
	if st.be == nil && st.fe.Pending == nil {
		if be := st.fe.Choose(st.env()); be != nil {
			st.enter(be)
		}
	}
	st.unrouted = true
}

func (st *stream) countClientAbort() {
	id := st.th.id
	st.fe.Loops[id].ClientAborts++
	if st.phase == phaseConnect {
		return // neither of the others has begun with it
	}
	if st.be != nil {
		st.be.Loops[id].ClientAborts++
	}
	if st.srv != nil {
		st.srv.Loops[id].ClientAborts++
	}
}

// clientDrained: what waited for the client is written.
func (st *stream) clientDrained() {
	switch st.phase {
	case phaseLast:
		st.complete(st.keep)
	case phaseTunnel:
		st.up.link.resume()
		st.alive(nil)
		st.tunnelCheck()
	case phaseForward, phaseResponse:
		if !st.paused {
			st.up.link.resume()
		}
		st.armClient()
		st.armServer()
	}
}

// clientProgress: the client took some of what waits for it.
func (st *stream) clientProgress() { st.armClient() }

// clientTimeout: the client was silent, or took nothing, for too long.
func (st *stream) clientTimeout() {
	switch {
	case st.phase == phaseHead && (st.betweenRequests() || st.probe()):
		st.vanish()
	case st.phase == phaseHead && st.http:
		st.noHead()
		st.nothing = !st.bytesSeen()
		st.end('c', 'R')
		st.page(408)
	case st.answered || !st.http || st.phase == phaseLast:
		if st.srv != nil {
			st.countClientAbort()
		}
		st.abort('c', st.stateNow())
	default:
		// The reference has no 408 for a body.
		st.keep = false
		if st.srv != nil {
			st.srv.Loops[st.th.id].ClientAborts++
			st.be.Loops[st.th.id].ClientAborts++
		}
		st.end('c', st.stateNow())
		st.page(400)
	}
}
