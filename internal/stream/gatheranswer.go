package stream

import "github.com/sluice-proxy/sluice/internal/codec/http1"

// An answer is held back in the same way as a request while a rule waits for its
// body (manual 4.4, "wait-for-body"). What comes stays in the server's link.

// answerGathered tells whether as much of the answer's body is there as a rule
// waits for; else the answer waits, ns at most.
func (st *stream) answerGathered(ns int64, atLeast int, large bool) bool {
	st.gatherMost = st.th.e.gatherMost(large)
	if st.answerEnough(atLeast) {
		return true
	}
	st.keepAnswer()
	st.paused, st.gathering, st.gatherLeast = true, true, atLeast
	st.th.SetTimer(&st.timer, st.th.Now()+ns)
	st.armServer()
	return false
}

func (st *stream) answerEnough(atLeast int) bool {
	if st.resBody.Done() || st.up.link.ended || len(st.resRest) >= st.gatherMost {
		return true
	}
	have, done := bodyIn(st.resBody, st.resRest, nil)
	return done || atLeast > 0 && have >= atLeast
}

// gatherAnswer looks at what came of the body. When it is enough, the rules go on.
func (st *stream) gatherAnswer(b []byte) (used int) {
	st.resRest = b
	if !st.answerEnough(st.gatherLeast) {
		st.resRest = nil
		st.armServer()
		return 0
	}
	st.gathering = false
	st.th.ClearTimer(&st.timer)
	kind := st.res.ResponseBody(st.req.Method)
	body := st.resBody
	if _, err := body.Pass(b); err != nil {
		st.gatherBroken()
		return len(b)
	}
	return st.goOn(kind, b)
}

// gatherEnded: the server sends no more. What is there must do.
func (st *stream) gatherEnded() {
	u := &st.up.link
	b := u.in
	u.in = b[:0]
	if len(b) > 0 {
		u.give(b)
		return
	}
	u.keep(b[st.gatherAnswer(nil):])
}

// gatherLate: the body did not come in time.
func (st *stream) gatherLate() {
	st.gathering = false
	st.giveUp(504, 's', 'H')
}

// gatherBroken: what came is no body.
func (st *stream) gatherBroken() {
	st.gathering = false
	st.countResponseError()
	st.giveUp(502, 'P', 'H')
}

// ResponseBody implements sample.Body.
func (st *stream) ResponseBody(dst []byte) []byte {
	bodyIn(st.resBody, st.resRest, &dst)
	return dst
}

// ResponseSize implements sample.Body: -1 when the answer does not say.
func (st *stream) ResponseSize() int64 {
	if st.resBody.Kind() != http1.BodyLength {
		return -1
	}
	return st.res.ContentLength
}
