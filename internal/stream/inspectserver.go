package stream

import "github.com/sluice-proxy/sluice/internal/rule"

// "tcp-response content" holds back what comes from a server in the same way. In
// TCP mode it begins with the connection, in HTTP mode with the head of an answer,
// which stays in the link and is parsed again for each look.

// letThrough runs the rules over b. False: not now, or never.
func (st *stream) letThrough(b []byte) bool {
	st.responseEnv()
	x, delay := &st.ctx, st.be.InspectResponse
	x.ResPayload = b
	if !st.http {
		x.Res, x.NotHTTP = nil, true
	}
	u := &st.up.link
	over := st.inspectTill != 0 && st.th.Now() >= st.inspectTill || u.ended || u.dead || st.full(b)
	x.Partial = delay > 0 && !over
	v := st.be.TCPResponse.Run(x, &st.result)
	x.Partial, x.NotHTTP, x.ResPayload = false, false, nil
	switch v {
	case rule.Continue, rule.Accept:
		st.screened = true
		st.inspectTill = 0
		st.th.ClearTimer(&st.timer)
		return true
	case rule.Wait:
		if st.inspectTill == 0 {
			st.inspectTill = st.th.Now() + delay
		}
		st.th.SetTimer(&st.timer, st.inspectTill)
	case rule.CloseServer:
		st.closeServer()
	default:
		st.denied(false)
		st.abort('P', 'D')
	}
	return false
}

// closeServer parts with the server as if it had closed the connection.
func (st *stream) closeServer() {
	if st.http {
		st.countResponseError()
		st.giveUp(502, 'S', 'H')
		return
	}
	st.keep = false
	st.finishReply()
}

// screens tells whether what the server sends must still pass the rules.
func (st *stream) screens() bool { return len(st.be.TCPResponse) > 0 && !st.screened }

// screenTunnel is given what a server of a TCP session sent.
func (st *stream) screenTunnel(b []byte) (used int) {
	c, u := st.c, &st.up.link
	if !st.letThrough(b) {
		if c.st != st || st.up == nil {
			return len(b)
		}
		return 0
	}
	u.tunnel(st, &c.link)
	if len(b) == 0 {
		return 0
	}
	return st.tunnelDown(b)
}

// screenAgain has the rules look again at what is there: the delay is over, or
// the server has sent all it will.
func (st *stream) screenAgain() {
	u := &st.up.link
	b := u.in
	u.in = b[:0]
	if len(b) == 0 && st.phase == phaseTunnel {
		st.screenTunnel(nil)
		return
	}
	u.give(b)
}
