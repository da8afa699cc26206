package stream

import (
	"bytes"
	"strconv"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// monitored answers requests for "monitor-uri" before any rule for requests: the
// proxy works, unless a "monitor fail" holds. They are not logged. False: it is
// another request.
func (st *stream) monitored() bool {
	want := st.fe.MonitorURI
	target := st.req.Target()
	if want[0] == '/' {
		target = sample.PathAndQuery(&st.req)
	}
	if !bytes.Equal(target, []byte(want)) {
		return false
	}
	st.logged = true
	st.fe.Loops[st.th.id].Intercepted++
	status := 200
	if st.fe.MonitorFail.Hold(&st.ctx) {
		status = 503
	}
	if w := st.ctx.Why; w != nil {
		w.Note("monitor-uri "+want, "answer "+strconv.Itoa(status))
	}
	st.end('L', 'R')
	st.page(status)
	return true
}
