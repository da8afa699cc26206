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

// HasTrackers tells whether other servers take their state from this one.
func (w *Watch) HasTrackers() bool {
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	return len(w.trackers) > 0
}

// Checked tells whether the server's health is checked, or would be if nobody had
// disabled that.
func (w *Watch) Checked() bool { return w.check != nil }

// Found says that a server whose name was not found has an address now.
func (w *Watch) Found() {
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	w.admin(proxy.NoAddress, 0, nil)
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
