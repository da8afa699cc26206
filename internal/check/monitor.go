package check

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// Reporter is told what becomes of servers.
type Reporter interface {
	// Say reports a change of a server of the backend.
	Say(be *proxy.Backend, level logs.Level, text string)
	// Empty reports that the backend has no usable server any more.
	Empty(be *proxy.Backend)
	// Shutdown ends the sessions of a server, which are logged with the cause.
	Shutdown(srv *proxy.Server, cause byte)
}

// Monitor keeps the state of all servers: what checks, agents, traffic and the
// administrator say of each, and what follows for it and for those that track it.
type Monitor struct {
	report Reporter
	mu     sync.Mutex // changes of state are rare: one lock for all servers
	all    map[*proxy.Server]*Watch
}

// NewMonitor returns a monitor of no servers.
func NewMonitor(report Reporter) *Monitor {
	return &Monitor{report: report, all: map[*proxy.Server]*Watch{}}
}

// Watch is what the monitor knows of one server.
type Watch struct {
	m        *Monitor
	srv      *proxy.Server
	be       *proxy.Backend
	spec     *config.Server
	trackers []*Watch
	check    *checker // nil: none
	agent    *checker

	shown  string       // the last check that "option log-health-checks" showed
	errors atomic.Int64 // in a row, in the observed traffic
	fast   bool         // "on-error" asked for fastinter
}

// Add begins to keep the state of a server.
func (m *Monitor) Add(srv *proxy.Server, spec *config.Server) *Watch {
	w := &Watch{m: m, srv: srv, be: srv.Backend, spec: spec}
	m.mu.Lock()
	m.all[srv] = w
	m.mu.Unlock()
	srv.Warmed = w.warmed
	return w
}

// Of returns the watch of a server. Servers come and go only while nobody asks, see
// Forget.
func (m *Monitor) Of(srv *proxy.Server) *Watch { return m.all[srv] }

// Track has w take its state from another server, before anything runs.
func (w *Watch) Track(other *Watch) {
	other.trackers = append(other.trackers, w)
	w.srv.Health.With(func(h *proxy.HealthView) { h.Tracks = other.srv })
}

// Inherit settles what trackers begin with, once all are known.
func (m *Monitor) Inherit() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, w := range m.all {
		if h := w.srv.Health.Get(); h.Tracks == nil {
			w.inherit(&h)
		}
	}
}

func (w *Watch) inherit(h *proxy.HealthView) {
	for _, t := range w.trackers {
		t.srv.Health.With(func(th *proxy.HealthView) {
			th.Oper = h.Oper
			if h.Admin&proxy.AnyMaint != 0 {
				th.Admin |= proxy.InheritedMaint
				th.Oper = proxy.Stopped
			}
			if h.Admin&proxy.AnyDrain != 0 {
				th.Admin |= proxy.InheritedDrain
			}
		})
		th := t.srv.Health.Get()
		t.be.SetUp(t.srv, th.Usable())
		t.inherit(&th)
	}
}

// Check starts the health checks of the server after delay.
func (w *Watch) Check(spec Spec, delay time.Duration) {
	spec.down = func() bool { h := w.srv.Health.Get(); return h.Oper == proxy.Stopped }
	w.check = &checker{spec: spec, begun: func() { w.busy(false, true) }, told: w.Told, every: w.interval}
	w.begin(w.check, delay)
}

// Agent starts the questions to the server's agent after delay.
func (w *Watch) Agent(spec Spec, delay time.Duration) {
	w.agent = &checker{spec: spec, begun: func() { w.busy(true, true) }, told: w.toldByAgent, every: func(spec *Spec) time.Duration { return spec.Inter }}
	w.begin(w.agent, delay)
}

func (w *Watch) begin(c *checker, delay time.Duration) {
	h := w.srv.Health.Get()
	c.paused = !h.Agent.Enabled
	if c == w.check {
		c.paused = restsCheck(&h)
	}
	c.start(delay)
}

// restsCheck tells whether health checks are to rest.
func restsCheck(h *proxy.HealthView) bool { return h.Admin&proxy.AnyMaint != 0 || !h.Check.Enabled }

// Stop ends all checks.
func (m *Monitor) Stop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, w := range m.all {
		for _, c := range []*checker{w.check, w.agent} {
			if c != nil {
				go c.stop()
			}
		}
	}
}

func (w *Watch) busy(agent, on bool) {
	w.srv.Health.With(func(h *proxy.HealthView) {
		if agent {
			h.Agent.Busy = on
		} else {
			h.Check.Busy = on
		}
	})
}

// interval is the time to the next health check.
func (w *Watch) interval(spec *Spec) time.Duration {
	h := w.srv.Health.Get()
	w.m.mu.Lock()
	fast := w.fast
	w.fast = false
	w.m.mu.Unlock()
	switch p := &h.Check; {
	case p.Health == p.Rise+p.Fall-1 && !fast:
		return spec.Inter
	case p.Health == 0:
		return spec.DownInter
	}
	return spec.FastInter
}

// Begin sets the state that "init-state" gives a server that is about to be
// checked: by default it is up, but one bad check is enough to take it down.
func Begin(h *proxy.HealthView, state string) {
	p := &h.Check
	h.Oper, p.Health = proxy.Running, p.Rise
	switch state {
	case "fully-up":
		p.Health = p.Rise + p.Fall - 1
	case "down":
		h.Oper, p.Health = proxy.Stopped, p.Rise-1
	case "fully-down":
		h.Oper, p.Health = proxy.Stopped, 0
	default:
		if state == "" && !p.Configured {
			p.Health = 0
		}
	}
}
