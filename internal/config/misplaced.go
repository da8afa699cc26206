package config

import "strings"

// misplaced reports a keyword of another kind of proxy. What belongs to the
// side that a proxy lacks is ignored with a warning, as in the reference, so
// that one file of settings can be included everywhere.
func (p *Parser) misplaced(l *Line, k *Keyword) {
	name := l.Words[0]
	if p.sect == InDefaults {
		switch name {
		case "description", "id":
			p.alertTight(l.Pos, "'%s' not allowed in 'defaults' section.", name)
		case "stats":
			if l.Arg(1) == "admin" {
				name = k.Name
			}
			p.alertTight(l.Pos, "'%s' not allowed in 'defaults' section.", name)
		case "server", "server-template":
			p.report(Diagnostic{Level: Alert, Form: FormPlace, Pos: l.Pos, Text: "'" + name + "' not allowed in 'defaults' section."})
		case "capture":
			p.Alert(l.Pos, "'%s' not allowed in 'defaults' section.", strings.Join(l.Words[:2], " "))
		default:
			p.Alert(l.Pos, "'%s' not allowed in 'defaults' section.", name)
		}
		return
	}
	side := "backend"
	if k.In&InFrontend != 0 {
		side = "frontend"
	}
	if name == "option" && !p.prefixAllowed(l, k) {
		return
	}
	lacks := p.proxy.Title() + " has no " + side + " capability"
	switch name {
	case "server", "default-server", "server-template":
		// Ignoring a server would lose traffic.
		p.report(Diagnostic{Level: Alert, Form: FormPlace, Pos: l.Pos,
			Text: "parsing [" + l.Pos.String() + "] : '" + name + "' not allowed because " + lacks + "."})
		return
	}
	if name != "log-steps" { // nor are its names checked there
		defer p.checkIgnored(l, k)
	}
	switch name {
	case "timeout":
		p.Warn(l.Pos, "'%s' will be ignored because %s", k.Name, lacks)
		return
	case "rate-limit", "log-steps":
		if name == "rate-limit" {
			name += " sessions"
		}
		p.Warn(l.Pos, "%s will be ignored because %s", name, lacks)
		return
	case "log-format", "error-log-format", "log-format-sd":
		p.Warn(l.Pos, "%s : '%s' directive is ignored in %ss.", p.proxy.Title(), name, p.title)
		return
	case "tcp-request":
		p.Alert(l.Pos, "%s is not allowed because %s %s is not a %s", k.Name, p.title, p.proxy.Name, side)
		return
	case "tcp-response":
		p.onlyInBackends(l, k)
		return
	case "retry-on":
		p.Alert(l.Pos, "'retry-on' only available in backend or listen section")
		return
	case "declare":
		p.Alert(l.Pos, "'declare' only available in frontend or listen section")
		return
	case "force-be-switch":
		p.Alert(l.Pos, "'force-be-switch' only available in frontend or listen section.")
		return
	case "option":
		switch o := l.Arg(1); o {
		case "httplog", "tcplog", "httpslog":
			p.Warn(l.Pos, "%s : 'option %s' directive is ignored in %ss.", p.proxy.Title(), o, p.title)
			return
		default:
			name = o
		}
	case "maxconn":
		lacks += ". Maybe you want 'fullconn' instead ?"
		p.Warn(l.Pos, "'%s' ignored because %s", name, lacks)
		return
	case "fullconn":
		lacks += ". Maybe you want 'maxconn' instead ?"
		p.Warn(l.Pos, "'%s' ignored because %s", name, lacks)
		return
	}
	p.Warn(l.Pos, "'%s' ignored because %s.", name, lacks)
}

func (p *Parser) onlyInBackends(l *Line, k *Keyword) {
	p.Alert(l.Pos, "%s is only allowed in 'backend' sections or 'defaults' section with a name", k.Name)
}

// checkIgnored looks for errors in a line that is ignored: it is wrong wherever
// it stands.
func (p *Parser) checkIgnored(l *Line, k *Keyword) {
	if k.Parse == nil || k.Part != "" {
		return
	}
	proxy, diag := p.proxy, p.diag
	p.proxy, p.diag = newProxy(KindListen, proxy.Name, proxy.Pos), &Diagnostics{}
	p.proxy.Mode = proxy.Mode
	k.Parse(p, l)
	found := p.diag.List
	p.proxy, p.diag = proxy, diag
	for _, d := range found {
		if d.Level == Alert {
			p.report(d)
		}
	}
}
