package stream

// body forwards what came of the request's body.
func (st *stream) body(b []byte) (int, bool) {
	u := st.up
	n, err := st.reqBody.Pass(b)
	st.bytesIn += int64(n)
	if n > 0 && !u.link.dead {
		// A server connection that turns out dead may still hold an answer: it is
		// read before anything else is decided, and the rest of the body is thrown
		// away.
		u.link.send(b[:n])
	}
	if err != nil {
		st.brokenBody()
		return len(b), false
	}
	if st.reqBody.Done() {
		st.requestSent()
		return n, true
	}
	st.wantBody()
	return n, false
}

// wantBody goes on reading the request's body if the server takes it.
func (st *stream) wantBody() {
	if st.up.link.pending() {
		st.c.link.pause()
	} else {
		st.c.link.resume()
	}
	st.armClient()
	st.armServer()
}

// brokenBody: the request's framing is broken in the middle.
func (st *stream) brokenBody() {
	st.fe.Loops[st.th.id].ReqErrors++
	st.keep = false
	if st.answered {
		st.abort('P', 'D')
		return
	}
	st.end('P', st.stateNow())
	st.page(400)
}

// requestSent: the whole request was given to the server's link.
func (st *stream) requestSent() {
	st.reqDone = true
	st.armClient()
	st.armServer()
	if st.phase == phaseForward && st.resBody.Done() {
		st.responseDone()
	}
}
