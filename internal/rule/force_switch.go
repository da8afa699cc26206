package rule

import (
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// forceSwitch parses force-be-switch (manual 4.2).
func (t *table) forceSwitch(p *config.Parser, l *config.Line) {
	const place = sample.FeTCPReq
	if needsCond(l.Words[1:]) {
		p.Alert(l.Pos, "'force-be-switch' requires either 'if' or 'unless' followed by a condition.")
		return
	}
	cond, err := t.compiler(p, l).Cond(l.Words[1:])
	if err != nil {
		p.Alert(l.Pos, "'force-be-switch' : %v.", err)
		return
	}
	if m := cond.check(place); m != nil {
		p.Alert(l.Pos, "'force-be-switch' : %s.", m.text(place, ""))
		return
	}
	p.Proxy().AddRule("force-be-switch", &config.Directive{Pos: l.Pos, Words: l.Words[1:], Program: &Test{cond, l.Pos, l.Words}})
}
