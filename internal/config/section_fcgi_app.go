package config

import "strconv"

// FCGIApp is a fcgi-app section (manual 10.1.1): how requests become those of a
// FastCGI application.
type FCGIApp struct {
	SectionHead
	DocRoot   string
	Index     string
	PathInfo  string // a regular expression
	GetValues bool
	NoKeep    bool // no option keep-conn
	MaxReqs   int  // 1 when not set
	MpxsConns bool
	Rules     []*FCGIRule
	Proxy     *Proxy // its ACLs, and as log targets those of "log-stderr"
}

// FCGIRule is a "pass-header" or "set-param" line, Words without the keyword.
type FCGIRule struct {
	Keyword string
	Directive
}

var fcgiAppRows = Table{
	{Name: "acl", In: InFCGIApp, Min: 2, Max: -1, Since: "2.1", Syntax: "acl <aclname> <criterion> [flags] [operator] <value> ...",
		Doc: "Declares or completes a named set of tests of the application.", Parse: of(func(_ *Parser, l *Line, a *FCGIApp) {
			a.Proxy.ACLs = append(a.Proxy.ACLs, &Directive{Pos: l.Pos, Words: l.Words[1:]})
		})},
	fcgiText("docroot", "<path>", "Sets the folder that paths of scripts begin with.", func(a *FCGIApp) *string { return &a.DocRoot }),
	fcgiText("index", "<filename>", "Sets the script that stands for a folder.", func(a *FCGIApp) *string { return &a.Index }),
	{Name: "log-stderr", In: InFCGIApp, Max: -1, Since: "2.1", Syntax: "log-stderr <target> [len <length>] [format <format>] [sample <ranges>:<size>] <facility> [<level> [<minlevel>]]",
		Doc: "Logs what the application writes as errors.", Parse: parseLog},
	{Name: "option", In: InFCGIApp, Max: -1, No: true, Default: true, Group: true, Parse: sectionOption},
	fcgiFlag("get-values", "Asks the application for its limits.", func(a *FCGIApp, on bool) { a.GetValues = on }, false),
	fcgiFlag("keep-conn", "Asks the application to keep connections open.", func(a *FCGIApp, on bool) { a.NoKeep = !on }, true),
	{Name: "option max-reqs", In: InFCGIApp, Max: 1, Since: "2.1", Syntax: "option max-reqs <reqs>",
		Doc: "Limits the concurrent requests of the application.", Parse: of(parseMaxReqs)},
	fcgiFlag("mpxs-conns", "Sends several requests over one connection.", func(a *FCGIApp, on bool) { a.MpxsConns = on }, false),
	{Name: "pass-header", In: InFCGIApp, Max: -1, Since: "2.1", Syntax: "pass-header <name> [ { if | unless } <condition> ]",
		Doc: "Passes a request header to the application.", Parse: func(p *Parser, l *Line) { p.FCGIRule(l, 1, nil) }},
	fcgiText("path-info", "<regex>", "Sets how the path's end is told from the script.", func(a *FCGIApp) *string { return &a.PathInfo }),
	{Name: "set-param", In: InFCGIApp, Max: -1, Since: "2.1", Syntax: "set-param <name> <fmt> [ { if | unless } <condition> ]",
		Doc: "Sets a parameter of the application.", Parse: func(p *Parser, l *Line) { p.FCGIRule(l, 2, nil) }},
}

func openFCGIApp(p *Parser, l *Line) {
	h, ok := p.openNamed(l, InFCGIApp, FormTight, "'fcgi-app' expects <name> as argument.")
	if !ok {
		return
	}
	if old, taken := p.taken(l, h.Name); taken {
		p.same(l, FormConfig, "Parsing [%s]: fcgi-app section '%s' has the same name as another one declared at %s.", l.Pos, h.Name, old)
		return
	}
	a := &FCGIApp{SectionHead: h, MaxReqs: 1, Proxy: newProxy(KindBackend, h.Name, l.Pos)}
	a.Proxy.Mode = ModeHTTP
	p.other, p.proxy = a, a.Proxy
	p.spec.FCGIApps = append(p.spec.FCGIApps, a)
}

