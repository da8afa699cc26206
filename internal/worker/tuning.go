package worker

import (
	"math"
	"slices"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/stream"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// tuning is what the global section says to the engine.
func (s *service) tuning() stream.Tuning {
	g := s.run.Spec.Global
	t := &g.Tune
	low, high := idleShares(t)
	x := stream.Tuning{
		Spin: g.BusyPolling, MaxEvents: t.MaxPollEvents,
		ConnRate: int64(g.MaxConnRate), SessRate: int64(g.MaxSessRate),
		RejectPrivileged: g.RejectPrivileged, KeepAccepted: t.KeepAccepted,
		Client:   stream.SocketTuning{RecvBuf: t.RcvBufClient, SendBuf: t.SndBufClient, Lowat: t.LowatClient},
		Server:   stream.SocketTuning{RecvBuf: t.RcvBufServer, SendBuf: t.SndBufServer, Lowat: t.LowatServer},
		NoSplice: g.NoSplice || t.NoFastForward, PipeSize: t.PipeSize, MaxPipes: g.MaxPipes,
		BufSize: t.BufSize, LargeBuf: largeBuf(t), LogURI: t.LogURILen, Fixed: int64(fixed(s.run) - 2*g.MaxPipes), LowIdle: low, HighIdle: high,
		ClientGlitches: t.ClientGlitches, ServerGlitches: t.ServerGlitches,
		BlockedAfter: g.BlockedAfter, OwnIdle: t.IdleShared == "off",
		ContStats: slices.ContainsFunc(s.run.Frontends, func(f *proxy.Frontend) bool { return f.ContStats }),
	}
	if t.IdleShared != "full" && s.run.Groups.Count() > 1 {
		x.Groups = s.run.Groups
	}
	if s.load.threads != nil {
		for _, set := range s.load.threads.cpus {
			x.CPUs = append(x.CPUs, sys.CPUMask(set))
		}
	}
	return x
}

// maxAccept is "tune.maxaccept" as the engine wants it.
func maxAccept(n int) int {
	if n < 0 {
		return math.MaxInt
	}
	return n
}

// largeBuf is what a large buffer has room for besides what rules may add.
func largeBuf(t *config.Tune) int {
	spare := t.MaxRewrite
	if spare == 0 {
		spare = 1024
	}
	return max(0, t.BufSizeLarge-spare)
}
