package proxy

import "sync"

// Meter is a Rate that all threads count in and ask for. A nil Meter counts
// nothing: only what a rule asks for has one.
type Meter struct {
	mu   sync.Mutex
	rate Rate
}

func (m *Meter) orNew() *Meter {
	if m == nil {
		return new(Meter)
	}
	return m
}

// Hit counts an event at the moment now (ns). The clocks of busy threads may be
// behind those of others.
func (m *Meter) Hit(now int64) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rate.Hit(max(now, m.rate.second*second))
}

// PerSecond returns the events of the last second, sliding.
func (m *Meter) PerSecond(now int64) int64 {
	if m == nil {
		return 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.rate.PerSecond(max(now, m.rate.second*second))
}
