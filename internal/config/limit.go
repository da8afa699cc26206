package config

// limitRows bound what the process takes: connections, descriptors, pipes.
var limitRows = Table{
	{Name: "maxconn", In: InGlobal, Max: 1, Syntax: "maxconn <number>", Doc: "Sets the largest number of concurrent connections of the process.",
		Parse: func(p *Parser, l *Line) {
			g := p.spec.Global
			if g.Maxconn != 0 {
				p.mild(l.Pos, "'maxconn' already specified. Continuing.")
			} else if p.need(l, "'maxconn' expects an integer argument.") {
				n, ok := parseInt(l.Words[1], 0, maxInt)
				if !ok {
					p.Alert(l.Pos, "cannot parse 'maxconn' value '%s', an integer is expected.", clip(l.Words[1]))
					return
				}
				g.Maxconn = n
			}
		}},
	limitRow("ulimit-n", "Sets the largest number of file descriptors of the process.", "", func(g *Global) *int { return &g.UlimitN }),
	limitRow("fd-hard-limit", "Bounds the number of file descriptors whatever the system allows.", "2.6", func(g *Global) *int { return &g.FDHardLimit }),
	limitRow("maxconnrate", "Sets how many connections a second the process takes.", "", func(g *Global) *int { return &g.MaxConnRate }),
	limitRow("maxsessrate", "Sets how many sessions a second the process takes.", "", func(g *Global) *int { return &g.MaxSessRate }),
	limitRow("maxpipes", "Sets how many pipes may carry spliced data.", "", func(g *Global) *int { return &g.MaxPipes }),
	{Name: "maxsslrate", In: InGlobal, Max: 1, Syntax: "maxsslrate <number>", Doc: "Sets how many TLS sessions a second the process takes.",
		Parse: func(p *Parser, l *Line) {
			if integer(p, l, 0, maxInt, new(int), "") {
				p.spec.Global.SSL = append(p.spec.Global.SSL, Setting{l.Pos, l.Words})
			}
		}},
	{Name: "strict-limits", In: InGlobal, No: true, Doc: "Makes it fatal when the system does not grant the limits needed, which is the default.", Since: "2.1",
		Parse: func(p *Parser, l *Line) { p.spec.Global.LaxLimits = l.No }},
}

func limitRow(name, doc, since string, field func(*Global) *int) Keyword {
	return Keyword{Name: name, In: InGlobal, Max: 1, Syntax: name + " <number>", Doc: doc, Since: since, Parse: func(p *Parser, l *Line) {
		v := field(p.spec.Global)
		if *v != 0 {
			p.mild(l.Pos, "'%s' already specified. Continuing.", name)
			return
		}
		integer(p, l, 0, maxInt, v, "")
	}}
}

// integer reads the argument of a keyword into v. The text of an error may be
// that for a value which is none or out of bounds; "": as without a value.
func integer(p *Parser, l *Line, lo, hi int, v *int, wrong string) bool {
	missing := "'" + l.Words[0] + "' expects an integer argument."
	if !p.need(l, missing) {
		return false
	}
	n, ok := parseInt(l.Words[1], lo, hi)
	if !ok {
		if wrong == "" {
			wrong = missing
		}
		p.Alert(l.Pos, "%s", wrong)
		return false
	}
	*v = n
	return true
}

func (t *textWriter) limits(g *Global) {
	t.number("maxconn", g.Maxconn, 0)
	t.number("ulimit-n", g.UlimitN, 0)
	t.number("fd-hard-limit", g.FDHardLimit, 0)
	t.number("maxconnrate", g.MaxConnRate, 0)
	t.number("maxsessrate", g.MaxSessRate, 0)
	t.number("maxpipes", g.MaxPipes, 0)
	if g.LaxLimits {
		t.line("no", "strict-limits")
	}
}
