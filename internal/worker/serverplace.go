package worker

import (
	"errors"

	"github.com/sluice-proxy/sluice/internal/build"
	"github.com/sluice-proxy/sluice/internal/check"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

var errBusy = errors.New("a thread is too busy")

// alone runs f while no stream runs; the caller has the right to change.
func (s *service) alone(f func()) error {
	if !s.engine.Exclusive(waitThreads, f) {
		return errBusy
	}
	return nil
}

// relocate says what it takes to move a server, which is reached by IP: inside has to
// be run while no stream runs and nobody looks, after when streams run again. What is
// under way goes on; connections that are idle are closed, and the checks that have no
// address of their own follow.
func (s *service) relocate(srv *proxy.Server, spec *config.Server, to proxy.Place) (inside, after func()) {
	be := srv.Backend
	inside = func() {
		s.engine.DropIdle(srv)
		srv.Move(to)
		spec.Address = placeAddress(spec.Address, to)
		_ = be.Rehash(srv, build.Node(srv, spec)) // the same algorithm has been made before
		if be.DynamicCookie.On {
			be.Recookie(srv, spec.Cookie)
			be.LearnCookies()
		}
	}
	after = func() {
		w := s.monitor.Of(srv)
		w.ChangeCheck(func(how *check.Spec) {
			fresh := checkSpec(be, srv, spec, s.run.CheckIPs[spec], 0)
			fresh.Move(how.Moved)
			how.Network, how.Address = fresh.Network, fresh.Address
			if how.Run != nil {
				how.Run = s.program(be, srv, spec).Run
			}
		})
		w.ChangeAgent(func(how *check.Spec) {
			fresh := agentSpec(be, srv, spec, s.run.AgentIPs[spec], 0)
			fresh.Move(how.Moved)
			how.Network, how.Address = fresh.Network, fresh.Address
		})
	}
	return inside, after
}

// placeAddress is a configured address of another place.
func placeAddress(a config.Address, to proxy.Place) config.Address {
	a.IP, a.Family, a.PortOffset, a.Host = to.Addr.Addr(), config.AFIPv4, 0, ""
	a.Any = a.IP.IsUnspecified()
	if a.IP.Is6() {
		a.Family = config.AFIPv6
	}
	a.Port = int(to.Addr.Port())
	if to.MapPort {
		if a.Port, a.PortOffset = to.PortShift, '+'; to.PortShift < 0 {
			a.Port, a.PortOffset = -to.PortShift, '-'
		}
	}
	a.PortHigh = a.Port
	return a
}
