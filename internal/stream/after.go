package stream

import "github.com/sluice-proxy/sluice/internal/codec/http1"

// amends tells whether there are rules for every answer ("http-after-response").
func (st *stream) amends() bool {
	return len(st.fe.HTTPAfter) > 0 || st.be != nil && len(st.be.HTTPAfter) > 0
}

// amend runs them over the answer in st.res: those of the backend first. The log has
// the status that they set; else that of the reason for the answer stays, which a
// page from a file need not have.
func (st *stream) amend() {
	st.answerVars()
	st.responseEnv()
	st.ctx.Room = 0 // what an error page is told must not make another error
	was := st.res.Status
	if st.be != nil {
		st.answers("backend ", st.be.Name, st.be.HTTPAfter)
		st.be.HTTPAfter.Run(&st.ctx, &st.result)
	}
	if st.be == nil || st.be.Spec != st.fe.Spec {
		st.answers("frontend ", st.fe.Name, st.fe.HTTPAfter)
		st.fe.HTTPAfter.Run(&st.ctx, &st.result)
	}
	if st.res.Status != was {
		st.status = st.res.Status
	}
}

// sendAmended sends an answer of ours as the rules leave it. One that is no HTTP,
// as an error file may be, is sent as it is.
func (st *stream) sendAmended(out []byte) bool {
	st.resRest = nil // it belongs to another answer
	h := &st.res
	h.Reset()
	method := st.req.Method
	if st.headOnly {
		method = http1.MethodHead
	}
	n, err := h.ParseResponse(out, &st.th.e.limits, method)
	if err != nil || n == 0 {
		st.answered = true
		return st.toClient(out, nil)
	}
	h.Del("connection") // what becomes of it is no rule's business
	servers := st.resBody
	st.resBody.Reset(http1.BodyLength, int64(len(out)-n))
	st.resRest = out[n:]
	st.amend()
	st.resBody, st.resRest = servers, nil
	switch {
	case !st.keep:
		st.addConnection(h, valueClose)
	case st.req.Minor == 0:
		st.addConnection(h, valueKeep)
	}
	st.answered = true
	head := h.Append(st.th.Get(n))
	if st.ctx.Why != nil {
		st.whyAnswer(head)
	}
	adjustCase(head, st.fe.CaseAdjust)
	ok := st.toClient(head, out[n:])
	st.th.Put(head)
	return ok
}
