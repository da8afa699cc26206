package stream

import "github.com/sluice-proxy/sluice/internal/sample"

// openVars gives the stream the variables of its session, and empty sets of its
// own.
func (st *stream) openVars() {
	st.txn.Init(sample.VarTxn, &st.c.vars)
	st.reqres.Init(sample.VarReq, &st.txn)
	in := &st.ctx.Vars
	in[sample.VarSess], in[sample.VarTxn] = &st.c.vars, &st.txn
	in[sample.VarReq], in[sample.VarRes] = &st.reqres, nil
}

// onlySessionVars is for rules that run before there is a stream.
func (st *stream) onlySessionVars() {
	st.ctx.Vars[sample.VarTxn], st.ctx.Vars[sample.VarReq] = nil, nil
}

// answerVars ends the life of the variables of the request: those of the answer
// take their place, as soon as a server is asked for or an answer of ours is made
// (manual 2.8).
func (st *stream) answerVars() {
	in := &st.ctx.Vars
	if in[sample.VarReq] == nil {
		return
	}
	st.reqres.Clear(sample.VarRes)
	in[sample.VarReq], in[sample.VarRes] = nil, &st.reqres
}

// closeVars forgets the stream's variables; the finer set first, whose memory
// counts in the other.
func (st *stream) closeVars() {
	st.reqres.Clear(sample.VarReq)
	st.txn.Clear(sample.VarTxn)
}
