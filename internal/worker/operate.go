package worker

import (
	"strconv"
	"time"

	"github.com/sluice-proxy/sluice/internal/cli"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

var _ cli.Operated = (*service)(nil)

// frontendControl lets the runtime API act on a frontend.
type frontendControl struct {
	s  *service
	fe *proxy.Frontend
}

// Frontend implements cli.Operated.
func (s *service) Frontend(name string) cli.Frontend {
	for _, fe := range s.run.Frontends {
		if fe.Name == name || "#"+strconv.Itoa(fe.ID) == name {
			return frontendControl{s, fe}
		}
	}
	return nil
}

// Enable implements cli.Frontend.
func (c frontendControl) Enable(on bool) string {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	word := map[bool]string{true: "enable", false: "disable"}[on]
	switch {
	case c.s.draining:
		return "Frontend was previously shut down, cannot " + word + "."
	case c.s.paused[c.fe] == !on:
		return "All sockets are already " + word + "d."
	}
	c.s.pause(c.fe, !on)
	return ""
}

// SetMaxConn implements cli.Frontend.
func (c frontendControl) SetMaxConn(n int64) { c.s.engine.SetFrontendMaxConn(c.fe, n) }

// MaxServerConn implements cli.Operated.
func (s *service) MaxServerConn(backend, server string, n int64) {
	if srv := s.findServer(backend, server); srv != nil {
		srv.Backend.SetMaxConn(srv, n)
	}
}

// ShutdownSessions implements cli.Operated; logs tell of streams killed by hand with "K".
func (s *service) ShutdownSessions(backend, server string) {
	if srv := s.findServer(backend, server); srv != nil {
		s.engine.Shutdown(srv, 'K')
	}
}

// SetMaxConn implements cli.Operated.
func (s *service) SetMaxConn(n int64) bool {
	if n > s.run.MaxConn && s.run.MaxConn > 0 {
		return false
	}
	if n == 0 {
		n = s.run.MaxConn
	}
	s.engine.SetMaxConn(n)
	return true
}

// SetConnRate implements cli.Operated.
func (s *service) SetConnRate(n int64) { s.engine.ConnRate().SetLimit(n) }

// SetSessRate implements cli.Operated.
func (s *service) SetSessRate(n int64) { s.engine.SessRate().SetLimit(n) }

// ClearCounters implements cli.Operated.
func (s *service) ClearCounters(all bool) {
	clear := (*proxy.Counters).ClearMax
	if all {
		clear = (*proxy.Counters).Clear
	}
	var loops [][]proxy.Counters
	for _, fe := range s.run.Frontends {
		fe.ClearMax()
		loops = append(loops, fe.Loops)
		for _, ln := range fe.Listeners {
			ln.Conns.ClearMax()
			if ln.Loops != nil {
				loops = append(loops, ln.Loops)
			}
		}
	}
	for _, be := range s.run.Backends {
		be.ClearMax()
		if all {
			be.Clear()
		}
		loops = append(loops, be.Loops)
		for _, srv := range be.Servers {
			loops = append(loops, srv.Loops)
		}
	}
	s.clear(loops, clear)
}

// ClearServer implements cli.Operated.
func (s *service) ClearServer(backend, server string) {
	if srv := s.findServer(backend, server); srv != nil {
		srv.Clear()
		s.clear([][]proxy.Counters{srv.Loops}, (*proxy.Counters).Clear)
	}
}

// clear has each loop clear its counters.
func (s *service) clear(loops [][]proxy.Counters, clear func(*proxy.Counters)) {
	for at := 0; at < len(loops); at += collectBatch {
		part := loops[at:min(at+collectBatch, len(loops))]
		s.engine.Collect(time.Second, func(thread int) {
			for _, l := range part {
				clear(&l[thread])
			}
		})
	}
}
