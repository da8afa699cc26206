package stream

import "github.com/sluice-proxy/sluice/internal/proxy"

// Shutdown ends all streams of a server ("on-marked-down", "on-marked-up"); they
// are logged with the cause.
func (e *Engine) Shutdown(srv *proxy.Server, cause byte) {
	for _, t := range e.threads {
		t.Post(func() { t.shutdown(srv, cause) })
	}
}

func (t *Thread) shutdown(srv *proxy.Server, cause byte) {
	for c := t.first; c != nil; {
		next := c.next // ending a stream may end its session
		c.closeOwn(srv)
		if st := c.st; st != nil && st.srv == srv {
			st.kill(cause)
		}
		c = next
	}
	if p := t.idle[srv.Num]; p != nil {
		p.closeAll()
	}
}

// kill ends the stream.
func (st *stream) kill(cause byte) {
	defer st.c.link.contain()
	status := 503
	if st.phase >= phaseResponse { // the server was asked
		status = 502
	}
	st.giveUp(status, cause, st.where())
}

// where is the state of termination that logs have for a stream cut in its phase.
func (st *stream) where() byte {
	switch st.phase {
	case phaseQueue:
		return 'Q'
	case phaseConnect:
		return 'C'
	case phaseResponse:
		return 'H'
	case phaseForward, phaseTunnel:
		return 'D'
	}
	return 'L'
}

// observeConnect is observe for the outcome of a connection attempt.
func (st *stream) observeConnect(ok bool) {
	if srv := st.srv; srv != nil && srv.Observe != nil {
		srv.Observe.Connected(srv, ok)
	}
}

// observe tells who judges servers by their traffic of an answer: its status, or
// 0 and what went wrong.
func (st *stream) observe(status int, fault string) {
	if srv := st.srv; srv != nil && srv.Observe != nil {
		srv.Observe.Answered(srv, status, fault)
	}
}
