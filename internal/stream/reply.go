package stream

import (
	"bytes"
	"slices"

	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/rule"
)

// errorPage is the page in force for a status: the backend's own once there is
// a backend, else the frontend's.
func (st *stream) errorPage(status int) *proxy.Page {
	if st.be != nil {
		if p := st.be.Pages.Own(status); p != nil {
			return p
		}
	}
	return st.fe.Pages.Get(status)
}

// page answers with an error page and ends the stream. Errors of the request
// itself and the client's time-outs close the connection; others leave it open.
func (st *stream) page(status int) {
	p := st.errorPage(status)
	if p.Reply != nil {
		st.env()
		st.reply(p.Reply)
		return
	}
	if st.status == 0 || !st.answered {
		st.status = p.Status
	}
	if len(p.Head) == 0 {
		st.keep = false
		st.finishReply()
		return
	}
	st.keep = st.keeps()
	out := append(st.th.Out[:0], p.Head...)
	out = append(out, st.asks...)
	out = st.appendConnection(out)
	out = append(out, "\r\n"...)
	if !st.headOnly {
		out = append(out, p.Body...)
	}
	st.sendReply(out)
}

// reply answers with what a rule says.
func (st *stream) reply(r *rule.Reply) {
	if r.ErrorPage {
		if r.Challenge {
			st.challenge(r.Realm)
			return
		}
		st.page(r.Status)
		return
	}
	st.keep = st.keeps() && !r.Closes()
	st.status = r.Status
	out := r.Append(st.th.Out[:0], &st.ctx, st.headOnly, !st.keep)
	if i := bytes.IndexByte(out, '\n') + 1; i > 0 && st.asks != "" {
		out = slices.Insert(out, i, []byte(st.asks)...)
	}
	if st.keep && st.req.Minor == 0 {
		// An answer of ours says nothing of keep-alive, which HTTP/1.0 wants said.
		if i := bytes.IndexByte(out, '\n') + 1; i > 0 {
			out = slices.Insert(out, i, fieldKeep...)
		}
	}
	st.sendReply(out)
}

func (st *stream) appendConnection(out []byte) []byte {
	switch {
	case !st.keep:
		return append(out, fieldClose...)
	case st.req.Minor == 0:
		return append(out, fieldKeep...)
	}
	return out
}

var (
	fieldClose = []byte("connection: close\r\n")
	fieldKeep  = []byte("connection: keep-alive\r\n")
)

func (st *stream) sendReply(out []byte) {
	ok := false
	if st.ctx.Why != nil && !(st.amends() && st.tHead != 0 && !st.broken) {
		st.whyAnswer(out)
	}
	// An error in the request itself is answered as it is, and so is one of ours:
	// it may lie in the rules.
	if st.amends() && st.tHead != 0 && !st.broken {
		ok = st.sendAmended(out)
	} else {
		st.answered = true
		adjustCase(out, st.fe.CaseAdjust)
		ok = st.toClient(out, nil)
	}
	st.th.Out = out[:0]
	if st.http && st.tHead == 0 && !st.broken {
		st.bytesOut = 0 // the line of what was no request counts none
	}
	if ok {
		st.finishReply()
	}
}

// finishReply ends a stream that has nothing more to say, once the client has
// taken what was said.
func (st *stream) finishReply() {
	st.detach(false)
	if st.c.link.pending() {
		st.phase = phaseLast
		st.armClient()
		return
	}
	st.complete(st.keep)
}
