package config

import "strconv"

// HTTPErrors is an http-errors section (manual 12.4): error pages that proxies
// take over by "errorfiles" and rules by their argument of that name.
type HTTPErrors struct {
	SectionHead
	Files []*ErrorFile // one for a status, in file order
}

var httpErrorsRows = Table{
	{Name: "errorfile", In: InHTTPErrors, Max: -1, Since: "2.2", Syntax: "errorfile <code> <file>",
		Doc: "Gives the group a page for a status.", Parse: of(parseGroupErrorFile)},
}

func openHTTPErrors(p *Parser, l *Line) {
	h, ok := p.openNamed(l, InHTTPErrors, FormParsing, "missing name for http-errors section.")
	if !ok {
		return
	}
	if old, taken := p.taken(l, h.Name); taken {
		p.same(l, FormTight, "http-errors section '%s' already exists (declared at %s).", h.Name, old)
		return
	}
	s := &HTTPErrors{SectionHead: h}
	p.other = s
	p.spec.HTTPErrors = append(p.spec.HTTPErrors, s)
}

func parseGroupErrorFile(p *Parser, l *Line, s *HTTPErrors) {
	if len(l.Words) < 3 {
		p.Alert(l.Pos, "errorfile: expects <status_code> and <file> as arguments.")
		return
	}
	if f := p.errorFile(l); f != nil {
		s.Files = replaceErrorFile(s.Files, f)
	}
}

// Page returns the page of the group for a status, nil without one.
func (s *HTTPErrors) Page(status int) *ErrorFile {
	for _, f := range s.Files {
		if f.Status == status {
			return f
		}
	}
	return nil
}

func (s *HTTPErrors) write(t *textWriter) {
	t.section("http-errors", s.Name)
	for _, f := range s.Files {
		t.line("errorfile", strconv.Itoa(f.Status), f.Path)
	}
}
