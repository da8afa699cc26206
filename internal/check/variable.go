package check

import (
	"slices"
	"sync"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// setVar sets or removes a variable.
type setVar struct {
	name       string
	conditions []string
	expr       *sample.Expr
	format     *sample.Format
	unset      bool
}

// variables are those of one run of a check, by full name. Those of "proc" last
// longer than a run.
type variables map[string]sample.Sample

var process struct {
	sync.Mutex
	vars variables
}

// Var implements sample.Variables.
func (v variables) Var(name string) (sample.Sample, bool) {
	if len(name) > 5 && name[:5] == "proc." {
		process.Lock()
		defer process.Unlock()
		s, ok := process.vars[name]
		return s, ok
	}
	s, ok := v[name]
	return s, ok
}

func (v variables) put(name string, s sample.Sample, unset bool) {
	into := v
	if len(name) > 5 && name[:5] == "proc." {
		process.Lock()
		defer process.Unlock()
		if process.vars == nil {
			process.vars = variables{}
		}
		into = process.vars
	}
	if unset {
		delete(into, name)
		return
	}
	s.Data = slices.Clone(s.Data) // which the next step may overwrite
	into[name] = s
}

func (v *setVar) do(vars variables, c *sample.Ctx) {
	if v.unset {
		vars.put(v.name, sample.Sample{}, true)
		return
	}
	var s sample.Sample
	ok := true
	if v.format != nil {
		s = sample.Sample{Type: sample.Str, Data: v.format.Append(nil, c)}
	} else {
		ok = v.expr.Eval(c, &s)
	}
	if old, exists := vars.Var(v.name); v.allowed(&s, ok, &old, exists) && ok {
		vars.put(v.name, s, false)
	}
}

// allowed says whether all conditions hold (manual 7.3.1, "set-var").
func (v *setVar) allowed(s *sample.Sample, ok bool, old *sample.Sample, exists bool) bool {
	empty := !ok || len(s.Data) == 0 && (s.Type == sample.Str || s.Type == sample.Bin)
	numbers := exists && old.Type == sample.Sint && s.Type == sample.Sint
	for _, c := range v.conditions {
		var holds bool
		switch c {
		case "ifexists":
			holds = exists
		case "ifnotexists":
			holds = !exists
		case "ifempty":
			holds = empty
		case "ifnotempty":
			holds = !empty
		case "ifset":
			holds = exists
		case "ifnotset":
			holds = !exists
		case "ifgt":
			holds = !numbers || old.Int > s.Int
		case "iflt":
			holds = !numbers || old.Int < s.Int
		}
		if !holds {
			return false
		}
	}
	return true
}
