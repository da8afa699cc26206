package config

// uniqueIDRows are about identifiers of requests (manual 4.2).
var uniqueIDRows = Table{
	{Name: "unique-id-format", In: InAnyProxy, Max: -1, Syntax: "unique-id-format <fmt>", Doc: "Sets what unique identifiers of requests are made of.", Parse: func(p *Parser, l *Line) {
		switch {
		case l.Arg(1) == "":
			p.Alert(l.Pos, "unique-id-format expects an argument.")
		case l.Arg(2) != "":
			p.Alert(l.Pos, "unique-id-format expects only one argument, don't forget to escape spaces!")
		default:
			p.proxy.UniqueID = &LogFormat{Text: l.Words[1], Pos: l.Pos}
		}
	}},
	{Name: "unique-id-header", In: InFrontends | InDefaults, Max: -1, Syntax: "unique-id-header <name>", Doc: "Tells servers the unique identifier of a request in a header field.", Parse: func(p *Parser, l *Line) {
		if l.Arg(1) == "" {
			p.Alert(l.Pos, "unique-id-header expects an argument.")
			return
		}
		p.proxy.UniqueIDHeader = l.Words[1]
	}},
}

func (t *textWriter) uniqueID(p, base *Proxy) {
	if f := p.UniqueID; f != nil && f != base.UniqueID {
		t.line("unique-id-format", f.Text)
	}
	if h := p.UniqueIDHeader; h != "" && h != base.UniqueIDHeader {
		t.line("unique-id-header", h)
	}
}
