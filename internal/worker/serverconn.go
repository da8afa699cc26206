package worker

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/sluice-proxy/sluice/internal/proxy"
)

// ServerConns implements cli.Servers.
func (s *service) ServerConns(w io.Writer, backend string) bool {
	backends := s.run.Backends
	if backend != "" {
		be := s.findBackend(backend)
		if be == nil {
			return false
		}
		backends = []*proxy.Backend{be}
	}
	fmt.Fprintf(w, "# bkname/svname bkid/svid addr port - purge_delay served used_cur used_max need_est idle_sess unsafe_nb safe_nb idle_lim idle_cur idle_per_thr[%d]\n", s.run.Threads)
	now := time.Now().UnixNano()
	for _, be := range backends {
		sums := make([]*proxy.Counters, len(be.Servers)+1)
		s.sum(nil, be, sums, now)
		for i, srv := range be.Servers {
			serverConns(w, srv, sums[i])
		}
	}
	return true
}

func serverConns(w io.Writer, srv *proxy.Server, n *proxy.Counters) {
	addr, port := "-", uint16(0) // of a UNIX socket
	if srv.Path == "" {
		addr, port = srv.Addr.Addr().String(), srv.Addr.Port()
	}
	idle, limit := srv.IdleConns(), int64(-1)
	if srv.IdleMax > 0 || srv.NoPool && srv.Purge > 0 {
		limit = srv.IdleMax
	}
	delay := srv.PurgeDelay() / 1e6
	if srv.NoPool && srv.Purge == 0 {
		delay = 0
	}
	be := srv.Backend
	fmt.Fprintf(w, "%s/%s %d/%d %s %d - %d %d %d %d %d %d %d %d %d %d%s\n", be.Name, srv.Name, be.ID, srv.ID, addr, port,
		delay, srv.Served(), max(srv.Conns.Load()-idle-n.Private, 0), srv.Needed(), srv.Needed(), n.Private,
		max(idle-n.Proven, 0), n.Proven, limit, idle, perThread(srv))
}

func perThread(srv *proxy.Server) string {
	var b strings.Builder
	for i := range srv.Idle {
		fmt.Fprintf(&b, " %d", srv.Idle[i].Load())
	}
	return b.String()
}
