package stream

import "github.com/sluice-proxy/sluice/internal/proxy"

// MaxConn is how many clients may be connected at once; 0: any number.
func (e *Engine) MaxConn() int64 { return e.maxConn.Load() }

// SetMaxConn changes MaxConn. Clients who waited for a place are accepted.
func (e *Engine) SetMaxConn(n int64) {
	e.maxConn.Store(n)
	if e.hasPlace() && e.held.CompareAndSwap(true, false) {
		e.serving.sync()
	}
}

// hasPlace tells whether the process may take one more client.
func (e *Engine) hasPlace() bool { n := e.maxConn.Load(); return n <= 0 || e.Conns.Load() < n }

// SetFrontendMaxConn changes the limit of a frontend; 0: nobody more is accepted.
func (e *Engine) SetFrontendMaxConn(fe *proxy.Frontend, n int64) {
	fe.SetMaxConn(n)
	if fe.Room() && fe.Full.CompareAndSwap(true, false) {
		e.serving.sync()
	}
}

// ConnRate limits the connections of the process a second, SessRate its sessions.
func (e *Engine) ConnRate() *proxy.Limiter { return &e.connRate }

// SessRate is described with ConnRate.
func (e *Engine) SessRate() *proxy.Limiter { return &e.sessRate }
