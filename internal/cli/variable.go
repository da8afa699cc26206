package cli

import (
	"time"

	"github.com/sluice-proxy/sluice/internal/cli/line"
	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// variableCommands show and set the variables of the process (management guide
// 9.3).
func variableCommands() []line.Command {
	return []line.Command{
		{Words: []string{"get", "var"}, Args: "<name>", Help: "retrieve contents of a process-wide variable",
			Level: line.LevelOperator, Worker: true, Run: getVar},
		{Words: []string{"set", "var"}, Args: "<name> [fmt|expr] {<fmt>|<expr>}", Help: "set variable from an expression/format",
			Level: line.LevelOperator, Experimental: true, Worker: true, Run: setVar},
	}
}

func getVar(s *line.Session, args []string, _ []byte) {
	if len(args) == 0 {
		s.Err("Missing process-wide variable identifier.")
		return
	}
	var c sample.Ctx
	var v sample.Sample
	found := sample.FindVar(args[0])
	if found == nil || found.Scope != sample.VarProc || !found.Load(&c, &v) {
		s.Err("Variable not found.")
		return
	}
	kind := v.Type
	sample.Cast(&c, &v, sample.Str)
	s.Printf("%s: type=%s value=<%s>\n", args[0], kind, v.Data)
}

// setVar is "set var <name> [expr|fmt] <value>". As in the reference, what
// follows a value that is told what it is is passed over.
func setVar(s *line.Session, args []string, _ []byte) {
	switch len(args) {
	case 0:
		s.Err("Missing process-wide variable identifier.")
		return
	case 1:
		s.Err("Missing either 'expr', 'fmt' or expression.")
		return
	}
	kind, text := "expr", args[1]
	if len(args) > 2 {
		if kind, text = args[1], args[2]; kind != "expr" && kind != "fmt" {
			s.Err("'set var': arg type must be either 'expr' or 'fmt' but got '" + kind + "'.")
			return
		}
	}
	v, err := rule.CLIVar(args[0], kind == "fmt", text)
	if err != nil {
		s.Err(err.Error())
		return
	}
	if !v.Set(&sample.Ctx{Now: time.Now().UnixNano()}) {
		s.Err("'set var': the memory for variables is used up.")
	}
}
