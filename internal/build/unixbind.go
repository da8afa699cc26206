package build

import "github.com/sluice-proxy/sluice/internal/config"

// unixBinds gives UNIX listeners what "unix-bind" says for all of them.
func (b *builder) unixBinds() {
	u := &b.spec.Global.UnixBind
	fill := func(bind *config.Bind) {
		if bind.Address.Family == config.AFUnix {
			bind.Address.Path = u.Prefix + bind.Address.Path
			u.Fill(bind)
		}
	}
	for _, p := range b.spec.Proxies {
		for _, bind := range p.Binds {
			fill(bind)
		}
	}
	for _, bind := range b.spec.Global.StatsSockets {
		fill(bind)
	}
}
