package worker

import (
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/sluice-proxy/sluice/internal/cli"
	"github.com/sluice-proxy/sluice/internal/cli/line"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/stats"
	"github.com/sluice-proxy/sluice/internal/sys"
	"github.com/sluice-proxy/sluice/internal/version"
	"github.com/sluice-proxy/sluice/mworker"
)

// Info implements cli.Worker: "show info".
func (s *service) Info() stats.Info {
	g := s.run.Spec.Global
	now := time.Now()
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	var total proxy.Counters
	s.engine.Collect(time.Second, func(thread int) {
		for _, fe := range s.run.Frontends {
			total.Add(&fe.Loops[thread], now.UnixNano())
		}
	})
	open := sys.DescriptorLimit()
	i := stats.Info{
		Name: version.Product, Version: version.String, ReleaseDate: version.Date,
		Threads: int64(s.run.Threads), ThreadGroups: int64(s.run.Groups.Count()), PID: int64(os.Getpid()),
		Uptime: now.Sub(s.started), StartTime: s.started,
		PoolAlloc: int64(mem.Sys), PoolUse: int64(mem.HeapAlloc),
		MemoryLimit: int64(s.load.o.Memory) << 20, UlimitN: int64(open), Maxsock: int64(max(s.run.MaxSock, open)), Maxconn: s.engine.MaxConn(), HardMaxconn: s.run.MaxConn,
		Conns: s.engine.Conns.Load(), ConnsTotal: total.Connections, Requests: total.Requests,
		ConnRate: stats.Rate{Limit: s.engine.ConnRate().Limit(), Now: total.ConRate.PerSecond(now.UnixNano()), Max: total.ConRate.Max()},
		SessRate: stats.Rate{Limit: s.engine.SessRate().Limit(), Now: total.Rate.PerSecond(now.UnixNano()), Max: total.Rate.Max()},
		Tasks:    int64(runtime.NumGoroutine()), IdlePercent: 100 - s.engine.Usage(nil),
		Node: g.Node, Description: g.Description, Stopping: s.isDraining(),
		Jobs: s.engine.Conns.Load() + int64(len(s.run.Listeners)), Listeners: int64(len(s.run.Listeners) + len(s.cli)),
		DroppedLogs: int64(s.run.Hub.Dropped()), BytesOut: total.BytesOut,
		Streams: s.engine.Streams(), StreamsTotal: s.engine.StreamsTotal(),
		Warnings: s.report.Warnings(),
	}
	i.BusyPolling, i.BlockedTrafficWarnings = g.BusyPolling, s.engine.Blocked.Load()
	var pipes int64
	i.SplicedBytesOut = s.engine.Spliced()
	pipes, i.PipesFree = s.engine.Pipes()
	i.MaxPipes, i.PipesUsed = int64(g.MaxPipes), pipes-i.PipesFree
	if i.Node == "" {
		i.Node, _ = os.Hostname() // shown empty when the system has none
	}
	return i
}

// Env implements cli.Worker.
func (s *service) Env() []string { return os.Environ() }

// Sockets implements cli.Worker.
func (s *service) Sockets() []cli.Socket {
	var list []cli.Socket
	if s.load.o.MasterWorker {
		list = append(list, cli.Socket{Address: fmt.Sprintf("sockpair@%d", mworker.ControlDescriptor), Level: line.LevelAdmin}) // clients of the master
	}
	for _, l := range s.cli {
		list = append(list, cli.Socket{Address: l.bind.Address.Prefixed(), Level: level(l.bind.Level)})
	}
	return list
}

// StartupLogs implements cli.Worker.
func (s *service) StartupLogs() string { return s.startup }
