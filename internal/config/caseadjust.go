package config

import (
	"fmt"
	"strings"
)

// caseRows set how names of header fields are written to applications that wrongly
// care (manual 3.2, "h1-case-adjust").
var caseRows = Table{
	{Name: "h1-case-adjust", In: InGlobal, Max: 2, Since: "2.1", Syntax: "h1-case-adjust <from> <to>", Doc: "Sets how a header field's name is written to broken clients and servers.", Parse: func(p *Parser, l *Line) {
		if l.Arg(1) == "" || l.Arg(2) == "" {
			p.Alert(l.Pos, "'h1-case-adjust' expects <from> and <to> as argument.")
			return
		}
		if err := p.spec.Global.adjustCase(l.Words[1], l.Words[2]); err != nil {
			p.Alert(l.Pos, "%v", err)
		}
	}},
	{Name: "h1-case-adjust-file", In: InGlobal, Max: 1, Since: "2.1", Syntax: "h1-case-adjust-file <hdrs-file>", Doc: "Reads from a file how the names of header fields are written to broken clients and servers.", Parse: parseCaseFile},
}

// adjustCase adds a name to those that are written otherwise than in small letters.
func (g *Global) adjustCase(from, to string) error {
	if !strings.EqualFold(from, to) {
		return fmt.Errorf("<from> and <to> must not differ except the case")
	}
	if _, ok := g.CaseAdjust[from]; ok {
		return fmt.Errorf("duplicate entry '%s'", clip(from))
	}
	if g.CaseAdjust == nil {
		g.CaseAdjust = map[string]string{}
	}
	g.CaseAdjust[from] = to
	return nil
}

// parseCaseFile reads pairs of names, one a line.
func parseCaseFile(p *Parser, l *Line) {
	if !p.need(l, "'h1-case-adjust-file' expects <file> as argument.") {
		return
	}
	fail := func(text string) {
		p.report(Diagnostic{Level: Alert, Form: FormBare, Pos: l.Pos, Text: "h1-headers-case-adjust-file '" + clip(l.Words[1]) + "'" + text})
	}
	data, err := p.ReadFile(l.Words[1])
	if err != nil {
		fail(": failed to open file.")
		return
	}
	g := p.spec.Global
	for i, line := range strings.Split(string(data), "\n") {
		f := strings.Fields(line)
		switch {
		case len(f) == 0 || f[0][0] == '#':
			continue
		case len(f) == 1:
			fail(fmt.Sprintf(" : <from> and <to> must be specified at line %d.", i+1))
			return
		}
		if err := g.adjustCase(f[0], f[1]); err != nil {
			fail(fmt.Sprintf(" : %v at line %d.", err, i+1))
			return
		}
	}
}
