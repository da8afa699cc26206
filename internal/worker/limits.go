package worker

import (
	"runtime"

	"github.com/sluice-proxy/sluice/internal/build"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/report"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// threads is how many event loops a configuration wants: "nbthread", or the
// cores this process may use.
func threads(g *config.Global) int {
	if g.NBThread > 0 {
		return g.NBThread
	}
	return max(runtime.NumCPU(), 1)
}

// spare is the descriptors kept for what is neither a client nor a server: the
// standard ones, channels, log sockets, files read while serving.
const spare = 32

// limits raises the descriptor limit and works out "maxconn" where the
// configuration leaves it open: what the descriptors allow.
func limits(run *build.Runtime, r *report.Reporter) error {
	g := run.Spec.Global
	fixed := spare + len(run.Listeners) + 4*run.Threads + len(g.StatsSockets) + g.StatsMaxconn
	checked := 0
	for _, be := range run.Backends {
		for _, s := range be.Spec.Servers {
			if s.Check {
				checked++
			}
		}
	}
	fixed += checked
	want := g.UlimitN
	if want == 0 && run.MaxConn > 0 {
		want = 2*int(run.MaxConn) + fixed
	}
	have, err := sys.RaiseDescriptors(want)
	if err != nil && g.UlimitN > 0 {
		r.Warningf("Cannot raise the number of descriptors to %d: %v. It stays at %d.", want, err, have)
	}
	if run.MaxConn == 0 {
		run.MaxConn = int64(max((have-fixed)/2, 10))
		for _, fe := range run.Frontends {
			if fe.MaxConn == 0 {
				fe.MaxConn = run.MaxConn
			}
		}
		r.Noticef("Automatically setting global.maxconn to %d.", run.MaxConn)
	} else if have < want && g.UlimitN == 0 {
		r.Warningf("FD limit (%d) too low for maxconn=%d/maxsock=%d. Please raise 'ulimit-n' to %d or more to avoid any trouble.", have, run.MaxConn, want, want)
	}
	return nil
}
