package build

import (
	"fmt"
	"net/netip"
	"os"

	"github.com/sluice-proxy/sluice/internal/check"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// script compiles what the checks of a backend or of a healthcheck section do.
func (b *builder) script(c *config.CheckSpec) {
	if b.r.Scripts[c] != nil {
		return
	}
	hostname, _ := os.Hostname() // without one it is empty
	scope := &sample.Scope{Env: os.LookupEnv, Hostname: hostname, PID: os.Getpid()}
	s, fault := check.Compile(c, scope, func(a config.Address) (config.Address, error) {
		ip, err := b.o.Resolve(a.Host, a.Family)
		if err != nil {
			return a, fmt.Errorf("invalid address: '%s' in '%s'.", a.Host, a)
		}
		a.IP, a.Host = ip.Unmap(), ""
		return a, nil
	})
	if fault != nil {
		b.alert(fault.Pos, "%s", fault.Text)
		return
	}
	b.r.Scripts[c] = s
}

// ScriptOf returns what the checks of a server do.
func (r *Runtime) ScriptOf(p *config.Proxy, s *config.Server) *check.Script {
	if h := r.Spec.FindHealthCheck(s.HealthCheck); h != nil {
		return r.Scripts[&h.Proxy.Checks]
	}
	return r.Scripts[&p.Checks]
}

// checkAddr looks up the names to which a server's checks go ("addr",
// "agent-addr").
func (b *builder) checkAddr(be *proxy.Backend, s *config.Server) {
	for _, x := range []struct {
		option string
		a      *config.Address
		into   map[*config.Server]netip.Addr
	}{{"addr", s.CheckAddr, b.r.CheckIPs}, {"agent-addr", s.AgentAddr, b.r.AgentIPs}} {
		if x.a == nil || x.a.Host == "" {
			continue
		}
		b.at(s.Pos)
		ip, err := b.o.Resolve(x.a.Host, x.a.Family)
		if err != nil {
			b.d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormPlace, Pos: s.Pos,
				Text: fmt.Sprintf("'server %s/%s' : '%s' : invalid address: '%s' in '%s'.", be.Name, s.Name, x.option, x.a.Host, x.a)})
			continue
		}
		x.into[s] = ip.Unmap()
	}
}

// health is the state that a server begins in.
func (b *builder) health(h *proxy.HealthView, s *config.Server) {
	h.Check = proxy.Probe{Configured: s.Check, Enabled: s.Check, Rise: s.Rise, Fall: s.Fall, Health: s.Rise}
	h.Agent = proxy.Probe{Configured: s.AgentCheck, Enabled: s.AgentCheck, Rise: 1, Fall: 1, Health: 1}
	if s.Disabled {
		h.Admin = proxy.ForcedMaint | proxy.ConfigMaint
		h.Oper, h.Check.Health = proxy.Stopped, 0
		return
	}
	check.Begin(h, s.InitState)
}
