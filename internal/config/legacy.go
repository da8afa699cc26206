package config

import (
	"strings"

	"github.com/sluice-proxy/sluice/internal/config/legacy"
)

// oldForms is what the parser knows of lines that the language had once.
type oldForms struct {
	index     legacy.Index
	isSection func(word string) bool
	rest      []byte // of the file, after the line being read
	section   []byte // of the file, after the section's first line
	around    *legacy.Around
	processes int // of nbproc
	warned    int
}

// maxOldForms bounds the warnings: more help nobody, and a file can have millions
// of old lines.
const maxOldForms = 1000

// warnOld reports a line that was read as another.
func (p *Parser) warnOld(d Diagnostic) {
	p.old.warned++
	switch n := p.old.warned; {
	case n < maxOldForms:
		p.report(d)
	case n == maxOldForms:
		p.Warn(d.Pos, "more than %d old forms, the others are not listed. 'sluice doctor' replaces them.", maxOldForms-1)
	}
}

// oldForm handles a line of an old form: it reads what replaces it, with a
// warning, or refuses it when that is not certain. It returns false for every
// other line.
func (p *Parser) oldForm(l *Line) bool {
	if p.discovery || !p.old.index.Candidate(l.Words) {
		return false
	}
	at := p.place(l)
	f, a := p.old.index.Find(at, l.Words)
	if f == nil || f.Kept {
		return false
	}
	text := strings.Replace(f.Text, "%s", clip(l.Arg(1)), 1)
	if a.Why != "" {
		text += " Here it cannot be replaced: " + a.Why + "."
		if f.Tight {
			p.alertTight(l.Pos, "%s", text)
		} else {
			p.Alert(l.Pos, "%s", text)
		}
		return true
	}
	d := Diagnostic{Level: Warning, Pos: l.Pos, Text: text + readAs(a)}
	if f.Tight {
		d.Form = FormTight
	}
	p.warnOld(d)
	if l.Words[0] == "nbproc" && len(a.Lines) > 0 {
		p.old.processes = at.Around.Processes()
	}
	for _, words := range a.Lines {
		p.instead(l.Pos, words)
	}
	return true
}

// instead reads words as if the line at pos had them.
func (p *Parser) instead(pos Pos, words []string) {
	l := &Line{Pos: pos, Words: words}
	if words[0] == "no" {
		l.No, l.Words = true, words[1:]
	}
	p.keyword(l, nil, -1, 0)
}

// place tells the replacement where its line stands.
func (p *Parser) place(l *Line) legacy.Place {
	if p.old.around == nil {
		p.old.around = legacy.Survey(p.old.section, p.old.isSection)
	}
	at := legacy.Place{Section: legacySection(p.sect), No: l.No || l.Default, Around: p.old.around, Processes: p.old.processes}
	if p.sect == InGlobal && at.Processes == 0 {
		at.Processes = p.old.around.Processes()
	}
	if p.proxy != nil {
		at.Mode = "tcp"
		if p.proxy.Mode == ModeHTTP {
			at.Mode = "http"
		}
		if m := p.old.around.Mode(); m != "" {
			at.Mode = m
		}
	}
	return at
}

func legacySection(s Sections) legacy.Section {
	switch s {
	case InGlobal:
		return legacy.Global
	case InDefaults:
		return legacy.Defaults
	case InFrontend:
		return legacy.Frontend
	case InBackend:
		return legacy.Backend
	case InListen:
		return legacy.Listen
	}
	return 0
}

// listenAddress reads the addresses on the first line of a section as its bind
// line.
func (p *Parser) listenAddress(l *Line, rest []string) {
	bind, ok := legacy.ListenAddress(rest)
	if !ok {
		p.Alert(l.Pos, "%s", legacy.ListenAddressText)
		return
	}
	p.warnOld(Diagnostic{Level: Warning, Pos: l.Pos,
		Text: legacy.ListenAddressText + readAs(legacy.Answer{Lines: [][]string{bind}})})
	p.instead(l.Pos, bind)
}

// readAs says how an old form is read.
func readAs(a legacy.Answer) string {
	var b strings.Builder
	if len(a.Lines) == 0 {
		b.WriteString(" It is left out.")
	}
	for i, words := range a.Lines {
		b.WriteString([...]string{" It is read as '", ", '"}[min(i, 1)])
		for j, w := range words {
			if j > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(clip(Quote(w)))
		}
		b.WriteByte('\'')
	}
	if len(a.Lines) > 0 {
		b.WriteByte('.')
	}
	if a.Note != "" {
		b.WriteString(" " + a.Note)
	}
	return b.String()
}
