// Package build turns a Spec into running objects: frontends, backends and
// servers with their rules, pages and logs, everything looked up and checked
// against each other.
package build

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/sluice-proxy/sluice/internal/check"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/userlist"
)

// Runtime is what a worker runs.
type Runtime struct {
	Spec      *config.Spec
	Frontends []*proxy.Frontend
	Backends  []*proxy.Backend
	Listeners []*proxy.Listener
	Servers   int // numbers that servers of all backends have, or had
	vacant    []int
	// CheckIPs are the looked-up addresses of servers whose "addr" is a name.
	CheckIPs map[*config.Server]netip.Addr
	AgentIPs map[*config.Server]netip.Addr // likewise, of "agent-addr"
	States   map[*proxy.Server]check.State // restored ones
	// Scripts say what checks do, by backend and healthcheck section.
	Scripts map[*config.CheckSpec]*check.Script
	Threads int
	Groups  config.ThreadGroups // of the threads
	MaxConn int64
	MaxSock int // descriptors that are enough
	Hub     *logs.Hub
	Outputs map[*config.Proxy]*logs.Output
	Log     *logs.Output // of the global section; nil: none
}

// Options are what the process adds to the configuration.
type Options struct {
	Threads      int                 // event loops
	Groups       config.ThreadGroups // of them; nil: as the global section divides them
	MaxConn      int                 // -n: 0: not given
	ProxyMaxConn int                 // -N: 0: not given
	// Resolve looks up a server's host name; it may block. The family is AFIPv4 or
	// AFIPv6 when only such an address will do, AFNone otherwise.
	Resolve func(host string, family config.AF) (netip.Addr, error)
	// Last returns the address that a server had, as the state file has it; nil or
	// false: it is not known ("init-addr last").
	Last func(*config.Proxy, *config.Server) (netip.Addr, bool)
	// IgnoreUnresolved (-dr): a server whose name is not found starts in
	// maintenance instead of failing the start.
	IgnoreUnresolved bool
	// At is told of a line before something is done for it that may block; may be
	// nil.
	At func(config.Pos)
	// Report is told of logs that cannot be delivered.
	Report func(text string)
}

// builder is the state of a build.
type builder struct {
	o          Options
	spec       *config.Spec
	d          *config.Diagnostics
	r          *Runtime
	be         map[string]*proxy.Backend
	plain      *proxy.Pages // without errorfiles: one for all
	groups     config.ErrorGroups
	made       map[*config.ErrorFile]*proxy.Page // of errorfiles, which many proxies inherit
	globalLogs []*logs.Target
	unknown    bool // a server's address was not found
	users      map[string]*userlist.List
	keys       map[string]int // how many listeners have each key so far
}

// Build makes the running objects of spec, which parsed without alerts.
// Everything that is wrong is added to d; the result is only good if nothing is.
func Build(spec *config.Spec, o Options, d *config.Diagnostics) *Runtime {
	b := &builder{o: o, spec: spec, d: d, be: map[string]*proxy.Backend{}, groups: spec.ErrorGroups(), made: map[*config.ErrorFile]*proxy.Page{}, keys: map[string]int{}}
	b.r = &Runtime{Spec: spec, Threads: max(o.Threads, 1), Groups: o.Groups, Outputs: map[*config.Proxy]*logs.Output{}, CheckIPs: map[*config.Server]netip.Addr{}, AgentIPs: map[*config.Server]netip.Addr{}, States: map[*proxy.Server]check.State{}, Scripts: map[*config.CheckSpec]*check.Script{}}
	if b.r.Groups == nil {
		b.r.Groups = spec.Global.ThreadGroups(b.r.Threads)
	}
	b.unixBinds()
	b.namespaces()
	b.noEffect()
	b.variables()
	b.limits()
	b.hub()
	ids := proxyIDs(spec)
	forced := forces(spec)
	for _, p := range spec.Proxies {
		if p.Kind.IsBackend() && (!p.Disabled || forced) {
			b.backend(p, ids[p])
		}
	}
	for _, p := range spec.Proxies {
		if p.Kind.IsFrontend() && !p.Disabled {
			b.frontend(p, ids[p])
		}
	}
	if b.unknown {
		d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormBare, Text: "Failed to initialize server(s) addr."})
	}
	b.references()
	b.r.SetFullconn()
	return b.r
}

// limits works out how many client connections the process takes at a time.
func (b *builder) limits() {
	n := b.spec.Global.Maxconn
	if b.o.MaxConn > 0 {
		n = b.o.MaxConn
	}
	b.r.MaxConn = int64(n)
}

// proxyIDs gives every proxy the number it has in statistics: its "id", or the
// next one that is free, in the order of the file. The first is kept for the
// stats sockets, which are a proxy of their own in the reference: without an
// "id" numbers begin at 2.
func proxyIDs(spec *config.Spec) map[*config.Proxy]int {
	used := map[int]bool{}
	for _, p := range spec.Proxies {
		used[p.ID] = true
	}
	ids, next := make(map[*config.Proxy]int, len(spec.Proxies)), 2
	for _, p := range spec.Proxies {
		if ids[p] = p.ID; p.ID != 0 {
			continue
		}
		for used[next] {
			next++
		}
		ids[p] = next
		used[next] = true
	}
	return ids
}

func (b *builder) alert(pos config.Pos, format string, args ...any) {
	b.d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormParsing, Pos: pos, Text: fmt.Sprintf(format, args...)})
}

// timeouts converts a proxy's timeouts to nanoseconds.
func timeouts(t *config.Timeouts) proxy.Timeouts {
	ns := func(d time.Duration) int64 { return int64(d) }
	return proxy.Timeouts{
		Client: ns(t.Client), Server: ns(t.Server), Connect: ns(t.Connect), Queue: ns(t.Queue), Check: ns(t.Check), Tarpit: ns(t.Tarpit),
		HTTPRequest: ns(t.HTTPRequest), HTTPKeepAlive: ns(t.HTTPKeepAlive), Tunnel: ns(t.Tunnel), ClientFin: ns(t.ClientFin), ServerFin: ns(t.ServerFin),
	}
}
