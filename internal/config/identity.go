package config

import (
	"strings"
)

// identityRows are the keywords about who the process is.
var identityRows = Table{
	{Name: "user", In: InGlobal, Max: 1, Syntax: "user <user name>", Doc: "Runs the workers as a user.", Parse: func(p *Parser, l *Line) {
		userOrGroup(p, l, "user/uid", "user", &p.spec.Global.User, p.spec.Global.UID)
	}},
	{Name: "group", In: InGlobal, Max: 1, Syntax: "group <group name>", Doc: "Runs the workers in a group.", Parse: func(p *Parser, l *Line) {
		userOrGroup(p, l, "gid/group", "group", &p.spec.Global.Group, p.spec.Global.GID)
	}},
	{Name: "uid", In: InGlobal, Max: 1, Syntax: "uid <number>", Doc: "Runs the workers as the user of that number.", Parse: func(p *Parser, l *Line) {
		identityNumber(p, l, "user/uid", "user", p.spec.Global.User, &p.spec.Global.UID)
	}},
	{Name: "gid", In: InGlobal, Max: 1, Syntax: "gid <number>", Doc: "Runs the workers in the group of that number.", Parse: func(p *Parser, l *Line) {
		identityNumber(p, l, "gid/group", "group", p.spec.Global.Group, &p.spec.Global.GID)
	}},
	{Name: "chroot", In: InGlobal, Max: 1, Syntax: "chroot { <jail dir> | auto }", Doc: "Changes the root directory of the workers.", Parse: func(p *Parser, l *Line) {
		switch g := p.spec.Global; {
		case g.Chroot != "":
			p.mild(l.Pos, "'chroot' already specified. Continuing.")
		case p.need(l, "'chroot' expects a directory as an argument."):
			g.Chroot = l.Words[1]
		}
	}},
	{Name: "description", In: InGlobal, Max: -1, Syntax: "description <text> ...", Doc: "Sets a text that describes the instance.", Parse: func(p *Parser, l *Line) {
		if len(l.Words) < 2 {
			p.alertTight(l.Pos, "'description' expects a string argument.")
			return
		}
		p.spec.Global.Description = strings.Join(l.Words[1:], " ")
	}},
	{Name: "node", In: InGlobal, Max: 1, Syntax: "node <name>", Doc: "Sets the name of the instance.", Parse: func(p *Parser, l *Line) {
		name := l.Arg(1)
		ok := name != ""
		for i := range len(name) {
			ok = ok && (isNameByte(name[i]) || name[i] == '.' || name[i] == '-')
		}
		if !ok {
			p.alertTight(l.Pos, "'node' requires valid node name - non-empty string with digits(0-9), letters(A-Z, a-z), dot(.), hyphen(-) or underscode(_).")
			return
		}
		p.spec.Global.Node = name
	}},
}

func userOrGroup(p *Parser, l *Line, both, kind string, name *string, id int) {
	switch {
	case *name != "" || id >= 0:
		p.mild(l.Pos, "%s already specified. Continuing.", both)
	case len(l.Words) < 2:
		p.Alert(l.Pos, "cannot find %s id for '' (0:Success)", kind)
	case !p.exists(kind, l.Words[1]):
		p.Alert(l.Pos, "cannot find %s id for '%s' (0:Success)", kind, clip(l.Words[1]))
	default:
		*name = l.Words[1]
	}
}

// exists looks the name of a user or group up, if whoever parses wants that. The
// number is found again when it is used: a Spec depends on no machine.
func (p *Parser) exists(kind, name string) bool {
	find := p.opts.UserID
	if kind == "group" {
		find = p.opts.GroupID
	}
	if find == nil {
		return true
	}
	_, err := find(name)
	return err == nil
}

func identityNumber(p *Parser, l *Line, both, kind, name string, id *int) {
	switch {
	case name != "" || *id >= 0:
		p.mild(l.Pos, "%s already specified. Continuing.", both)
	case p.need(l, "'"+l.Words[0]+"' expects an integer argument."):
		n, ok := parseInt(l.Words[1], 0, 1<<32-2)
		if !ok {
			// The reference warns and runs as 0, which is root.
			p.Alert(l.Pos, " %s: string '%s' is not a number.\n   | You might want to use the '%s' parameter to use a system %s name.",
				l.Words[0], clip(l.Words[1]), kind, kind)
			return
		}
		*id = n
	}
}
