package stream

import (
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// established: there is a connection to the server; the request goes out.
func (st *stream) established() {
	st.th.ClearTimer(&st.timer)
	st.up.link.nice = st.c.link.nice
	st.tConnected = st.th.Now()
	st.noteSource()
	st.ctx.ServerConn = sample.ServerConn{Open: true, Reused: st.reused}
	st.reached(logs.StageConnect)
	if !st.http {
		st.openTunnel()
		return
	}
	if st.be.NoDelay || st.fe.NoDelay {
		st.up.promptly()
	}
	st.phase = phaseResponse
	st.sendRequest()
}

// sendRequest sends the head, and of the body what came with it.
func (st *stream) sendRequest() {
	u := st.up
	st.tellName()
	if st.ctx.Why != nil {
		st.whyRequest(st.hold)
	}
	var err error
	ok := true
	if !st.reqDone && len(st.rest) > 0 {
		var out []byte
		out, st.used, err = st.forward(&st.reqBody, st.rest)
		st.bytesIn += int64(st.used)
		ok = u.link.send2(st.hold, out)
		if st.replay {
			st.keepBody(out)
		}
	} else {
		ok = u.link.send(st.hold)
	}
	st.sent = true
	if err != nil {
		st.brokenBody()
		return
	}
	if !ok && st.resend() {
		return
	}
	if !st.replay && (!st.idempotent || !st.reused) {
		st.letGo()
	}
	if st.reqDone || st.reqBody.Done() {
		st.requestSent()
		return
	}
	u.promptly()
	st.spliceUp(0)
	st.wantBody()
}

// resend repeats the request over a new connection when a reused one was dead
// before a byte of the answer came: the server had closed it while it was
// idle. Only for requests that may be repeated and were kept.
func (st *stream) resend() bool {
	if !st.reused || !st.idempotent || st.hold == nil || st.res.Pending() {
		return false
	}
	st.up.close()
	st.countServer()
	st.up = nil
	st.sent, st.reused = false, false
	st.tConnected = 0
	st.countRetry()
	st.attempt()
	return true
}
