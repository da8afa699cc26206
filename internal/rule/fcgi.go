package rule

import (
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// FCGIParam is a compiled "pass-header" or "set-param" of an fcgi-app section.
type FCGIParam struct {
	Cond  *Cond          // nil: always
	Value *sample.Format // of set-param
}

// fcgiParam parses a rule with args arguments and perhaps a condition (manual
// 10.1.1).
func (t *table) fcgiParam(args int) func(*config.Parser, *config.Line) {
	return func(p *config.Parser, l *config.Line) {
		k := &actionParser{Compiler: t.compiler(p, l), place: sample.BeReqHead}
		r := &FCGIParam{}
		fail := func(err error) { p.Alert(l.Pos, "'%s' : %v.", l.Arg(1), err) }
		var err error
		if args == 2 && len(l.Words) > 2 {
			if r.Value, err = k.format(l.Words[2], sample.TextStyle); err != nil {
				fail(err)
				return
			}
		}
		if rest := l.Words[min(1+args, len(l.Words)):]; len(rest) > 0 && isCond(rest) {
			if r.Cond, err = k.Cond(rest); err != nil {
				fail(err)
				return
			}
			warnCond(p, l, r.Cond, k.place)
		}
		p.FCGIRule(l, args, r)
	}
}
