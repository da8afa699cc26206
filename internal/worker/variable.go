package worker

import (
	"errors"
	"time"

	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// variables implements cli.Variables.
type variables struct{}

// Variable implements cli.Variables.
func (variables) Variable(name string) (kind, text string, ok bool) {
	var c sample.Ctx
	var s sample.Sample
	v := sample.FindVar(name)
	if v == nil || v.Scope != sample.VarProc || !v.Load(&c, &s) {
		return "", "", false
	}
	kind = s.Type.String()
	sample.Cast(&c, &s, sample.Str)
	return kind, string(s.Data), true
}

// SetVariable implements cli.Variables.
func (variables) SetVariable(name string, format bool, value string) error {
	v, err := rule.CLIVar(name, format, value)
	if err != nil {
		return err
	}
	if !v.Set(&sample.Ctx{Now: time.Now().UnixNano()}) {
		return errors.New("'set var': the memory for variables is used up")
	}
	return nil
}
