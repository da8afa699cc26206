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
	if len(cases) == 0 {
		return func(*sample.Ctx) *proxy.Backend { return def }
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
				return def
			}
			if c.Dynamic != nil {
				if be := byName[string(name)]; be != nil {
					return be
				}
				return def
			}
			if to[from] != nil { // nil: the backend is disabled
				return to[from]
			}
		}
	}
}
