package worker

import (
	"fmt"
	"os"

	"github.com/sluice-proxy/sluice/internal/proxy"
)

// serverState is what "http-check send-state" tells a server of itself.
func (s *service) serverState(srv *proxy.Server) string {
	s.changing.RLock()
	defer s.changing.RUnlock()
	h := srv.Health.Get()
	be := srv.Backend
	address, port := srv.Addr.Addr().String(), fmt.Sprint(srv.Addr.Port())
	if srv.Path != "" {
		address, port = "unix", "unix"
	}
	node := s.run.Spec.Global.Node
	if node == "" {
		node, _ = os.Hostname() // without one it is empty
	}
	active, _ := be.Usable()
	sum, _ := weightInUse(be, active > 0)
	queued, _ := srv.Queued()
	return fmt.Sprintf("%s; address=%s; port=%s; name=%s/%s; node=%s; weight=%d/%d; scur=%d/%d; qcur=%d",
		checkProgress(&h), address, port, be.Name, srv.Name, node, be.Weight(srv), sum, srv.Served(), be.Conns.Load(), queued)
}

// checkProgress is the state word with the checks that passed of those that are
// needed.
func checkProgress(h *proxy.HealthView) string {
	p, word := &h.Check, "UP"
	if h.Oper == proxy.Stopped {
		return fmt.Sprintf("DOWN %d/%d", p.Health, p.Rise)
	}
	if h.Oper == proxy.Stopping {
		word = "NOLB"
	}
	return fmt.Sprintf("%s %d/%d", word, max(p.Health-p.Rise+1, 0), p.Fall)
}
