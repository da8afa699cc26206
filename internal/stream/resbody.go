package stream

import "github.com/sluice-proxy/sluice/internal/codec/http1"

// responseBody forwards a piece of the body.
func (st *stream) responseBody(b []byte) (used int) {
	st.up.link.unsplice()
	mute := st.mute()
	if st.dechunk && !mute {
		return st.unpack(b)
	}
	out, n, err := st.forward(&st.resBody, b)
	if len(out) > 0 && !mute && !st.toClient(out, nil) {
		return len(b)
	}
	if err != nil {
		st.badBody()
		return len(b)
	}
	return st.afterBody(n)
}

// mute tells whether the body is not for the client: a rule made another method of
// its HEAD ("http-request set-method").
func (st *stream) mute() bool { return st.headOnly && st.req.Method != http1.MethodHead }

// unpack forwards the content of chunks without their framing.
func (st *stream) unpack(b []byte) (used int) {
	for used < len(b) && !st.resBody.Done() {
		before := st.resBody.Passed()
		data, n, err := st.resBody.Payload(b[used:])
		if err != nil {
			st.keepBroken(&st.resBody, b[used:], err, before)
		}
		used += n
		if len(data) > 0 && !st.toClient(data, nil) {
			return len(b)
		}
		if err != nil {
			st.badBody()
			return len(b)
		}
		if n == 0 {
			break
		}
	}
	return st.afterBody(used)
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
	}
	st.spliceDown(used)
	st.armClient()
	st.armServer()
	return used
}

// badBody: the server's framing broke in the middle of an answer.
func (st *stream) badBody() {
	st.countResponseError()
	st.abortAfterFlush('P', 'D')
}

// earlyResponse: the answer is complete while the client still sends its
// request. A server that keeps its connection open takes the rest; with one
// that closes, the rest is thrown away.
func (st *stream) earlyResponse() {
	if st.keep && st.serverKeeps && !st.up.link.dead {
		st.wantBody()
		return
	}
	st.responseDone()
}

// responseDone: the answer is complete at our side; the server is free, the
// client may still have to take some of it.
func (st *stream) responseDone() {
	st.detach(st.serverKeeps && st.reqDone && !st.th.e.poolless())
	st.finishReply()
}
