package config

import "path/filepath"

// DefaultPath is "default-path": where relative names of files begin (manual
// 3.1).
type DefaultPath struct {
	Mode   string // config, parent, origin; "": the current directory
	Origin string
}

var defaultPathRows = Table{
	{Name: "default-path", In: InGlobal, Max: 2, Syntax: "default-path { current | config | parent | origin <path> }", Since: "2.5",
		Doc: "Says where relative names of files begin.", Parse: func(p *Parser, l *Line) {
			const known = "supported modes include 'current', 'config', 'parent', and 'origin'."
			d := &p.spec.Global.DefaultPath
			switch mode := l.Arg(1); mode {
			case "":
				p.Alert(l.Pos, "missing default-path mode '' for 'default-path', %s", known)
			case "current", "config", "parent":
				if len(l.Words) > 2 {
					p.Alert(l.Pos, "'default-path %s' cannot handle unexpected argument '%s'.", mode, clip(l.Words[2]))
					return
				}
				*d = DefaultPath{Mode: mode}
				if mode == "current" {
					d.Mode = ""
				}
			case "origin":
				if l.Arg(2) == "" {
					p.Alert(l.Pos, "'default-path %s' expects a directory as an argument.", mode)
					return
				}
				*d = DefaultPath{mode, l.Words[2]}
			default:
				p.Alert(l.Pos, "unsupported default-path mode '%s' for 'default-path', %s", clip(mode), known)
			}
		}},
}

// Name is the name of a file as the line at pos means it.
func (d DefaultPath) Name(pos Pos, name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	switch d.Mode {
	case "config":
		return filepath.Join(filepath.Dir(pos.File), name)
	case "parent":
		return filepath.Join(filepath.Dir(pos.File), "..", name)
	case "origin":
		return filepath.Join(d.Origin, name)
	}
	return name
}

func (t *textWriter) defaultPath(d DefaultPath) {
	switch {
	case d.Origin != "":
		t.line("default-path", d.Mode, d.Origin)
	case d.Mode != "":
		t.line("default-path", d.Mode)
	}
}