func fcgiText(name, arg, doc string, field func(*FCGIApp) *string) Keyword {
	return Keyword{Name: name, In: InFCGIApp, Max: -1, Since: "2.1", Syntax: name + " " + arg, Doc: doc, Parse: of(func(p *Parser, l *Line, a *FCGIApp) {
		switch {
		case len(l.Words) < 2:
			p.Alert(l.Pos, "'%s' expects %s as argument.", name, arg)
		case len(l.Words) > 2:
			p.Alert(l.Pos, "'%s %s' cannot handle unexpected argument '%s'.", name, clip(l.Words[1]), clip(l.Words[2]))
		case arg == "<regex>" && regexFault(l.Words[1]) != "":
			p.Alert(l.Pos, "'%s' : %s.", clip(l.Words[1]), regexFault(l.Words[1]))
		default:
			*field(a) = l.Words[1]
		}
	})}
}

func fcgiFlag(name, doc string, set func(a *FCGIApp, on bool), unset bool) Keyword {
	return Keyword{Name: "option " + name, In: InFCGIApp, No: true, Default: true, Since: "2.1", Doc: doc,
		Parse: of(func(_ *Parser, l *Line, a *FCGIApp) {
			set(a, !l.No && (!l.Default || unset))
		})}
}

func parseMaxReqs(p *Parser, l *Line, a *FCGIApp) {
	if len(l.Words) < 3 {
		p.alertTight(l.Pos, "option 'max-reqs' expects an integer argument.")
		return
	}
	n, ok := parseInt(l.Words[2], 1, maxInt)
	if !ok {
		p.alertTight(l.Pos, "option 'max-reqs' expects a strictly positive integer argument.")
		return
	}
	a.MaxReqs = n
}

// FCGIRule adds a rule with args arguments and perhaps a condition to the
// fcgi-app section being read; program is its compiled form.
func (p *Parser) FCGIRule(l *Line, args int, program any) {
	a, keyword := p.other.(*FCGIApp), l.Words[0]
	rest := l.Words[min(1+args, len(l.Words)):]
	switch {
	case len(l.Words) < 1+args && args == 1:
		p.Alert(l.Pos, "'%s' expects <name> as arguments.", keyword)
	case len(l.Words) < 1+args:
		p.Alert(l.Pos, "'%s' expects <name> and <value> as arguments.", keyword)
	case len(rest) > 0 && rest[0] != "if" && rest[0] != "unless":
		p.Alert(l.Pos, "'%s' : expects either 'if' or 'unless' followed by a condition but found '%s'.", clip(l.Words[1]), clip(rest[0]))
	default:
		a.Rules = append(a.Rules, &FCGIRule{keyword, Directive{Pos: l.Pos, Words: l.Words[1:], Program: program}})
	}
}

func (a *FCGIApp) check(c *checker) {
	if a.DocRoot == "" {
		c.alert(a.Pos, "fcgi-app '%s': no docroot configured.", a.Name)
	}
	if a.MaxReqs != 1 && !a.MpxsConns {
		c.warn(a.Pos, "fcgi-app '%s': multiplexing not supported, ignore the option 'max-reqs'.", a.Name)
	}
}

func (a *FCGIApp) write(t *textWriter) {
	t.section("fcgi-app", a.Name)
	t.text("docroot", a.DocRoot)
	t.text("index", a.Index)
	t.text("path-info", a.PathInfo)
	if a.NoKeep {
		t.line("no", "option", "keep-conn")
	}
	t.flag("option get-values", a.GetValues)
	t.flag("option mpxs-conns", a.MpxsConns)
	if a.MaxReqs != 1 {
		t.line("option", "max-reqs", strconv.Itoa(a.MaxReqs))
	}
	t.logsAs("log-stderr", a.Proxy.Logs)
	t.directives("acl", a.Proxy.ACLs)
	for _, r := range a.Rules {
		t.line(append([]string{r.Keyword}, r.Words...)...)
	}
}
