package proxy

// ClearMax forgets the highest rates seen ("clear counters"). On the counters' loop.
func (c *Counters) ClearMax() {
	for _, r := range [...]*Rate{&c.Rate, &c.ReqRate, &c.ConRate} {
		r.max = 0
	}
}

// Clear forgets all that was counted ("clear counters all"), but not how many
// connections are idle now. On the counters' loop.
func (c *Counters) Clear() { *c = Counters{Proven: c.Proven, Private: c.Private} }

// ClearMax makes the present value the highest so far.
func (g *Gauge) ClearMax() { g.max.Store(g.cur.Load()) }

// ClearMax is that of what a frontend counts in all loops.
func (f *Frontend) ClearMax() { f.Conns.ClearMax() }

// ClearMax is that of what a backend and its servers count in all loops.
func (b *Backend) ClearMax() {
	b.Conns.ClearMax()
	b.waits.ClearMax()
	for _, s := range b.Servers {
		s.ClearMax()
	}
}

// ClearMax is that of what a server counts in all loops. The size of its pool of
// idle connections does not change by it.
func (s *Server) ClearMax() {
	s.once.Store(s.Needed())
	s.served.ClearMax()
	s.waits.ClearMax()
}

// Clear forgets also how often and how long servers were down ("clear counters all").
func (b *Backend) Clear() {
	b.ClearMax()
	b.mu.Lock()
	b.downs, b.downed = 0, 0
	b.mu.Unlock()
	for _, s := range b.Servers {
		s.Clear()
	}
}

// Clear is ClearMax, and forgets how often and how long the server was down.
func (s *Server) Clear() {
	s.ClearMax()
	s.Health.With(func(h *HealthView) { h.Fails, h.Downs, h.DownFor = 0, 0, 0 })
}
