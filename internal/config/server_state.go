package config

import "path/filepath"

// Where the states of servers are restored from (manual 4.2,
// "load-server-state-from-file").
const (
	StateNone   = "none"
	StateGlobal = "global"
	StateLocal  = "local"
)

var serverStateRows = Table{
	{Name: "server-state-base", In: InGlobal, Max: -1, Syntax: "server-state-base <directory>", Doc: "Sets the directory of relative server state files.",
		Parse: stateWord("'server-state-base' expects one argument: a directory path.", func(p *Parser) *string { return &p.spec.Global.StateBase })},
	{Name: "server-state-file", In: InGlobal, Max: -1, Syntax: "server-state-file <file>", Doc: "Sets the file from which the states of servers are restored at the start.",
		Parse: stateWord("'server-state-file' expect one argument: a file path.", func(p *Parser) *string { return &p.spec.Global.StateFile })},
	{Name: "load-server-state-from-file", In: InBackends | InDefaults, Max: 1, Syntax: "load-server-state-from-file { global | local | none }",
		Doc: "Sets whether the states of servers are restored, and from which file.", Parse: func(p *Parser, l *Line) {
			switch w := l.Arg(1); w {
			case StateNone, StateGlobal, StateLocal:
				p.proxy.LoadState = w
			default:
				p.Alert(l.Pos, "'load-server-state-from-file' expects 'global', 'local' or 'none'. Got '%s'", clip(w))
			}
		}},
	{Name: "server-state-file-name", In: InBackends | InDefaults, Max: 1, Syntax: "server-state-file-name [{ use-backend-name | <file> }]",
		Doc: "Sets the file from which the states of this backend's servers are restored.", Parse: func(p *Parser, l *Line) {
			p.proxy.StateFile = l.Arg(1)
			if p.proxy.StateFile == "use-backend-name" {
				p.proxy.StateFile = ""
			}
		}},
}

func stateWord(missing string, field func(*Parser) *string) func(*Parser, *Line) {
	return func(p *Parser, l *Line) {
		if l.Arg(1) == "" {
			p.Alert(l.Pos, "%s", missing)
			return
		}
		*field(p) = l.Words[1]
	}
}

// StatePath returns the file from which the states of p's servers are restored,
// "" without one.
func (s *Spec) StatePath(p *Proxy) string {
	name := ""
	switch p.LoadState {
	case StateGlobal:
		if name = s.Global.StateFile; name == "" {
			return ""
		}
	case StateLocal:
		if name = p.StateFile; name == "" {
			name = p.Name
		}
	default:
		return ""
	}
	if s.Global.StateBase != "" && !filepath.IsAbs(name) {
		name = filepath.Join(s.Global.StateBase, name)
	}
	return name
}

// serverState warns of a backend that wants the global file when there is none.
func (c *checker) serverState(p *Proxy) {
	if p.LoadState == StateGlobal && c.spec.Global.StateFile == "" {
		c.warn(p.Pos, "%s configured to load server state file from global section 'server-state-file' directive. Unfortunately, 'server-state-file' is not set!", p.Title())
	}
}
