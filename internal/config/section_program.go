package config

import "slices"

// Program is a program section, which HAProxy had up to 3.2: a command that the
// master runs beside the workers. The discovery pass reads it, for the master
// sees nothing else of a configuration.
type Program struct {
	SectionHead
	Command         []string
	User, Group     string
	NoStartOnReload bool
}

// MaxPrograms is how many programs a configuration may have: the master runs
// each.
const MaxPrograms = 64

var programRows = Table{
	{Name: "command", In: InProgram, Discovery: true, Max: -1, Since: "2.0", Syntax: "command <command> [arguments*]",
		Doc: "Sets the command to run.", Parse: of(func(p *Parser, l *Line, g *Program) {
			if l.Arg(1) == "" {
				p.alertTight(l.Pos, "'command' expects a command with optional arguments separated in words.")
				return
			}
			g.Command = slices.Clone(l.Words[1:])
		})},
	{Name: "group", In: InProgram, Discovery: true, Max: 1, Since: "2.4", Syntax: "group <group name>",
		Doc: "Runs the command in a group.", Parse: of(func(p *Parser, l *Line, g *Program) {
			p.runAs(l, &g.Group)
		})},
	{Name: "option", In: InProgram, Max: -1, No: true, Group: true, Parse: sectionOption},
	{Name: "option start-on-reload", In: InProgram, Discovery: true, No: true, Since: "2.0",
		Doc: "Starts the command anew on a reload.", Parse: of(func(_ *Parser, l *Line, g *Program) {
			g.NoStartOnReload = l.No
		})},
	{Name: "user", In: InProgram, Discovery: true, Max: 1, Since: "2.4", Syntax: "user <user name>",
		Doc: "Runs the command as a user.", Parse: of(func(p *Parser, l *Line, g *Program) {
			p.runAs(l, &g.User)
		})},
}

func openProgram(p *Parser, l *Line) {
	p.skipSection("program")
	name := l.Arg(1)
	_, taken := p.taken(l, name)
	switch {
	case p.discovery && (name == "" || len(l.Words) > 2 || taken || len(p.spec.Programs) >= MaxPrograms):
		// What is wrong here the whole parse tells.
	case name == "":
		p.Alert(l.Pos, "'program' expects an <id> argument")
	case len(l.Words) > 2:
		p.Alert(l.Pos, "'program' cannot handle unexpected argument '%s'.", clip(l.Words[2]))
	case taken:
		p.alertTight(l.Pos, "'%s' program section already exists in the configuration.", clip(name))
	case len(p.spec.Programs) >= MaxPrograms:
		p.Alert(l.Pos, "more than %d 'program' sections.", MaxPrograms)
	default:
		if !p.discovery && !p.spec.Global.ExposeDeprecated {
			p.Warn(l.Pos, "the 'program' section is deprecated and gone from HAProxy 3.3: have the program started by the system's service manager. 'expose-deprecated-directives' in the 'global' section silences this warning.")
		}
		p.enter(InProgram, "program", name)
		g := &Program{SectionHead: SectionHead{l.Pos, name}}
		p.other = g
		p.spec.Programs = append(p.spec.Programs, g)
	}
}

// runAs reads the name of a user or group that a program runs as.
func (p *Parser) runAs(l *Line, name *string) {
	kind := l.Words[0]
	switch {
	case l.Arg(1) == "":
		p.alertTight(l.Pos, "'%s' expects a %s name.", kind, kind)
	case *name != "":
		p.mild(l.Pos, "%s/%s already specified. Continuing.", kind, map[string]string{"user": "uid", "group": "gid"}[kind])
	case !p.exists(kind, l.Words[1]):
		p.Alert(l.Pos, "cannot find %s id for '%s' (0:Success)", kind, clip(l.Words[1]))
	default:
		*name = l.Words[1]
	}
}

// sectionOption refuses an option that the section does not have.
func sectionOption(p *Parser, l *Line) {
	if len(l.Words) < 2 {
		p.alertTight(l.Pos, "'option' expects an option name.")
		return
	}
	hint := "."
	if s := suggest(l.Words[1], p.rows.names(p.sect, "option")); s != "" {
		hint = "; did you mean '" + s + "' maybe ?"
	}
	p.Alert(l.Pos, "unknown option '%s'%s", clip(l.Words[1]), hint)
}

func (g *Program) check(c *checker) {
	if len(g.Command) == 0 {
		c.alert(g.Pos, "config : The program section '%s' lacks a command to launch.", clip(g.Name))
	}
}

func (g *Program) write(t *textWriter) {
	t.section("program", g.Name)
	if g.NoStartOnReload {
		t.line("no", "option", "start-on-reload")
	}
	t.text("user", g.User)
	t.text("group", g.Group)
	if len(g.Command) > 0 {
		t.line(append([]string{"command"}, g.Command...)...)
	}
}
