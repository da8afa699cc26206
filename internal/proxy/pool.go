package proxy

import "github.com/sluice-proxy/sluice/internal/config"

// purgeEvery is how often idle connections that nobody needed are closed, where
// "pool-purge-delay" says nothing, in ns.
const purgeEvery = 5e9

// maxOwn is how many idle server connections a client keeps for itself where
// "max-session-srv-conns" says nothing.
const maxOwn = 5

// Pool is what a server line says about idle connections (manual 5.2).
type Pool struct {
	NoPool  bool  // none is kept for others than the client it was opened for
	IdleMax int64 // pool-max-conn; 0: no limit
	IdleLow int64 // pool-low-conn: up to so many, threads take none from each other
	Purge   int64 // pool-purge-delay in ns; 0: 5 s
	MaxUses int   // requests of a connection, one more than max-reuse; 0: any number
	// Keyed: connections are not all alike; a request takes one of its own kind.
	Keyed bool
	// ConnName is pool-conn-name, a place in Backend.ConnNames plus one; 0: none.
	ConnName int
}

// SetKeyed works out Keyed of what else is known of the server.
func (s *Server) SetKeyed() {
	s.Keyed = s.SendProxy != 0 || s.ConnName != 0 || s.Source != nil && s.Source.Use > config.UseAddress || s.Mapped()
}

// PurgeDelay returns the interval at which unneeded connections are closed, ns.
func (p *Pool) PurgeDelay() int64 {
	if p.Purge > 0 {
		return p.Purge
	}
	return purgeEvery
}

// IdleConns returns how many connections wait for a request.
func (s *Server) IdleConns() (n int64) {
	for i := range s.Idle {
		n += s.Idle[i].Load()
	}
	return n
}

// RoomForIdle tells whether a thread is to keep one more idle connection: not
// more than "pool-max-conn", and not more than were ever in use at a time, but one
// of its own. Without that, clients that send one request each would leave one
// each.
func (s *Server) RoomForIdle(thread int) bool {
	if s.NoPool {
		return false
	}
	n := s.IdleConns()
	if s.IdleMax > 0 && n >= s.IdleMax {
		return false
	}
	return n < max(s.Needed(), 1) || s.Idle[thread].Load() == 0
}

// MaxOwn returns how many idle server connections may be kept for one client.
func (f *Frontend) MaxOwn() int {
	if f.OwnConns == nil {
		return maxOwn
	}
	return *f.OwnConns
}
