package config

// section is a section keyword: what begins a section.
type section struct {
	open func(*Parser, *Line)
	// part names what is not built yet although the lines of the section are
	// checked, see Keyword.Part.
	part string
}

// sections are all that the manual knows.
var sections = map[string]section{
	"global":         {open: openGlobal},
	"defaults":       {open: openDefaults},
	"frontend":       {open: openProxy(KindFrontend)},
	"backend":        {open: openProxy(KindBackend)},
	"listen":         {open: openProxy(KindListen)},
	"acme":           {openACME, "certificate enrolment"},
	"cache":          {openCache, "the HTTP cache"},
	"crt-store":      {openCrtStore, "TLS certificate stores"},
	"fcgi-app":       {openFCGIApp, "FastCGI"},
	"healthcheck":    {open: openHealthCheck},
	"http-errors":    {open: openHTTPErrors},
	"log-forward":    {openLogForward, "log forwarding"},
	"log-profile":    {open: openLogProfile},
	"mailers":        {openMailers, "e-mail alerts"},
	"namespace_list": {open: openNamespaceList},
	"peers":          {openPeers, "peers"},
	"program":        {open: openProgram},
	"resolvers":      {openResolvers, "DNS resolution at run time"},
	"ring":           {openRing, "ring buffers"},
	"traces":         {openTraces, "traces"},
	"userlist":       {open: openUserList},
}

// SectionPart names the part of the manual that a section still waits for; ""
// for a section that works.
func SectionPart(word string) string { return sections[word].part }

// openSection begins the section that l names.
func (p *Parser) openSection(s section, l *Line) {
	p.pastGlobal = p.pastGlobal || l.Words[0] != "global"
	if s.part != "" {
		p.lacks(l.Pos, s.part, "'"+l.Words[0]+"' section")
	}
	s.open(p, l)
}

// IsSection says whether a word begins a section.
func IsSection(word string) bool {
	_, ok := sections[word]
	return ok
}

// enter makes s the section being read.
func (p *Parser) enter(s Sections, title, label string) {
	p.sect, p.title, p.label, p.skipping, p.proxy, p.other, p.named = s, title, label, false, nil, nil, false
	p.old.section, p.old.around = p.old.rest, nil
}

// skipSection passes over the lines of a section that could not be opened:
// errors that follow from it would hide the others.
func (p *Parser) skipSection(title string) {
	p.enter(0, title, title)
	p.skipping = true
}

// closeSection ends the section being read.
func (p *Parser) closeSection() {
	p.sect, p.proxy, p.other = 0, nil, nil
}

func openGlobal(p *Parser, l *Line) {
	p.enter(InGlobal, "global", "global")
	if p.pastGlobal {
		p.suspect(FormParsing, l.Pos, "global section detected after a non-global one, the prevalence of their statements is unspecified")
	}
	if len(l.Words) > 1 {
		p.Alert(l.Pos, "'global' cannot handle unexpected argument '%s'.", clip(l.Words[1]))
	}
}

func openProxy(kind Kind) func(*Parser, *Line) {
	return func(p *Parser, l *Line) {
		if p.discovery {
			p.skipSection(l.Words[0])
			return
		}
		if len(l.Words) < 2 {
			p.Alert(l.Pos, "'%s' expects an <id> argument", l.Words[0])
			p.skipSection(l.Words[0])
			return
		}
		px := newProxy(kind, l.Words[1], l.Pos)
		p.enter(kind.section(), l.Words[0], px.Name)
		p.proxy = px
		p.sectionSeq(px)
		if c := badNameByte(px.Name); c >= 0 {
			p.mild(l.Pos, "character '%s' is not permitted in '%s' name '%s'.", clip(px.Name[c:c+1]), l.Words[0], clip(px.Name))
		}
		p.registerProxy(px)
		from := p.lastDefaults
		explicit := false
		rest := l.Words[2:]
		var addresses []string // of an old listen line
		switch {
		case len(rest) >= 2 && rest[0] == "from":
			from, explicit = p.findDefaults(l, rest[1]), true
			if len(rest) > 2 {
				p.Alert(l.Pos, "'%s' cannot handle unexpected argument '%s'.", l.Words[0], clip(rest[2]))
			}
		case len(rest) > 0 && kind.IsFrontend():
			addresses = rest
		case len(rest) == 1:
			p.strayName(l)
		case len(rest) > 0:
			p.Alert(l.Pos, "'%s' cannot handle unexpected argument '%s'.", l.Words[0], clip(rest[0]))
		}
		if from != nil {
			px.inherit(from)
			p.inherited(px, explicit)
		}
		p.spec.Proxies = append(p.spec.Proxies, px)
		p.clearProxyNames()
		if addresses != nil {
			p.listenAddress(l, addresses)
		}
	}
}

// strayName reports a word after a section's name, which the reference takes
// without a word.
func (p *Parser) strayName(l *Line) {
	p.Warn(l.Pos, "'%s' ignores unexpected argument '%s'.", l.Words[0], clip(l.Words[2]))
}

// clearProxyNames forgets the servers and listeners of the section before.
func (p *Parser) clearProxyNames() {
	p.serverNames, p.serverIDs, p.bindIDs = emptied(p.serverNames), emptied(p.serverIDs), emptied(p.bindIDs)
}

// emptied returns m without entries, or another map for one so large that
// emptying it for each later section would take long.
func emptied[K comparable, V any](m map[K]V) map[K]V {
	if len(m) > 1000 {
		return map[K]V{}
	}
	clear(m)
	return m
}

func (p *Parser) sectionSeq(px *Proxy) {
	px.Seq = p.seq
	p.seq++
}

// registerProxy refuses a name that another proxy has: rules would not know
// which one is meant. A frontend and a backend of one name, which many old
// configurations have, are warned of.
func (p *Parser) registerProxy(px *Proxy) {
	if list := p.proxies[px.Name]; len(list) > 0 {
		old := list[0]
		level := Alert
		// Whoever names one of these two says which: rules name backends.
		if len(list) == 1 && px.Kind != KindListen && old.Kind != KindListen && px.Kind != old.Kind {
			level = Warning
		}
		p.report(Diagnostic{Level: level, Form: FormConfig, Pos: px.Pos,
			Text: "Parsing [" + px.Pos.String() + "]: " + px.Title() + " has the same name as " + old.Title() +
				" declared at " + old.Pos.String() + "." +
				" This is no longer supported as of 3.3. Please rename one or the other."})
	}
	p.proxies[px.Name] = append(p.proxies[px.Name], px)
}

// ValidName tells whether a proxy or a server may have the name.
func ValidName(s string) bool { return s != "" && badNameByte(s) < 0 }

// badNameByte returns the index of the first byte that a proxy or server name
// must not have, -1 without one.
func badNameByte(s string) int {
	for i := range len(s) {
		c := s[i]
		if !isNameByte(c) && c != '-' && c != '.' && c != ':' {
			return i
		}
	}
	return -1
}
