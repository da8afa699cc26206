package worker

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/sluice-proxy/sluice/internal/check"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// watch begins to keep the state of all servers; checks do not run yet.
func (s *service) watch() {
	s.monitor = check.NewMonitor(s)
	byName := map[string]*check.Watch{}
	each := func(f func(be *proxy.Backend, srv *proxy.Server, spec *config.Server)) {
		for _, be := range s.run.Backends {
			for i, srv := range be.Servers {
				f(be, srv, be.Spec.Servers[i])
			}
		}
	}
	each(func(be *proxy.Backend, srv *proxy.Server, spec *config.Server) {
		byName[be.Name+"/"+srv.Name] = s.monitor.Add(srv, spec)
		if spec.Observe != "" {
			srv.Observe = s.monitor
		}
	})
	each(func(be *proxy.Backend, srv *proxy.Server, spec *config.Server) {
		name := spec.Track
		if name != "" && !strings.Contains(name, "/") {
			name = be.Name + "/" + name
		}
		if other := byName[name]; other != nil {
			s.monitor.Of(srv).Track(other)
		}
	})
	s.monitor.Inherit()
}

// startChecks starts the checks of every server that has them, spread over the
// interval so that they do not come in bursts.
func (s *service) startChecks() {
	spread := 5 * time.Second // the last one does not wait longer
	if d := s.run.Spec.Global.MaxSpreadChecks; d > 0 {
		spread = d
	}
	if n := s.run.Spec.Global.Tune.MaxChecks; n > 0 {
		s.checkSlots = make(chan struct{}, min(n*s.run.Threads, maxInt>>8))
	}
	for _, be := range s.run.Backends {
		if be.Spec.Disabled { // nobody watches what serves nobody
			continue
		}
		for i, srv := range be.Servers {
			spec := be.Spec.Servers[i]
			s.startCheck(srv, spec, min(spec.Inter*time.Duration(i)/time.Duration(len(be.Servers)), spread))
		}
	}
}

// startCheck starts the checks of one server after a delay.
func (s *service) startCheck(srv *proxy.Server, spec *config.Server, delay time.Duration) {
	be, w := srv.Backend, s.monitor.Of(srv)
	if spec.Check && srv.To != nil { // who has no address is in maintenance for good
		how := checkSpec(be, srv, spec, s.run.CheckIPs[spec], s.run.Spec.Global.SpreadChecks)
		how.Buffer, how.Lax = s.run.Spec.Global.Tune.BufSize, be.LaxResponse
		how.Announce, how.NeverLocal = srv.Announce, s.run.Spec.Global.NeverSendLocal
		how.Slots, how.Script, how.State = s.checkSlots, s.run.ScriptOf(be.Spec, spec), func() string { return s.serverState(srv) }
		how.Move(s.run.States[srv].Moved("check"))
		if be.Spec.Checks.Type == "external-check" && spec.HealthCheck == "" {
			how.Run = s.program(be, srv, spec).Run
		}
		w.Check(how, delay)
	}
	if spec.AgentCheck {
		how := agentSpec(be, srv, spec, s.run.AgentIPs[spec], s.run.Spec.Global.SpreadChecks)
		how.Slots = s.checkSlots
		how.Move(s.run.States[srv].Moved("agent"))
		w.Agent(how, delay)
	}
}

// agentSpec says how a server's agent is asked. named is the address of the name
// in its "agent-addr", if that is one.
func agentSpec(be *proxy.Backend, srv *proxy.Server, spec *config.Server, named netip.Addr, spread int) check.Spec {
	c := check.Spec{
		Backend: be.Name, Server: srv.Name, Script: check.AgentScript(spec.AgentSend),
		Inter: spec.AgentInter, Spread: spread, Connect: be.Spec.Timeouts.Connect, Read: be.Spec.Timeouts.Check,
	}
	if c.Inter == 0 {
		c.Inter = 2 * time.Second
	}
	a := spec.Address
	if a.IsIP() {
		a.IP = srv.Addr.Addr()
	}
	for _, other := range []*config.Address{spec.CheckAddr, spec.AgentAddr} {
		if other != nil {
			a = *other
		}
	}
	if named.IsValid() {
		a.IP = named
	}
	a.Port = spec.AgentPort
	c.Via = via(srv)
	c.Network, c.Address = check.Endpoint(a)
	return c
}

// checkSpec says how a server is checked. named is the address of the name in
// its "addr", if that is one.
func checkSpec(be *proxy.Backend, srv *proxy.Server, spec *config.Server, named netip.Addr, spread int) check.Spec {
	c := check.Spec{
		Backend: be.Name, Server: srv.Name, UniqueID: be.UniqueID,
		Inter: spec.Inter, FastInter: spec.FastInter, DownInter: spec.DownInter,
		Spread: spread, Connect: be.Spec.Timeouts.Connect, Read: be.Spec.Timeouts.Check,
	}
	switch {
	case spec.CheckAddr == nil && spec.CheckPort == 0 && !srv.Dynamic: // else it is another service that is checked
		c.SendProxy = srv.SendProxy
		if spec.CheckSendProxy {
			c.SendProxy = max(c.SendProxy, 1)
		}
	case spec.CheckSendProxy:
		c.SendProxy = max(srv.SendProxy, 1)
	}
	a := spec.Address
	if a.IsIP() {
		a.IP, a.Port = srv.Addr.Addr(), int(srv.Addr.Port())
	}
	if other := spec.CheckAddr; other != nil {
		port := a.Port
		a = *other
		if named.IsValid() {
			a.IP = named
		}
		if a.Port == 0 {
			a.Port = port
		}
	}
	if spec.CheckPort > 0 {
		a.Port = spec.CheckPort
	}
	c.Network, c.Address = check.Endpoint(a)
	c.Multipath = a.MPTCP
	c.Via, c.ViaSocks = via(srv), spec.CheckViaSocks
	return c
}

// via is how connections to a server are made besides plainly: its checks share
// that.
func via(srv *proxy.Server) *proxy.Transport {
	if srv.Transport == (proxy.Transport{}) {
		return nil
	}
	return &srv.Transport
}

// Say implements check.Reporter.
func (s *service) Say(be *proxy.Backend, level logs.Level, text string) {
	s.report.Warningf("%s", text)
	s.logger.Message(s.output(be.Spec), level, text)
}

// Empty implements check.Reporter.
func (s *service) Empty(be *proxy.Backend) {
	what := kindWord(be.Spec.Kind)
	s.report.Alertf("%s '%s' has no server available!", what, be.Name)
	s.logger.Message(s.output(be.Spec), logs.Emerg, fmt.Sprintf("%s %s has no server available!", what, be.Name))
}

// Shutdown implements check.Reporter.
func (s *service) Shutdown(srv *proxy.Server, cause byte) { s.engine.Shutdown(srv, cause) }

// kindWord is what messages of a running process call a section.
func kindWord(k config.Kind) string {
	if k == config.KindListen {
		return "proxy"
	}
	return k.String()
}
