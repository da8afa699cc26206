package build

import (
	"time"

	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// variables puts the limits of variables in force and sets those of the process.
func (b *builder) variables() {
	m := b.spec.Global.Tune.Vars
	sample.LimitVars(sample.VarLimits{Global: m.Global, Proc: m.Proc, Sess: m.Sess, Txn: m.Txn, ReqRes: m.ReqRes, Check: m.Check})
	if pos, err := rule.SetGlobalVars(b.spec, time.Now().UnixNano()); err != nil {
		b.alert(pos, "%v.", err)
	}
}
