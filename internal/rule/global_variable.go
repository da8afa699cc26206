package rule

import (
	"errors"
	"fmt"
	"os"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// ProcVar is a compiled "set-var" or "set-var-fmt" of the global section.
type ProcVar struct{ setVar }

// globalVar parses a "set-var" or "set-var-fmt" of the global section (manual
// 3.1). Its value is computed by SetGlobalVars. As in the reference, words after
// the value are passed over.
func (t *table) globalVar(p *config.Parser, l *config.Line) {
	keyword := l.Words[0]
	what := map[string]string{"set-var": "sample expression", "set-var-fmt": "format string"}[keyword]
	if len(l.Words) < 3 {
		p.Alert(l.Pos, "'%s' requires a process-wide variable name ('proc.<name>') and a %s.", keyword, what)
		return
	}
	k := &actionParser{Compiler: t.compiler(p, l), place: sample.ConfigParse}
	v, err := k.procVar(l.Words[1], keyword == "set-var-fmt", l.Words[2:])
	if errors.Is(err, errScope) {
		err = fmt.Errorf("'%s': cannot set variable '%s', only scope 'proc' is permitted in the global section.", keyword, l.Words[1])
	}
	if err != nil {
		p.Alert(l.Pos, "%v", err)
		return
	}
	p.SetVar(l, v)
}

// errScope is a variable of another scope than "proc".
var errScope = errors.New("only scope 'proc' is permitted")

// procVar compiles a value for a variable of the process.
func (p *actionParser) procVar(name string, format bool, words []string) (*ProcVar, error) {
	a, err := sample.ParseAssignment(name)
	if err != nil {
		return nil, err
	}
	if a.Var().Scope != sample.VarProc {
		return nil, errScope
	}
	v := &ProcVar{setVar{set: a}}
	if format {
		v.format, err = p.format(words[0], sample.TextStyle)
	} else {
		v.expr, _, err = p.exprFor("set-var("+name+")", words)
	}
	return v, err
}

// SetGlobalVars computes the variables of the global section in their order, now
// in nanoseconds since 1970. It returns the first that tune.vars does not allow.
func SetGlobalVars(s *config.Spec, now int64) (pos config.Pos, err error) {
	c := &sample.Ctx{Now: now}
	for _, d := range s.Global.Vars {
		v, ok := d.Program.(*ProcVar)
		if !ok {
			continue
		}
		if !v.Set(c) {
			return d.Pos, fmt.Errorf("variable '%s' does not fit into the memory that tune.vars.proc-max-size and tune.vars.global-max-size allow for", d.Words[1])
		}
		c.Reset()
	}
	return config.Pos{}, nil
}

// Set computes the value and sets the variable; false when it found no room.
func (v *ProcVar) Set(c *sample.Ctx) bool {
	var s sample.Sample
	if v.expr == nil {
		s = sample.Sample{Type: sample.Str, Data: v.format.Append(nil, c)}
	} else if !v.expr.Eval(c, &s) {
		return true
	}
	v.set.Set(c, &s)
	var now sample.Sample
	return v.set.Var().Load(c, &now)
}

// CLIVar compiles what the runtime API's "set var" is given: the name of a
// variable of the process, and an expression or a format.
func CLIVar(name string, format bool, text string) (*ProcVar, error) {
	host, _ := os.Hostname()
	k := &actionParser{Compiler: &Compiler{Scope: sample.Scope{Env: os.LookupEnv, Hostname: host, PID: os.Getpid()}}, place: sample.CLIParse}
	v, err := k.procVar(name, format, []string{text})
	if errors.Is(err, errScope) {
		err = fmt.Errorf("'set var': cannot set variable '%s', only scope 'proc' is permitted here.", name)
	}
	return v, err
}
