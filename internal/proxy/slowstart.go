package proxy

import (
	"time"

	"github.com/sluice-proxy/sluice/internal/balance"
)

// A server with "slowstart" that has come back gets its share of the load, and
// its limit, little by little (manual 5.2). The share grows in as many steps as a
// weight has units.

// Throttle returns what percentage of its share a server that starts slowly has;
// false when it does not. It is all of it where weights do not change.
func (s *Server) Throttle() (percent int, starting bool) {
	step := s.steps.Load()
	if step != 0 && s.Backend.Static() {
		return 100, true
	}
	return int(step) * 100 / balance.Scale, step != 0
}

// step is in how many of the units of a weight the server takes part.
func (s *Server) step() int {
	if n := s.steps.Load(); n > 0 {
		return int(n)
	}
	return balance.Scale
}

// share is the weight for the algorithms.
func (b *Backend) share(s *Server) int {
	if b.Static() {
		return s.weight() * balance.Scale
	}
	return s.weight() * s.step()
}

// Weight returns the weight that the server has in effect.
func (b *Backend) Weight(s *Server) int { return (b.share(s) + balance.Scale - 1) / balance.Scale }

// warmed is the percentage of the time that the server has for its start that is
// over.
func (s *Server) warmed(now time.Time) int64 {
	return min(100, max(0, (now.UnixNano()-s.warm.Load())*100/int64(s.SlowStart)))
}

// Static says that weights cannot change while a server is up.
func (b *Backend) Static() bool { return b.chooser.params.Static() }

// begin starts a server slowly that has come back. The caller holds the backend's
// lock.
func (b *Backend) begin(s *Server) {
	if s.SlowStart <= 0 {
		return
	}
	s.warm.Store(time.Now().UnixNano())
	s.steps.Store(1)
	b.later(s)
}

// StartSlowly has a server that does not work yet start as one that has come back.
func (b *Backend) StartSlowly(s *Server) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.begin(s)
	b.weigh(s)
}

// later looks again at a server that starts slowly.
func (b *Backend) later(s *Server) {
	every := max(time.Second, s.SlowStart/20)
	if s.heat == nil {
		s.heat = time.AfterFunc(every, func() { b.heated(s) })
		return
	}
	s.heat.Reset(every)
}

// heated gives the server what it is due meanwhile.
func (b *Backend) heated(s *Server) {
	var g grants
	over := false
	defer func() {
		g.tell()
		if over && s.Warmed != nil {
			s.Warmed()
		}
	}()
	b.mu.Lock()
	defer b.mu.Unlock()
	if s.steps.Load() == 0 {
		return
	}
	if passed := time.Now().UnixNano() - s.warm.Load(); passed < int64(s.SlowStart) {
		s.steps.Store(min(balance.Scale, 1+passed*balance.Scale/int64(s.SlowStart)))
		b.later(s)
	} else {
		s.steps.Store(0)
		over = true
	}
	b.weigh(s)
	b.pump(&g)
}

// weigh tells the algorithm of the weight in force.
func (b *Backend) weigh(s *Server) {
	if a := b.chooser.of(s); a != nil && s.usable {
		a.SetWeight(s.Index, b.share(s))
	}
}
