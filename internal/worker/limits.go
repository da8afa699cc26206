package worker

import (
	"errors"
	"fmt"
	"os"

	"github.com/sluice-proxy/sluice/internal/build"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/report"
	"github.com/sluice-proxy/sluice/internal/sys"
)

const (
	// spare is the descriptors kept for what is neither a client nor a server:
	// the standard ones, channels, log sockets, files read while serving.
	spare = 32
	// descriptorCap bounds what an automatic limit takes where systems allow a
	// billion ("fd-hard-limit" when it is not set).
	descriptorCap = 1 << 20
)

// fixed is the descriptors that are needed whatever the number of clients.
func fixed(run *build.Runtime) int {
	g := run.Spec.Global
	n := spare + len(run.Listeners) + 4*run.Threads + len(g.StatsSockets) + g.StatsMaxconn + 2*g.MaxPipes
	for _, be := range run.Backends {
		for _, s := range be.Spec.Servers {
			if s.Check {
				n++
			}
		}
	}
	return n
}

// limits raises the descriptor limit and works out "maxconn" where the
// configuration leaves it open: what the descriptors allow (manual 3.1
// "maxconn", "ulimit-n", "fd-hard-limit", "strict-limits"). The error is for an
// alert: the system does not grant what the configuration needs.
func limits(run *build.Runtime, r *report.Reporter) error {
	g, need := run.Spec.Global, fixed(run)
	soft, hard := sys.DescriptorLimits()
	bound := descriptorCap
	if g.FDHardLimit > 0 {
		bound = g.FDHardLimit
	}
	want := g.UlimitN
	switch {
	case want > 0:
	case run.MaxConn > 0:
		if int64(need) > maxInt-2*run.MaxConn {
			return errors.New("'maxconn' is beyond what any system has descriptors for")
		}
		want = 2*int(run.MaxConn) + need
	default:
		want = min(max(soft, hard), bound)
	}
	have, err := soft, error(nil)
	switch forced := g.UlimitN > 0; {
	case g.FDHardLimit > 0 && want > bound && !forced:
		have = min(hard, bound)
		_ = sys.SetDescriptors(have)
		err = errLimit
	case want > soft || forced || g.FDHardLimit > 0 && want < soft:
		if err = sys.SetDescriptors(want); err == nil {
			have = want
		} else if most := min(hard, bound); most > soft && sys.SetDescriptors(most) == nil {
			have = most
		}
	}
	run.MaxSock = max(want, have)
	if err != nil {
		text := cannotRaise(want, have, hard, need)
		if !g.LaxLimits {
			return errors.New(text)
		}
		r.Warningf("[%s.main()] %s", os.Args[0], text)
		run.MaxSock = have
	}
	if run.MaxConn == 0 {
		run.MaxConn = int64(max((min(have, want)-need)/2, 10))
		for _, fe := range run.Frontends {
			if fe.MaxConn == 0 {
				fe.MaxConn = run.MaxConn
			}
		}
		run.SetFullconn()
		r.Noticef("Automatically setting global.maxconn to %d.", run.MaxConn)
	}
	if g.PreallocFD {
		sys.GrowDescriptors(have)
	}
	return nil
}

const maxInt = 1<<31 - 1

var errLimit = errors.New("beyond fd-hard-limit")

// cannotRaise is the reference's text.
func cannotRaise(want, have, hard, need int) string {
	return fmt.Sprintf("Cannot raise FD limit to %d, current limit is %d and hard limit is %d. You may prefer to let HAProxy adjust the limit by itself; for this, please just drop any 'maxconn' and 'ulimit-n' from the global section, and possibly add 'fd-hard-limit' lower than this hard limit. You may also force a new 'maxconn' value that is a bit lower than half of the hard limit minus listeners and checks. This results in roughly %d here.",
		want, have, hard, max((hard-need)/2/100*100, 0))
}

// idleShares are the numbers of open descriptors from which no further idle
// connection is kept, and from which those that are kept are closed.
func idleShares(t *config.Tune) (low, high int64) {
	n := int64(sys.DescriptorLimit())
	return n * int64(t.PoolLowFD) / 100, n * int64(t.PoolHighFD) / 100
}
