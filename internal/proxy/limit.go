package proxy

import "time"

// limit is how many streams the server may have now; 0: any number. Between
// "minconn" and "maxconn" it follows the load of the backend, up to "fullconn"
// (manual 4.2, "fullconn"; 5.2, "minconn").
func (s *Server) limit() int64 {
	most := s.Limit()
	if s.ramps() {
		if load, full := s.Backend.Conns.Load(), s.Backend.Fullconn; load < full {
			most = max(s.MinConn, load*most/full)
		}
	}
	if most > 0 && s.steps.Load() != 0 { // "slowstart"
		most = max(1, most*s.warmed(time.Now())/100)
	}
	return most
}

// ramps says whether the limit changes with the load.
func (s *Server) ramps() bool { return s.MinConn > 0 && s.MinConn < s.Limit() }

// hasSlot: one more stream may go to the server.
func (s *Server) hasSlot() bool {
	n := s.limit()
	return n == 0 || s.served.Load() < n
}

// open: a new stream may go there at once, without passing anybody who waits.
func (s *Server) open() bool { return len(s.queue.heap) == 0 && s.hasSlot() }

// roomToWait: "maxqueue" lets one more wait for this very server.
func (s *Server) roomToWait() bool {
	return s.MaxQueue == 0 || int64(len(s.queue.heap)) < s.MaxQueue
}

// queueable says whether an algorithm that counts queued streams as load may put
// one into the server's queue: only within an explicit "maxqueue".
func (s *Server) queueable() bool {
	return s.MaxQueue > 0 && s.load() < s.limit()+s.MaxQueue
}

// load is how many streams the server serves and keeps waiting.
func (s *Server) load() int64 { return s.served.Load() + int64(len(s.queue.heap)) }

// Limit is how many streams the server may have under full load: "maxconn", or
// what was set since; 0: any number.
func (s *Server) Limit() int64 {
	if n := s.maxSet.Load(); n > 0 {
		return n - 1
	}
	return s.MaxConn
}

// SetMaxConn changes the limit of a server; 0 lifts it.
func (b *Backend) SetMaxConn(srv *Server, n int64) {
	if srv.Limit() == n {
		return
	}
	var g grants
	defer g.tell()
	b.mu.Lock()
	defer b.mu.Unlock()
	srv.maxSet.Store(n + 1)
	b.ramps = b.ramps || srv.ramps()
	b.pump(&g)
}
