package build

import (
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/rule"
)

// fullconn is the load at which the servers of p take their "maxconn": as
// configured, or a tenth of what all frontends together can bring (manual 4.2,
// "fullconn"), rounded up and never none.
func (b *builder) fullconn(p *config.Proxy) int64 {
	if p.Fullconn > 0 {
		return int64(p.Fullconn)
	}
	if b.brings == nil {
		b.countLoad()
	}
	return max((b.brings[p.Name]+9)/10, 1)
}

// countLoad adds up, for each backend, the "maxconn" of the frontends that may
// lead there. Targets with names made at run time are not known.
func (b *builder) countLoad() {
	b.brings = map[string]int64{}
	for _, p := range b.spec.Proxies {
		if !p.Kind.IsFrontend() || p.Disabled {
			continue
		}
		to := map[string]bool{}
		for _, c := range rule.CollectSwitch(p) {
			if c.Dynamic == nil {
				to[c.Name] = true
			}
		}
		switch {
		case p.DefaultBackend != "":
			to[p.DefaultBackend] = true
		case p.Kind.IsBackend():
			to[p.Name] = true
		}
		for name := range to {
			b.brings[name] += int64(b.maxconn(p))
		}
	}
}
