package cli

import "github.com/sluice-proxy/sluice/internal/cli/line"

// Variables are those of the process.
type Variables interface {
	// Variable gives the type and the text of a variable; false when it is not set.
	Variable(name string) (kind, text string, ok bool)
	// SetVariable sets one to the value of an expression, or to the text that a
	// format makes.
	SetVariable(name string, format bool, value string) error
}

// VariableTable returns the commands that show and set the variables of the
// process (management guide 9.3).
func VariableTable(of Variables) line.Table {
	return line.Table{
		{Words: []string{"get", "var"}, Args: "<name>", Help: "retrieve contents of a process-wide variable",
			Level: line.LevelOperator, Worker: true, Run: variables{of}.get},
		{Words: []string{"set", "var"}, Args: "<name> [fmt|expr] {<fmt>|<expr>}", Help: "set variable from an expression/format",
			Level: line.LevelOperator, Experimental: true, Worker: true, Run: variables{of}.set},
	}
}

type variables struct{ Variables }

func (v variables) get(s *line.Session, args []string, _ []byte) {
	if len(args) == 0 {
		s.Err("Missing process-wide variable identifier.")
		return
	}
	kind, text, ok := v.Variable(args[0])
	if !ok {
		s.Err("Variable not found.")
		return
	}
	s.Printf("%s: type=%s value=<%s>\n", args[0], kind, text)
}

// set is "set var <name> [expr|fmt] <value>". As in the reference, what
// follows a value that is told what it is is passed over.
func (v variables) set(s *line.Session, args []string, _ []byte) {
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
	if err := v.SetVariable(args[0], kind == "fmt", text); err != nil {
		s.Err(err.Error())
	}
}
