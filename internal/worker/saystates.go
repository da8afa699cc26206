package worker

import (
	"fmt"

	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/stats"
)

// sayStates tells standard error and the logs of every proxy how its servers are
// (SIGHUP, management guide 4.3).
func (s *service) sayStates() {
	s.report.Warningf("SIGHUP received, dumping servers states.")
	s.changing.RLock()
	defer s.changing.RUnlock()
	rows := map[string][]*stats.Row{}
	for r := range s.Rows {
		rows[r.Proxy] = append(rows[r.Proxy], r)
	}
	for _, p := range s.run.Spec.Proxies {
		s.logger.Message(s.output(p), logs.Notice, "SIGHUP received, dumping servers states for proxy "+p.Name+".")
		for _, text := range describe(p.Name, rows[p.Name]) {
			s.report.Warningf("%s", text)
			s.logger.Message(s.output(p), logs.Notice, text)
		}
	}
}

// describe are the lines about a proxy: one for each server, one for all.
func describe(name string, rows []*stats.Row) (lines []string) {
	var fe, be stats.Row
	servers := 0
	for _, r := range rows {
		switch r.Kind {
		case stats.Frontend:
			fe = *r
		case stats.Backend:
			be = *r
		case stats.Server:
			servers++
			is := "UP"
			if r.Down || r.Maint {
				is = "DOWN"
			}
			lines = append(lines, fmt.Sprintf("SIGHUP: Server %s/%s is %s. Conn: %d act, %d pend, %d tot.", name, r.Name, is, r.Sessions, r.Queue, r.SessionsTotal))
		}
	}
	has := "has no servers."
	switch {
	case servers == 0:
	case be.Active > 0:
		has = fmt.Sprintf("has %d active servers and %d backup servers available.", be.Active, be.Backup)
	case be.Backup > 0:
		has = "is running on backup servers !"
	default:
		has = "has no server available !"
	}
	pending := be.Queue // of those that no server has been chosen for
	for _, r := range rows {
		if r.Kind == stats.Server {
			pending += r.Queue
		}
	}
	return append(lines, fmt.Sprintf("SIGHUP: Proxy %s %s Conn: act(FE+BE): %d+%d, %d pend (%d unass), tot(FE+BE): %d+%d.",
		name, has, fe.Sessions, be.Sessions, pending, be.Queue, fe.Connections, be.SessionsTotal))
}
