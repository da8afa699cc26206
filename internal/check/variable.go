package check

import "github.com/sluice-proxy/sluice/internal/sample"

// setVar sets or removes a variable. A check has those of the scopes "check",
// "sess" and "proc"; others are never set.
type setVar struct {
	set    sample.Assignment
	expr   *sample.Expr
	format *sample.Format
	unset  bool
}

// variables are those of one run of a check.
type variables struct{ sess, check sample.VarSet }

func (v *variables) vars() (in sample.Vars) {
	v.sess.Init(sample.VarSess, nil)
	v.check.Init(sample.VarCheck, &v.sess)
	in[sample.VarSess], in[sample.VarCheck] = &v.sess, &v.check
	return in
}

// forget gives the memory of the variables back.
func (v *variables) forget() {
	v.check.Clear(sample.VarCheck)
	v.sess.Clear(sample.VarSess)
}

func (v *setVar) do(c *sample.Ctx) {
	if v.unset {
		v.set.Var().Unset(c)
		return
	}
	var s sample.Sample
	if v.format != nil {
		s = sample.Sample{Type: sample.Str, Data: v.format.Append(nil, c)}
	} else if !v.expr.Eval(c, &s) {
		return
	}
	v.set.Set(c, &s)
}
