package build

import (
	"fmt"
	"slices"

	"github.com/sluice-proxy/sluice/internal/config"
)

// noEffect warns of settings that are understood and kept, but that nothing
// acts on: what is accepted without a word is done.
func (b *builder) noEffect() {
	g := b.spec.Global
	t := &g.Tune
	if slices.Contains(g.DisabledPollers, "epoll") { // the others are not used anyway
		b.noGlobalEffect("noepoll")
	}
	if g.HardStopAfter > config.DefaultDrainTimeout && g.Draining.Timeout < 0 {
		b.d.Add(config.Diagnostic{Level: config.Warning, Form: config.FormConfig, Text: "'hard-stop-after' has no effect beyond 24 hours in a master's worker unless 'mworker-drain-timeout' is set as well."})
	}
	for _, s := range g.Inert {
		b.unheeded(s.Pos, s.Words[0])
	}
	for _, s := range []struct {
		set  bool
		name string
	}{
		{t.RcvBufFrontend > 0, "tune.rcvbuf.frontend"}, {t.RcvBufBackend > 0, "tune.rcvbuf.backend"},
		{t.SndBufFrontend > 0, "tune.sndbuf.frontend"},
	} {
		if s.set {
			b.noGlobalEffect(s.name)
		}
	}
	for _, p := range b.spec.Proxies {
		b.noEffectIn(p)
	}
}

// noEffectIn is noEffect for one proxy.
func (b *builder) noEffectIn(p *config.Proxy) {
	for _, s := range p.Servers {
		if s.IdlePing > 0 { // as on bind lines
			b.unheeded(s.Pos, "idle-ping")
		}
	}
	for _, bind := range p.Binds {
		if bind.IdlePing > 0 { // only HTTP/2 has it, in the reference too
			b.unheeded(bind.Pos, "idle-ping")
		}
		if bind.MSS < 0 { // see listener.go
			b.unheeded(bind.Pos, fmt.Sprint("mss ", bind.MSS))
		}
		if bind.GUIDPrefix != "" {
			b.unheeded(bind.Pos, "guid-prefix")
		}
	}
}

func (b *builder) unheeded(pos config.Pos, what string) {
	b.d.Add(config.Diagnostic{Level: config.Warning, Form: config.FormParsing, Pos: pos, Text: "'" + what + "' has no effect in this version of Sluice."})
}

func (b *builder) noGlobalEffect(name string) {
	b.d.Add(config.Diagnostic{Level: config.Warning, Form: config.FormConfig, Text: "'" + name + "' in 'global' section has no effect in this version of Sluice."})
}
