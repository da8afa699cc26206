package mworker

// keeping tells Options.Kept of the changes of the store, off Run's goroutine
// and one call at a time.
type keeping struct {
	busy, stale bool
	waiting     []func() // what may happen only when every change was told
}

// storeChanged is called after each change. One by which the master ends at once
// is not told: whoever keeps copies may hand them to the next master.
func (m *Master) storeChanged() {
	if m.opts.Kept == nil || m.sup.stop == stopNow {
		return
	}
	m.keeping.stale = true
	m.tellKept()
}

func (m *Master) tellKept() {
	k := &m.keeping
	if k.busy || !k.stale {
		return
	}
	k.busy, k.stale = true, false
	listeners := make(map[string]int, len(m.store))
	var held []*descriptor
	for key, d := range m.store {
		listeners[key] = d.fd
		held = append(held, d.hold())
	}
	go func() {
		m.opts.Kept(listeners)
		releaseAll(held)
		m.post(message{call: m.keptTold})
	}()
}

func (m *Master) keptTold() {
	k := &m.keeping
	k.busy = false
	m.tellKept()
	if k.busy {
		return
	}
	waiting := k.waiting
	k.waiting = nil
	for _, f := range waiting {
		f()
	}
}

// onceKept calls f when no change of the store is still to be told.
func (m *Master) onceKept(f func()) {
	if m.keeping.busy {
		m.keeping.waiting = append(m.keeping.waiting, f)
		return
	}
	f()
}
