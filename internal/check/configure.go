package check

import (
	"slices"

	"github.com/sluice-proxy/sluice/internal/proxy"
)

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

// Follow is Track while the process serves; nobody else looks at the servers. Who comes
// last is told first.
func (w *Watch) Follow(other *Watch) {
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	other.trackers = append([]*Watch{w}, other.trackers...)
	tracked := other.srv.Health.Get()
	w.srv.Health.With(func(h *proxy.HealthView) {
		h.Tracks = other.srv
		if tracked.Admin&proxy.AnyMaint != 0 {
			h.Admin |= proxy.InheritedMaint
		}
		if tracked.Admin&proxy.AnyDrain != 0 {
			h.Admin |= proxy.InheritedDrain
		}
	})
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
	if h := srv.Health.Get(); h.Tracks != nil {
		if other := m.all[h.Tracks]; other != nil {
			other.trackers = slices.DeleteFunc(other.trackers, func(t *Watch) bool { return t == w })
		}
	}
	for _, c := range []*checker{w.check, w.agent} {
		if c != nil {
			go c.stop()
		}
	}
}
