package stream

import (
	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/loop"
)

// forward moves a body over the bytes of b and returns what to send in place of
// the n that belong to it.
func (st *stream) forward(body *http1.Body, b []byte) (out []byte, n int, err error) {
	t, before := st.th, body.Passed()
	if out, n, err = body.Forward(t.text, b); err != nil {
		st.keepBroken(body, b, err, before)
	}
	if len(out) > 0 && &out[0] != &b[0] && cap(out) > cap(t.text) && cap(out) <= 2*loop.BufSize {
		t.text = out[:0] // it had to grow
	}
	return out, n, err
}

// body forwards what came of the request's body.
func (st *stream) body(b []byte) (int, bool) {
	u := st.up
	st.c.link.unsplice()
	out, n, err := st.forward(&st.reqBody, b)
	st.bytesIn += int64(n)
	if st.replay {
		st.keepBody(out)
	}
	if len(out) > 0 && !u.link.dead {
		// A server connection that turns out dead may still hold an answer: it is
		// read before anything else is decided, and the rest of the body is thrown
		// away.
		u.link.send(out)
	}
	if err != nil {
		st.brokenBody()
		return len(b), false
	}
	if st.reqBody.Done() {
		st.requestSent()
		return n, true
	}
	st.spliceUp(n)
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
	st.c.tally(func(n *counters) { n.ReqErrors++ })
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
