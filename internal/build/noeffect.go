package build

import "github.com/sluice-proxy/sluice/internal/config"

// noEffect warns of settings that are understood and kept, but that nothing
// acts on yet: what is accepted without a word is done.
func (b *builder) noEffect() {
	g := b.spec.Global
	t := &g.Tune
	for _, poller := range g.DisabledPollers {
		b.noGlobalEffect("no" + poller)
	}
	for _, s := range []struct {
		set  bool
		name string
	}{
		{g.Grace > 0, "grace"},
		{g.CloseSpreadTime != 0, "close-spread-time"},
		{t.MaxPollEvents > 0, "tune.maxpollevents"},
		{t.RcvBufClient > 0, "tune.rcvbuf.client"}, {t.RcvBufServer > 0, "tune.rcvbuf.server"},
		{t.RcvBufFrontend > 0, "tune.rcvbuf.frontend"}, {t.RcvBufBackend > 0, "tune.rcvbuf.backend"},
		{t.SndBufClient > 0, "tune.sndbuf.client"}, {t.SndBufServer > 0, "tune.sndbuf.server"},
		{t.SndBufFrontend > 0, "tune.sndbuf.frontend"}, {t.SndBufBackend > 0, "tune.sndbuf.backend"},
	} {
		if s.set {
			b.noGlobalEffect(s.name)
		}
	}
}

func (b *builder) noGlobalEffect(name string) {
	b.d.Add(config.Diagnostic{Level: config.Warning, Form: config.FormConfig, Text: "'" + name + "' in 'global' section has no effect in this version of Sluice."})
}
