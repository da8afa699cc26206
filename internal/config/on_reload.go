package config

import (
	"slices"
	"strings"
)

// OnReload is the program that the master starts after each reload. User and Group are
// names, "" for those of the master.
type OnReload struct {
	Command     []string // Command[0] is an absolute path; empty: no program
	User, Group string
}

// parseOnReload reads "[user <name>] [group <name>] <program> [<argument>]*". The
// program begins with a slash, which no name of an option does.
func parseOnReload(p *Parser, l *Line) {
	const name = "mworker-on-reload"
	var h OnReload
	words := l.Words[1:]
	for len(words) > 0 && (words[0] == "user" || words[0] == "group") {
		kind, to := words[0], &h.User
		if kind == "group" {
			to = &h.Group
		}
		switch {
		case len(words) < 2 || words[1] == "":
			p.Alert(l.Pos, "'%s' : '%s' expects a %s name.", name, kind, kind)
			return
		case *to != "":
			p.Alert(l.Pos, "'%s' : '%s' is given twice.", name, kind)
			return
		case !p.exists(kind, words[1]):
			p.Alert(l.Pos, "'%s' : unknown %s name '%s'.", name, kind, clip(words[1]))
			return
		}
		*to, words = words[1], words[2:]
	}
	switch {
	case len(words) == 0 || words[0] == "":
		p.Alert(l.Pos, "'%s' expects the absolute path of a program, and its arguments.", name)
	case !strings.HasPrefix(words[0], "/"):
		p.Alert(l.Pos, "'%s' expects the absolute path of a program, not '%s'.", name, clip(words[0]))
	default:
		h.Command = slices.Clone(words)
		p.spec.Global.OnReload = h
	}
}

func (t *textWriter) onReload(h *OnReload) {
	if len(h.Command) == 0 {
		return
	}
	words := []string{"mworker-on-reload"}
	if h.User != "" {
		words = append(words, "user", h.User)
	}
	if h.Group != "" {
		words = append(words, "group", h.Group)
	}
	t.line(append(words, h.Command...)...)
}
