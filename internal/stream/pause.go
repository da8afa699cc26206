package stream

import "github.com/sluice-proxy/sluice/internal/rule"

// pause has a request wait before its next rule.
func (st *stream) pause(ns int64) {
	st.halt()
	st.th.SetTimer(&st.timer, st.th.Now()+ns)
}

// tarpit holds a request back before it is refused.
func (st *stream) tarpit() {
	st.halt()
	st.tarpitted = true
	st.denied(true)
	st.th.SetTimer(&st.timer, st.th.Now()+st.tarpitTime())
}

// endTarpit refuses it at last.
func (st *stream) endTarpit() {
	st.end('P', 'T')
	x := st.env()
	x.Req = &st.req
	st.reply(st.result.Reply)
}

// pauseResponse has an answer wait before its next rule. Its head is kept beside;
// what follows of it stays with the server.
func (st *stream) pauseResponse(ns int64) {
	st.keepAnswer()
	st.paused = true
	u := st.up
	u.link.pause()
	st.th.ClearTimer(&u.timer)
	st.th.SetTimer(&st.timer, st.th.Now()+ns)
}

// keepAnswer keeps the head of an answer that waits.
func (st *stream) keepAnswer() {
	if st.raw == nil {
		return // it waits again
	}
	st.kept = append(st.kept[:0], st.raw...)
	st.res.Rebase(st.kept)
	st.raw = nil
}

// resumeResponse goes on with the rules of an answer.
func (st *stream) resumeResponse() {
	c, u := st.c, &st.up.link
	u.paused = false
	b := u.in
	u.in = b[:0]
	u.give(b)
	if u.ended && c.st == st && st.up != nil && !st.paused {
		st.serverEOF() // a rule waited for the body before, and had it all
		return
	}
	if u.fd >= 0 && !u.paused {
		u.again() // for what came meanwhile
	}
}

// obeyAnswer runs the rules of the backend, then those of the frontend. After a
// pause it goes on where it stopped.
func (st *stream) obeyAnswer() bool {
	sets := [...]rule.Set{st.be.HTTPResponse, st.fe.HTTPResponse}
	for int(st.resStep) < len(sets) {
		if st.resStep == 1 && st.be.Spec == st.fe.Spec {
			break // they are the same
		}
		if st.resStep == 0 {
			st.answers("backend ", st.be.Name, sets[0])
		} else {
			st.answers("frontend ", st.fe.Name, sets[1])
		}
		if !st.obey(sets[st.resStep], false) {
			return false
		}
		st.resStep++
	}
	return true
}
