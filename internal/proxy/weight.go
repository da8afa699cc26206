package proxy

// weight is the weight in force; the caller holds the backend's lock, or is alone.
func (s *Server) weight() int {
	if n := s.changed.Load(); n > 0 {
		return int(n - 1)
	}
	return s.Weight
}

// UserWeight returns the weight in force: the configured one, or what somebody
// set since.
func (s *Server) UserWeight() int { return s.weight() }

// SetWeight changes the weight of a server, from 0 to 256. A server of weight 0
// gets no new sessions but those of persistence.
func (b *Backend) SetWeight(srv *Server, weight int) {
	if srv.weight() == weight {
		return
	}
	b.mu.Lock()
	srv.changed.Store(int64(weight) + 1)
	if srv.usable && !srv.Backup && weight > 0 {
		b.active.SetWeight(srv.Index, weight)
	}
	b.mu.Unlock()
	h := srv.Health.Get()
	b.SetUp(srv, h.Usable())
}
