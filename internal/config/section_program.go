package config

// Program is a program section, which HAProxy had up to 3.2: a command that the
// master runs beside the workers.
type Program struct {
	SectionHead
	Command         []string
	User, Group     string
	NoStartOnReload bool
}

var programRows = Table{
	{Name: "command", In: InProgram, Max: -1, Since: "2.0", Syntax: "command <command> [arguments*]",
		Doc: "Sets the command to run.", Parse: of(func(p *Parser, l *Line, g *Program) {
			if len(l.Words) < 2 {
				p.alertTight(l.Pos, "'command' expects a command with optional arguments separated in words.")
				return
			}
			g.Command = l.Words[1:]
		})},
	{Name: "group", In: InProgram, Max: 1, Since: "2.4", Syntax: "group <group name>",
		Doc: "Runs the command in a group.", Parse: of(func(p *Parser, l *Line, g *Program) {
			if g.Group = l.Arg(1); g.Group == "" {
				p.alertTight(l.Pos, "'group' expects a group name.")
			}
		})},
	{Name: "option", In: InProgram, Max: -1, No: true, Group: true, Parse: sectionOption},
	{Name: "option start-on-reload", In: InProgram, No: true, Since: "2.0",
		Doc: "Starts the command anew on a reload.", Parse: of(func(_ *Parser, l *Line, g *Program) {
			g.NoStartOnReload = l.No
		})},
	{Name: "user", In: InProgram, Max: 1, Since: "2.4", Syntax: "user <user name>",
		Doc: "Runs the command as a user.", Parse: of(func(p *Parser, l *Line, g *Program) {
			if g.User = l.Arg(1); g.User == "" {
				p.alertTight(l.Pos, "'user' expects a user name.")
			}
		})},
}

func openProgram(p *Parser, l *Line) {
	p.skipSection("program")
	name := l.Arg(1)
	_, taken := p.taken(l, name)
	switch {
	case p.discovery:
	case name == "":
		p.Alert(l.Pos, "'program' expects an <id> argument")
	case len(l.Words) > 2:
		p.Alert(l.Pos, "'program' cannot handle unexpected argument '%s'.", clip(l.Words[2]))
	case taken:
		p.alertTight(l.Pos, "'%s' program section already exists in the configuration.", clip(name))
	default:
		p.enter(InProgram, "program", name)
		g := &Program{SectionHead: SectionHead{l.Pos, name}}
		p.other = g
		p.spec.Programs = append(p.spec.Programs, g)
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
