package build

import (
	"slices"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/explain"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// choice chooses the backend of a stream; nil: there is none for it.
type choice func(*sample.Ctx) *proxy.Backend

// switcher compiles "use_backend" with def as "default_backend". Backends that
// are out of service are passed over, unless a force-be-switch rule holds.
func (b *builder) switcher(p *config.Proxy, def *proxy.Backend) choice {
	forced := rule.CollectTests(p, "force-be-switch")
	open := func(x *sample.Ctx, be *proxy.Backend) bool {
		return be != nil && (!be.Unpublished || forced.Hold(x))
	}
	var own *proxy.Backend // where a listen section stays
	if p.Kind.IsBackend() {
		own = b.be[p.Name]
	}
	otherwise := func(x *sample.Ctx) *proxy.Backend {
		if x.Why != nil && def != nil {
			x.Why.Add(explain.Rule, p.DefaultBackPos.File, p.DefaultBackPos.Line, "default_backend "+def.Name, def.Name)
		}
		if open(x, def) {
			return def
		}
		return own
	}
	cases := rule.CollectSwitch(p)
	if len(cases) == 0 {
		return otherwise
	}
	// Each frontend has targets of its own: rules that come from a defaults
	// section are shared with other frontends.
	to := make([]*proxy.Backend, len(cases))
	for i, c := range cases {
		if c.Dynamic != nil {
			continue
		}
		if to[i] = b.be[c.Name]; to[i] == nil && b.spec.Find(c.Name, false) == nil {
			b.alert(c.Pos, "unable to find required use_backend: '%s'.", c.Name)
		}
	}
	byName := b.be
	return func(x *sample.Ctx) *proxy.Backend {
		for from := 0; ; from++ {
			var c *rule.Case
			var name []byte
			if c, from, name = cases.Select(x, from); c == nil {
				return otherwise(x)
			}
			be := to[from]
			if c.Dynamic != nil {
				if be = byName[string(name)]; be == nil {
					return otherwise(x)
				}
			}
			if open(x, be) {
				return be
			}
		}
	}
}

// forces tells whether some frontend may choose backends that are disabled: then
// they are made.
func forces(s *config.Spec) bool {
	return slices.ContainsFunc(s.Proxies, func(p *config.Proxy) bool { return len(p.RulesOf("force-be-switch")) > 0 })
}
