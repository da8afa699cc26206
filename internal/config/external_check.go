package config

// Rows of health checks by programs (manual 3.1, 4.2).
var externalCheckRows = Table{
	{Name: "external-check", In: InGlobal, Max: -1, Syntax: "external-check [preserve-env]", Doc: "Allows health checks by programs, which may get the whole environment.", Parse: parseExternalCheck},
	checkOption("external-check", "", "Checks servers by a program."),
	groupRow(InAnyProxy, "external-check", "missing argument after 'external-check'.", "'external-check' only supports 'command' and 'path'. but got '%s'."),
	externalWord("command", "<command>", "Sets the program that checks servers.", func(c *CheckSpec) *string { return &c.Command }),
	externalWord("path", "<path>", "Sets where the program that checks servers looks for others.", func(c *CheckSpec) *string { return &c.Path }),
}

func parseExternalCheck(p *Parser, l *Line) {
	g := p.spec.Global
	switch {
	case l.Arg(1) == "":
		g.ExternalCheck = true
	case l.Arg(1) == "preserve-env":
		g.ExternalCheck, g.ExternalCheckEnv = true, true
	default:
		p.Alert(l.Pos, "'external-check' only supports 'preserve-env' as an argument, found '%s'.", clip(l.Arg(1)))
	}
}

func externalWord(word, args, doc string, field func(*CheckSpec) *string) Keyword {
	name := "external-check " + word
	return Keyword{Name: name, In: InBackends | InDefaults, Max: -1, Syntax: notation(name, args), Doc: doc, Parse: func(p *Parser, l *Line) {
		switch {
		case l.Arg(2) == "":
			p.Alert(l.Pos, "missing argument after '%s'.", word)
		case len(l.Words) > 3:
			p.Alert(l.Pos, "'external-check' cannot handle unexpected argument '%s'.", clip(l.Words[3]))
		default:
			*field(&p.proxy.Checks) = l.Words[2]
		}
	}}
}

// externalCheck checks what "option external-check" needs elsewhere.
func (c *checker) externalCheck(p *Proxy) {
	if p.Checks.Type != "external-check" {
		return
	}
	g := c.spec.Global
	if !g.ExternalCheck {
		c.alert(p.Pos, "Proxy '%s' : 'option external-check' unable to find required 'global.external-check'.", p.Name)
	}
	if p.Checks.Command == "" {
		c.alert(p.Pos, "Proxy '%s' : 'option external-check' unable to find required 'external-check command'.", p.Name)
	}
	if !g.InsecureFork {
		c.warn(p.Pos, "Proxy '%s' : 'insecure-fork-wanted' not enabled in the global section, 'option external-check' will likely fail.", p.Name)
	}
}
