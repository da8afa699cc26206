package stream

import (
	"syscall"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/rule"
)

// pages are the error pages in force: the backend's once there is one.
func (st *stream) pages() *proxy.Pages {
	if st.be != nil {
		return st.be.Pages
	}
	return st.fe.Pages
}

// page answers with an error page and ends the stream. Errors of the request
// itself and time-outs close the connection; others leave it open when the
// whole request was read.
func (st *stream) page(status int) {
	p := st.pages().Get(status)
	if st.status == 0 || !st.answered {
		st.status = p.Status
	}
	if len(p.Head) == 0 {
		st.keep = false
		st.finishReply()
		return
	}
	st.keep = st.keep && st.reqDone
	out := append(st.th.Out[:0], p.Head...)
	out = st.appendConnection(out)
	out = append(out, "\r\n"...)
	if st.req.Method != http1.MethodHead {
		out = append(out, p.Body...)
	}
	st.sendReply(out)
}

// reply answers with what a rule says.
func (st *stream) reply(r *rule.Reply) {
	if r.ErrorPage {
		st.page(r.Status)
		return
	}
	// An answer of ours says nothing of keep-alive, which HTTP/1.0 wants said.
	st.keep = st.keep && st.reqDone && !r.Closes() && st.req.Minor > 0
	st.status = r.Status
	st.sendReply(r.Append(st.th.Out[:0], &st.ctx, st.req.Method == http1.MethodHead, !st.keep))
}

func (st *stream) connectionField() []byte {
	switch {
	case !st.keep:
		return fieldClose
	case st.req.Minor == 0:
		return fieldKeep
	}
	return nil
}

func (st *stream) appendConnection(out []byte) []byte { return append(out, st.connectionField()...) }

var (
	fieldClose = []byte("connection: close\r\n")
	fieldKeep  = []byte("connection: keep-alive\r\n")
)

func (st *stream) sendReply(out []byte) {
	st.bytesOut += int64(len(out))
	st.answered = true
	ok := st.c.link.send(out)
	st.th.Out = out[:0]
	if !ok {
		st.clientBroken(syscall.EPIPE)
		return
	}
	st.finishReply()
}

// finishReply ends a stream whose answer came from us.
func (st *stream) finishReply() {
	st.detach(false)
	if st.c.link.pending() {
		st.phase = phaseLast
		st.c.arm(st.th.Now(), st.fe.Timeouts.Client)
		return
	}
	st.complete(st.keep)
}
