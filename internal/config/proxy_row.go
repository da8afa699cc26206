package config

import (
	"slices"
	"strings"

	"github.com/sluice-proxy/sluice/internal/nearest"
)

// proxyRows are the plain settings of proxies.
var proxyRows = Table{
	{Name: "mode", In: InAnyProxy, Max: 1, Syntax: "mode { tcp | http | log | spop }", Doc: "Sets what the proxy understands: tcp or http.", Parse: func(p *Parser, l *Line) {
		switch m := l.Arg(1); m {
		case "tcp":
			p.proxy.Mode = ModeTCP
		case "http":
			p.proxy.Mode = ModeHTTP
		case "log", "spop", "haterm":
			p.Alert(l.Pos, "'mode %s' in '%s' section is not built yet in this version of Sluice.", m, p.title)
		default:
			p.Alert(l.Pos, "unknown proxy mode '%s'.%s", clip(m), nearest.Hint(m, slices.Values([]string{"tcp", "http", "log", "spop", "haterm"})))
		}
	}},
	{Name: "disabled", In: InAnyProxy, Doc: "Leaves the section out.", Parse: func(p *Parser, l *Line) { p.proxy.Disabled = true }},
	{Name: "enabled", In: InAnyProxy, Doc: "Undoes an inherited \"disabled\".", Parse: func(p *Parser, l *Line) { p.proxy.Disabled = false }},
	{Name: "description", In: InProxies, Max: -1, Syntax: "description <text> ...", Doc: "Sets a text that describes the section.", Parse: func(p *Parser, l *Line) {
		if len(l.Words) < 2 {
			p.alertTight(l.Pos, "'description' expects a string argument.")
			return
		}
		p.proxy.Description = strings.Join(l.Words[1:], " ")
	}},
	{Name: "id", In: InProxies, Max: 1, Syntax: "id <value>", Doc: "Sets the number of the section.", Parse: parseProxyID},
	{Name: "maxconn", In: InFrontends | InDefaults, Max: 1, Syntax: "maxconn <conns>", Doc: "Sets the largest number of concurrent connections of the frontend.",
		Parse: func(p *Parser, l *Line) { p.proxyInt(l, &p.proxy.Maxconn, "'maxconn' expects an integer argument.") }},
	{Name: "rate-limit sessions", In: InFrontends | InDefaults, Max: 1, Syntax: "rate-limit sessions <rate>", Doc: "Limits the sessions that the frontend begins in a second.",
		Parse: func(p *Parser, l *Line) {
			if l.Arg(2) == "" {
				p.Alert(l.Pos, "'rate-limit sessions' expects expects an integer value (in sessions/second)")
				return
			}
			n, ok := parseInt(l.Words[2], 0, maxInt)
			if !ok {
				odd := strings.TrimLeft(l.Words[2], "0123456789")
				p.Alert(l.Pos, "'rate-limit sessions' : unexpected character '%s' in integer value '%s'", odd[:min(1, len(odd))], clip(l.Words[2]))
				return
			}
			p.proxy.SessRate = n
		}},
	{Name: "fullconn", In: InBackends | InDefaults, Max: 1, Syntax: "fullconn <conns>", Doc: "Sets at how many connections servers reach their maxconn.",
		Parse: func(p *Parser, l *Line) {
			p.proxyInt(l, &p.proxy.Fullconn, "'fullconn' expects an integer argument.")
		}},
	{Name: "backlog", In: InFrontends | InDefaults, Max: 1, Syntax: "backlog <conns>", Doc: "Sets the length of the accept queues.",
		Parse: func(p *Parser, l *Line) { p.proxyInt(l, &p.proxy.Backlog, "'backlog' expects an integer argument.") }},
	{Name: "retries", In: InBackends | InDefaults, Max: 1, Syntax: "retries <value>", Doc: "Sets how often a failed connection is tried again.",
		Parse: func(p *Parser, l *Line) {
			p.proxyInt(l, &p.proxy.Retries, "'retries' expects an integer argument (dispatch counts for one).")
		}},
	{Name: "retry-on", In: InBackends | InDefaults, Max: -1, Since: "2.0", Syntax: "retry-on <event> ...", Doc: "Sets after which failures a request is sent again.", Parse: parseRetryOn},
	{Name: "balance", In: InBackends | InDefaults, Max: -1, Syntax: "balance <algorithm> [<arguments> ...]", Doc: "Sets how servers are chosen.", Parse: parseBalance},
	{Name: "default_backend", In: InFrontends | InDefaults, Max: 1, Syntax: "default_backend <backend>", Doc: "Sets the backend for what no rule decides.", Parse: func(p *Parser, l *Line) {
		if p.need(l, "'default_backend' expects a backend name.") {
			p.proxy.DefaultBackend, p.proxy.DefaultBackPos = l.Words[1], l.Pos
		}
	}},
}

func (p *Parser) proxyInt(l *Line, v *int, text string) {
	if !p.need(l, text) {
		return
	}
	n, ok := parseInt(l.Words[1], 0, maxInt)
	if !ok {
		p.Alert(l.Pos, "%s", text)
		return
	}
	*v = n
}

func parseProxyID(p *Parser, l *Line) {
	if len(l.Words) < 2 {
		p.alertTight(l.Pos, "'id' expects an integer argument.")
		return
	}
	n, ok := parseInt(l.Words[1], 1, maxInt)
	if !ok {
		p.alertTight(l.Pos, "custom id has to be > 0.")
		return
	}
	if old := p.proxyIDs[n]; old != nil {
		p.alertTight(l.Pos, "%s %s reuses same custom id as %s %s (declared at %s).",
			sectionWord(p.proxy), p.proxy.Name, sectionWord(old), old.Name, old.Pos)
		return
	}
	p.proxyIDs[n] = p.proxy
	p.proxy.ID = n
}

func sectionWord(p *Proxy) string {
	if p.Kind == KindListen {
		return "proxy"
	}
	return p.Kind.String()
}
