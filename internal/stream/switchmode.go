package stream

// toHTTP goes on with a TCP session as HTTP (manual 4, "switch-mode http" and the
// choice of a backend in HTTP mode). What was decided holds; next comes the head of
// a request, then the HTTP rules of the frontend, if it has any. From now on the
// connection carries requests.
func (st *stream) toHTTP() {
	st.admit()
	c := st.c
	c.http, st.http = true, true
	st.phase, st.step = phaseHead, stepFrontHTTP
	st.reqDone, st.tHead = false, 0
	st.req.Reset()
	d := st.fe.Timeouts.HTTPRequest
	if d == 0 {
		d = st.fe.Timeouts.Client
	}
	c.arm(st.tFirst, d)
}

// offerAgain gives an HTTP stream what its connection held back as TCP.
func (st *stream) offerAgain() {
	c := st.c
	l := &c.link
	if b := l.in; len(b) > 0 {
		l.in = b[:0]
		l.give(b)
	}
	if !l.ended || l.closed() {
		return
	}
	// The end of the client was told while nobody looked for a request.
	switch {
	case c.st == st && st.phase == phaseHead:
		st.clientEOF()
	case c.st == st:
		st.keep = false
	case c.st == nil && !c.closing && !c.lingering:
		c.end()
	}
}
