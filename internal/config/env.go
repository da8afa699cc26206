package config

import (
	"maps"
	"slices"
	"strings"
)

// Env is the environment of a configuration, by name. It is never the
// process's own: setenv and its like change this map only.
type Env map[string]string

// NewEnv makes an Env of "name=value" strings as os.Environ returns them.
func NewEnv(list []string) Env {
	e := make(Env, len(list))
	for _, kv := range list {
		if name, value, ok := strings.Cut(kv, "="); ok && name != "" {
			e[name] = value
		}
	}
	return e
}

// Lookup returns the value of a variable.
func (e Env) Lookup(name string) (string, bool) {
	v, ok := e[name]
	return v, ok
}

// Clone returns a copy.
func (e Env) Clone() Env { return maps.Clone(e) }

// List returns "name=value" strings in the order of names.
func (e Env) List() []string {
	l := make([]string, 0, len(e))
	for _, name := range slices.Sorted(maps.Keys(e)) {
		l = append(l, name+"="+e[name])
	}
	return l
}

// EnvOp is one environment keyword of a global section.
type EnvOp struct {
	Op    string   // setenv, presetenv, unsetenv, resetenv
	Names []string // one for setenv and presetenv
	Value string
}

// Apply does what the keyword says.
func (o EnvOp) Apply(e Env) {
	switch o.Op {
	case "setenv":
		e[o.Names[0]] = o.Value
	case "presetenv":
		if _, ok := e[o.Names[0]]; !ok {
			e[o.Names[0]] = o.Value
		}
	case "unsetenv":
		for _, n := range o.Names {
			delete(e, n)
		}
	case "resetenv":
		maps.DeleteFunc(e, func(name, _ string) bool { return !slices.Contains(o.Names, name) })
	}
}

var environmentRows = Table{
	{Name: "setenv", In: InGlobal, Max: 2, Discovery: true, Syntax: "setenv <name> <value>", Doc: "Sets a variable of the configuration's environment.", Since: "1.6", Parse: parseSetenv},
	{Name: "presetenv", In: InGlobal, Max: 2, Discovery: true, Syntax: "presetenv <name> <value>", Doc: "Sets a variable of the configuration's environment unless it is set.", Since: "1.6", Parse: parseSetenv},
	{Name: "unsetenv", In: InGlobal, Max: -1, Discovery: true, Syntax: "unsetenv [<name> ...]", Doc: "Removes variables from the configuration's environment.", Since: "1.6", Parse: parseUnsetenv},
	{Name: "resetenv", In: InGlobal, Max: -1, Discovery: true, Syntax: "resetenv [<name> ...]", Doc: "Removes all variables but those named from the configuration's environment.", Since: "1.6", Parse: parseUnsetenv},
}

func parseSetenv(p *Parser, l *Line) {
	name, value := l.Arg(1), l.Arg(2)
	switch {
	case name == "":
		p.Alert(l.Pos, "'%s' expects environment variable name.\n.", l.Words[0])
	case value == "":
		p.Alert(l.Pos, "'%s' expects environment variable value for '%s'.\n.", l.Words[0], clip(name))
	case strings.Contains(name, "="):
		p.Alert(l.Pos, "'%s' failed on variable '%s' : Invalid argument.", l.Words[0], clip(name))
	default:
		p.envOp(EnvOp{Op: l.Words[0], Names: []string{name}, Value: value})
	}
}

func parseUnsetenv(p *Parser, l *Line) {
	if len(l.Words) < 2 && l.Words[0] == "unsetenv" {
		p.Alert(l.Pos, "'unsetenv' expects at least one variable name.")
		return
	}
	p.envOp(EnvOp{Op: l.Words[0], Names: slices.Clone(l.Words[1:])})
}

func (p *Parser) envOp(o EnvOp) {
	o.Apply(p.env)
	p.spec.Global.EnvOps = append(p.spec.Global.EnvOps, o)
}
