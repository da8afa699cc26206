package check

import "github.com/sluice-proxy/sluice/internal/proxy"

// Configure changes whether the configuration says "disabled". What was set at run
// time gives way.
func (w *Watch) Configure(disabled bool) {
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	off, on := proxy.ForcedMaint|proxy.ForcedDrain|proxy.ConfigMaint, proxy.Admin(0)
	if disabled {
		off, on = proxy.ForcedDrain, proxy.ForcedMaint|proxy.ConfigMaint
	}
	w.admin(off, on, nil)
}

// Tracked tells whether other servers take their state from this one, or this one
// from another.
func (w *Watch) Tracked() bool {
	h := w.srv.Health.Get()
	return len(w.trackers) > 0 || h.Tracks != nil
}

// Forget ends the checks of a server and keeps its state no more. It does not wait
// for them. Like Add, while the process serves, it is called when no stream and no
// command runs.
func (m *Monitor) Forget(srv *proxy.Server) {
	m.mu.Lock()
	defer m.mu.Unlock()
	w := m.all[srv]
	if w == nil {
		return
	}
	delete(m.all, srv)
	for _, c := range []*checker{w.check, w.agent} {
		if c != nil {
			go c.stop()
		}
	}
}
