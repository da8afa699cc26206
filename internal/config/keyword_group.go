package config

import (
	"strings"

	"github.com/sluice-proxy/sluice/internal/nearest"
)

// groupRow makes the row for the lines that begin with name and that no row of
// more words fits. missing is reported when the second word is missing, and
// wrong, with %s for that word and %p for the proxy, when it is another; in the
// reference's words, and followed by the nearest one.
func groupRow(in Sections, name, missing, wrong string) Keyword {
	return Keyword{Name: name, In: in, Max: -1, Group: true, Parse: func(p *Parser, l *Line) {
		text := wrong
		if len(l.Words) < 2 && missing != "" {
			text = missing
		}
		title := ""
		if p.proxy != nil {
			title = p.proxy.Title()
		}
		text = strings.NewReplacer("%s", clip(l.Arg(1)), "%p", title).Replace(text)
		p.Alert(l.Pos, "%s%s", text, p.nextHint(l.Words))
	}}
}

// nextHint names the word nearest to the first one at which a line is no longer
// that of a row of more than one word.
func (p *Parser) nextHint(words []string) string {
	n, next := p.rows.next(words, p.sect)
	if n >= len(words) {
		return ""
	}
	return nearest.Hint(words[n], next)
}
