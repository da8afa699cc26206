package build

import (
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// rules are the compiled rules of one set, those of the defaults section first.
func (b *builder) rules(p *config.Proxy, set string) rule.Set { return rule.Collect(p, set) }

// switcher compiles "use_backend" with def as "default_backend".
func (b *builder) switcher(p *config.Proxy, def *proxy.Backend) func(*sample.Ctx) *proxy.Backend {
	cases := rule.CollectSwitch(p)
	fallback := func(def *proxy.Backend) *proxy.Backend {
		if def != nil && def.Unpublished && p.DefaultBackend != "" {
			return nil
		}
		return def
	}
	if len(cases) == 0 {
		return func(*sample.Ctx) *proxy.Backend { return fallback(def) }
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
				return fallback(def)
			}
			if c.Dynamic != nil {
				be := byName[string(name)]
				if be != nil && be.Unpublished {
					continue
				}
				if be != nil {
					return be
				}
				return fallback(def)
			}
			if be := to[from]; be != nil && !be.Unpublished { // nil: it is disabled
				return be
			}
		}
	}
}
