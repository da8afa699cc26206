package proxy

import (
	"time"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// Figure implements sample.Source.
func (f *Frontend) Figure(which sample.Figure) int64 {
	switch which {
	case sample.FrontendConns:
		return f.Conns.Load()
	case sample.FrontendRate:
		return f.Meter.PerSecond(time.Now().UnixNano())
	case sample.FrontendRequests:
		return f.ReqMeter.PerSecond(time.Now().UnixNano())
	}
	return 0
}

// Watch implements sample.Source.
func (f *Frontend) Watch(which sample.Figure) {
	switch which {
	case sample.FrontendRate:
		f.Meter = f.Meter.orNew()
	case sample.FrontendRequests:
		f.ReqMeter = f.ReqMeter.orNew()
	}
}

// Figure implements sample.Source.
func (b *Backend) Figure(which sample.Figure) int64 {
	switch which {
	case sample.BackendConns:
		return b.Conns.Load()
	case sample.BackendRate:
		return b.Meter.PerSecond(time.Now().UnixNano())
	case sample.ConnSlots:
		return b.slots() // not under the lock: healths have their own
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch which {
	case sample.AvgQueue:
		if n := int64(b.inUse()); n > 0 {
			return (int64(b.pending) + n - 1) / n
		}
		return 2 * int64(b.pending)
	case sample.BackendFree:
		return b.free()
	case sample.Queued:
		return int64(b.pending)
	case sample.UsableServers:
		return int64(b.inUse())
	}
	return 0
}

// Watch implements sample.Source.
func (b *Backend) Watch(which sample.Figure) {
	if which == sample.BackendRate {
		b.Meter = b.Meter.orNew()
	}
}

// inUse is how many servers take new sessions now: backups only while no other
// does, and then one, or all of them.
func (b *Backend) inUse() int {
	switch {
	case b.nbAct > 0:
		return b.nbAct
	case b.nbBck > 0 && !b.AllBackups:
		return 1
	}
	return b.nbBck
}

// free is how many more streams the servers take that are chosen from; -1: one of
// them has no limit.
func (b *Backend) free() (n int64) {
	for _, s := range b.Servers {
		if !b.serves(s) {
			continue
		}
		room := s.room()
		if room < 0 {
			return -1
		}
		n += room
	}
	return n
}

// slots is how many more streams the servers that work take and keep waiting; -1:
// one of them has no limit.
func (b *Backend) slots() (n int64) {
	for _, s := range b.Servers {
		if !s.Willing() {
			continue
		}
		if s.Limit() == 0 || s.MaxQueue == 0 {
			return -1
		}
		n += max(0, s.Limit()-s.served.Load()) + max(0, s.MaxQueue-s.waits.Load())
	}
	return n
}

// room is how many more streams the server takes; -1: any number.
func (s *Server) room() int64 {
	if s.Limit() == 0 {
		return -1
	}
	return max(0, s.limit()-s.served.Load())
}

// Figure implements sample.Source.
func (s *Server) Figure(which sample.Figure) int64 {
	switch which {
	case sample.ServerConns:
		return s.served.Load()
	case sample.ServerFree:
		return s.room()
	case sample.ServerUp:
		if s.Willing() {
			return 1
		}
	case sample.ServerConfigured:
		return int64(s.Weight)
	case sample.ServerQueue:
		return s.waits.Load()
	case sample.ServerRate:
		return s.Meter.PerSecond(time.Now().UnixNano())
	case sample.ServerUserWeight:
		return int64(s.UserWeight())
	case sample.ServerWeight:
		return int64(s.Backend.Weight(s))
	}
	return 0
}

// Watch implements sample.Source.
func (s *Server) Watch(which sample.Figure) {
	if which == sample.ServerRate {
		s.Meter = s.Meter.orNew()
	}
}
