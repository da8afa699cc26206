package config

import "strings"

// heirs say how a defaults section is used (manual 4).
type heirs struct {
	explicit, implicit bool // named by "from"; being the last one
}

func openDefaults(p *Parser, l *Line) {
	if p.discovery {
		p.skipSection("defaults")
		return
	}
	name, rest := l.Arg(1), l.Words[min(len(l.Words), 2):]
	if name == "from" && len(rest) == 1 { // "from" is a name like others, unless a name follows it
		name, rest = "", l.Words[1:]
	}
	p.redefine(l, name)
	px := newProxy(KindDefaults, name, l.Pos)
	label := name
	if label == "" {
		label = "defaults"
	}
	p.enter(InDefaults, "defaults", label)
	p.named = name != ""
	p.proxy = px
	p.sectionSeq(px)
	switch {
	case len(rest) > 0 && rest[0] == "from":
		if from := p.findDefaults(l, append(rest, "")[1]); from != nil {
			px.inherit(from)
			p.inherited(px, true)
		}
		if len(rest) > 2 {
			p.Warn(l.Pos, "'defaults' ignores unexpected argument '%s'.", clip(rest[2]))
		}
	case len(rest) == 1:
		p.strayName(l)
	case len(rest) > 1:
		p.Alert(l.Pos, "'defaults' cannot handle unexpected argument '%s'.", clip(rest[0]))
	}
	p.spec.Defaults = append(p.spec.Defaults, px)
	p.lastDefaults = px
	if name != "" {
		p.defaults[name] = append(p.defaults[name], px)
	}
}

// redefine refuses a second defaults section of a name once the first has been
// named by "from": which of them is meant depended on the order of sections.
func (p *Parser) redefine(l *Line, name string) {
	list := p.defaults[name]
	if len(list) == 0 {
		return
	}
	old := list[len(list)-1]
	if h := p.heirs[old]; h != nil && h.explicit {
		p.report(Diagnostic{Level: Alert, Form: FormConfig, Pos: l.Pos,
			Text: "Parsing [" + l.Pos.String() + "]: defaults '" + clip(name) + "' has the same name as another defaults section declared at " + old.Pos.String() +
				" which was explicitly referenced hence cannot be replaced. Please remove or rename one of the offending defaults section."})
	}
}

// findDefaults returns the last defaults section of that name.
func (p *Parser) findDefaults(l *Line, name string) *Proxy {
	of := l.Words[0] + " '" + clip(l.Arg(1)) + "'"
	list := p.defaults[name]
	if len(list) == 0 || name == "" {
		p.Alert(l.Pos, "defaults section '%s' not found for %s.", clip(name), of)
		return nil
	}
	last := list[len(list)-1]
	if len(list) > 1 {
		p.mild(l.Pos, "ambiguous defaults section name '%s' referenced by %s exists at least at %s and %s.",
			clip(name), of, last.Pos, list[len(list)-2].Pos)
	}
	if c := badNameByte(name); c >= 0 {
		p.mild(l.Pos, "character '%s' is not permitted in defaults section name '%s' when designated by its name (section found at %s).",
			clip(name[c:c+1]), clip(name), last.Pos)
	}
	return last
}

// inherited checks that px may take over what its defaults section has.
func (p *Parser) inherited(px *Proxy, explicit bool) {
	from := px.From
	h := p.heirs[from]
	if h == nil {
		h = &heirs{}
		p.heirs[from] = h
	}
	h.explicit, h.implicit = h.explicit || explicit, h.implicit || !explicit
	if h.explicit && h.implicit {
		p.Warn(px.Pos, "defaults section '%s' (declared at %s) is explicitly referenced by another proxy and implicitly used here."+
			" To avoid any ambiguity don't mix both usage. Add a last defaults section not explicitly used or always use explicit references.",
			clip(from.Name), from.Pos)
	}
	// Whose rules make slots, has them: a frontend.
	if !px.Kind.IsFrontend() && len(from.ReqCaptures) > 0 {
		p.alertTight(px.Pos, "backend or defaults sections cannot inherit from a defaults section defining captures (defaults section at %s).", from.Pos)
		return
	}
	// What proxies may inherit of rules is checked with the rules.
	if px.Kind == KindDefaults && from.hasTrafficRules() {
		p.alertTight(px.Pos, "a defaults section cannot inherit from a defaults section defining TCP/HTTP rules (defaults section at %s).", from.Pos)
	}
}

// hasTrafficRules says whether p has rules that act on traffic.
func (p *Proxy) hasTrafficRules() bool {
	for set := range p.Rules {
		for _, prefix := range []string{"http-request", "http-response", "http-after-response", "tcp-request ", "tcp-response "} {
			if strings.HasPrefix(set, prefix) {
				return true
			}
		}
	}
	return false
}
