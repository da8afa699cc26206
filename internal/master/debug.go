package master

import (
	"os"
	"slices"
	"time"

	"github.com/sluice-proxy/sluice/internal/cli"
	"github.com/sluice-proxy/sluice/internal/cli/line"
	"github.com/sluice-proxy/sluice/internal/stats"
	"github.com/sluice-proxy/sluice/internal/sys"
	"github.com/sluice-proxy/sluice/internal/version"
)

// debugCommands are the commands of a worker that the master can answer for
// itself: "mcli-debug-mode on" offers them, and "show info" is offered always.
func (m *master) debugCommands(known line.Table) line.Table {
	var t line.Table
	for _, c := range cli.Table(inspected{m}) {
		c.Master = slices.Equal(c.Words, []string{"show", "info"}) // it tells of reloads, which only the master knows
		if !slices.ContainsFunc(known, func(k line.Command) bool { return slices.Equal(k.Words, c.Words) }) {
			t = append(t, c)
		}
	}
	return t
}

// inspected is the master as a worker's commands see it: a process without
// proxies.
type inspected struct{ m *master }

func (i inspected) Info() stats.Info {
	now := time.Now()
	memory, _ := sys.ResidentMemory(os.Getpid()) // 0 if it cannot be known
	node, _ := os.Hostname()                     // shown empty when the system has none
	open := int64(sys.DescriptorLimit())
	return stats.Info{
		Name: version.Product, Version: version.String, ReleaseDate: version.Date, BuildInfo: version.String,
		Threads: 1, ThreadGroups: 1, PID: int64(os.Getpid()), Uptime: now.Sub(i.m.started), StartTime: i.m.started,
		PoolAlloc: memory, PoolUse: memory, UlimitN: open, Maxsock: open, Maxconn: maxClients, HardMaxconn: maxClients,
		Conns: int64(i.m.cli.clients.count()), Listeners: int64(len(i.m.cli.list)), Jobs: int64(len(i.m.cli.list)),
		Node: node, IdlePercent: 100, Stopping: i.m.m.Info().Stopping, Reloads: i.m.reloads(),
	}
}

// reloads are the counters of "show info".
func (m *master) reloads() *stats.Reloads {
	i := m.m.Info()
	r := &stats.Reloads{Generation: int64(i.Generation), Total: int64(i.Reloads + i.FailedReloads), Failed: int64(i.FailedReloads),
		Consecutive: int64(i.ConsecutiveFailed), LastFailed: i.LastLoadFailed}
	if last := m.loads.last(); last != nil {
		r.LastSuccess, r.Took = last.Time, time.Duration(last.Duration)*time.Millisecond
	}
	return r
}

func (inspected) Rows(func(*stats.Row) bool) {}
func (inspected) ProxyID(string) (int, bool) { return 0, false }
func (i inspected) Env() []string            { return i.m.environment() }

func (i inspected) Sockets() []cli.Socket {
	var list []cli.Socket
	for _, s := range i.m.cli.ofCLI() {
		list = append(list, cli.Socket{Address: s.name, Level: s.level})
	}
	return list
}

func (i inspected) StartupLogs() string { return string(i.m.m.StartupLog()) }
