package config

import (
	"slices"
	"strings"
)

// nameHeaderRows have servers told their own name (manual 4.2).
var nameHeaderRows = Table{
	{Name: "http-send-name-header", In: InBackends | InDefaults, Max: 1, Since: "1.4", Syntax: "http-send-name-header [<header>]",
		Doc: "Tells the server its own name in a header field.", Parse: parseNameHeader},
}

func parseNameHeader(p *Parser, l *Line) {
	if !p.need(l, "'http-send-name-header' requires a header string.") {
		return
	}
	name := strings.ToLower(l.Words[1])
	// What would change the message, the manual forbids; the reference takes names
	// that are none, and sends what no server understands.
	if slices.Contains([]string{"host", "content-length", "transfer-encoding", "connection"}, name) || !isToken(name) || len(name) > 255 {
		p.Alert(l.Pos, "'%s' cannot be used as header name for 'http-send-name-header' directive.", clip(l.Words[1]))
		return
	}
	p.proxy.Options.NameHeader = name
}
