package config

import (
	"bytes"
	"strconv"
	"strings"
)

// ErrorFile is the page of a proxy for a status: "errorfile", "errorloc",
// "errorfiles" or "http-error".
type ErrorFile struct {
	Pos    Pos
	Status int    // 0: all that Group has a page for
	Path   string // as written; "" when the page is not one of a file
	Data   []byte // the file's bytes: a whole HTTP response, or none to answer nothing
	// Location and Redirect are those of errorloc, errorloc302 and errorloc303:
	// the answer is a redirection with the status Redirect.
	Location string
	Redirect int
	// Group is the http-errors section whose page counts.
	Group string
	// Reply is an http-error line: its words without the keyword, and what the
	// owner of the row made of them.
	Reply *Directive
}

// errorStatuses are those with a page of their own (manual 4.2 "errorfile").
var errorStatuses = map[int]bool{
	200: true, 400: true, 401: true, 403: true, 404: true, 405: true, 407: true, 408: true, 410: true, 413: true,
	414: true, 421: true, 422: true, 425: true, 429: true, 431: true, 500: true, 501: true, 502: true, 503: true, 504: true,
}

// HasErrorPage says whether proxies have a page for a status.
func HasErrorPage(status int) bool { return errorStatuses[status] }

var errorFileRows = Table{
	{Name: "errorfile", In: InAnyProxy, Max: -1, Syntax: "errorfile <code> <file>", Doc: "Answers a status with a file.", Parse: parseErrorFile},
	{Name: "errorfiles", In: InAnyProxy, Max: -1, Since: "2.2", Syntax: "errorfiles <name> [<code> ...]",
		Doc: "Takes over pages of an http-errors section, all or those of some statuses.", Parse: parseErrorFiles},
	{Name: "errorloc", In: InAnyProxy, Max: -1, Syntax: "errorloc <code> <url>", Doc: "Answers a status with a redirection.", Parse: errorLocation(302)},
	{Name: "errorloc302", In: InAnyProxy, Max: -1, Syntax: "errorloc302 <code> <url>", Doc: "Answers a status with a redirection of status 302, as errorloc does.", Parse: errorLocation(302)},
	{Name: "errorloc303", In: InAnyProxy, Max: -1, Syntax: "errorloc303 <code> <url>", Doc: "Answers a status with a redirection that makes the client use GET.", Parse: errorLocation(303)},
}

// errorStatus checks the arguments that all forms have.
func (p *Parser) errorStatus(l *Line, what string) (status int, ok bool) {
	name := l.Words[0]
	switch {
	case len(l.Words) < 3:
		p.Alert(l.Pos, "%s : expects <status_code> and <%s> as arguments.", name, what)
		return 0, false
	case len(l.Words) > 3:
		p.Alert(l.Pos, "%s : expects exactly two arguments.", name)
		return 0, false
	}
	status, _ = strconv.Atoi(l.Words[1])
	if !errorStatuses[status] {
		p.Alert(l.Pos, "%s : status code '%d' not handled.", name, status)
		return 0, false
	}
	return status, true
}

func parseErrorFile(p *Parser, l *Line) {
	if f := p.errorFile(l); f != nil {
		p.proxy.SetErrorFile(f)
	}
}

// errorFile reads the page that an errorfile line names; nil after an error.
func (p *Parser) errorFile(l *Line) *ErrorFile {
	status, ok := p.errorStatus(l, "file")
	if !ok {
		return nil
	}
	path := l.Words[2]
	data, seen := p.pages[path]
	if !seen {
		var err error
		if data, err = p.ReadFile(path); err != nil {
			verb := "opening"
			if isReadError(err) {
				verb = "reading"
			}
			p.Alert(l.Pos, "errorfile : error %s file '%s'.", verb, clip(path))
			return nil
		}
		p.pages[path] = data
	}
	if at := responseFault(data); at >= 0 {
		p.Alert(l.Pos, "errorfile : '%s': unable to parse headers (error offset: %d)", clip(path), at)
		return nil
	}
	return &ErrorFile{Pos: l.Pos, Status: status, Path: path, Data: data}
}

func parseErrorFiles(p *Parser, l *Line) {
	if len(l.Words) < 2 {
		p.Alert(l.Pos, "errorfiles : expects <name> as argument.")
		return
	}
	group, codes := l.Words[1], l.Words[2:]
	for _, code := range codes {
		if status, _ := strconv.Atoi(code); !errorStatuses[status] {
			p.Alert(l.Pos, "errorfiles : status code '%d' not handled.", status)
			return
		}
	}
	if len(codes) == 0 {
		p.proxy.SetErrorFile(&ErrorFile{Pos: l.Pos, Group: group})
	}
	for _, code := range codes {
		status, _ := strconv.Atoi(code)
		p.proxy.SetErrorFile(&ErrorFile{Pos: l.Pos, Status: status, Group: group})
	}
}

// SetErrorFile adds a page, which replaces an earlier one for the status.
func (p *Proxy) SetErrorFile(f *ErrorFile) { p.ErrorFiles = replaceErrorFile(p.ErrorFiles, f) }

func replaceErrorFile(list []*ErrorFile, f *ErrorFile) []*ErrorFile {
	kept := make([]*ErrorFile, 0, len(list)+1)
	for _, old := range list {
		if old.Status != f.Status || f.Status == 0 && old.Group != f.Group {
			kept = append(kept, old)
		}
	}
	return append(kept, f)
}

// ErrorGroups are the http-errors sections by name.
type ErrorGroups map[string]*HTTPErrors

// ErrorGroups returns the http-errors sections by name.
func (s *Spec) ErrorGroups() ErrorGroups {
	groups := make(ErrorGroups, len(s.HTTPErrors))
	for _, g := range s.HTTPErrors {
		groups[g.Name] = g
	}
	return groups
}

// PagesOf returns the pages of a proxy by status, those of http-errors sections
// looked up.
func (groups ErrorGroups) PagesOf(p *Proxy) map[int]*ErrorFile {
	pages := make(map[int]*ErrorFile, len(p.ErrorFiles))
	for _, f := range p.ErrorFiles {
		switch group := groups[f.Group]; {
		case f.Group == "":
			pages[f.Status] = f
		case group == nil: // Check has reported it
		case f.Status == 0:
			for _, page := range group.Files {
				pages[page.Status] = page
			}
		default:
			if page := group.Page(f.Status); page != nil {
				pages[f.Status] = page
			}
		}
	}
	return pages
}

// errorGroups checks the http-errors sections that a proxy names.
func (c *checker) errorGroups(p *Proxy) {
	for _, f := range p.ErrorFiles {
		if f.Group == "" {
			continue
		}
		group := c.groups[f.Group]
		switch {
		case group == nil:
			c.alert(f.Pos, "proxy '%s': unknown http-errors section '%s' (at %s).", p.Name, clip(f.Group), f.Pos)
		case f.Status != 0 && group.Page(f.Status) == nil:
			c.warn(f.Pos, "config: proxy '%s' : status '%d' not declared in http-errors section '%s' (at %s).",
				p.Name, f.Status, f.Group, f.Pos)
		}
	}
}

func errorLocation(code int) func(*Parser, *Line) {
	return func(p *Parser, l *Line) {
		status, ok := p.errorStatus(l, "url")
		if !ok {
			return
		}
		if i := strings.IndexFunc(l.Words[2], func(r rune) bool { return r < ' ' || r == 0x7f }); i >= 0 {
			p.Alert(l.Pos, "%s : invalid error message: unable to parse headers (error offset: %d)", l.Words[0], i)
			return
		}
		p.proxy.SetErrorFile(&ErrorFile{Pos: l.Pos, Status: status, Location: l.Words[2], Redirect: code})
	}
}

// responseFault returns the offset of the first byte that makes b no HTTP/1
// response, -1 without one. Lines may end in a bare line feed, as editors write
// them. No bytes at all mean that the connection is closed without an answer.
func responseFault(b []byte) int {
	if len(b) == 0 {
		return -1
	}
	line, n := cutLine(b)
	f := bytes.SplitN(line, []byte(" "), 3)
	if n == 0 || len(f) < 2 || !bytes.HasPrefix(f[0], []byte("HTTP/1.")) || len(f[0]) != 8 || len(f[1]) != 3 {
		return 0
	}
	if _, ok := parseInt(string(f[1]), 100, 999); !ok {
		return 9
	}
	for at := n; ; at += n {
		line, n = cutLine(b[at:])
		switch {
		case n == 0:
			return len(b)
		case len(line) == 0:
			return -1
		}
		name, _, ok := bytes.Cut(line, []byte(":"))
		if !ok || !isToken(string(name)) {
			return at
		}
	}
}

// cutLine returns the first line of b without its end, and its length with it;
// 0 when no line ends in b.
func cutLine(b []byte) (line []byte, n int) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return nil, 0
	}
	return bytes.TrimSuffix(b[:i], []byte("\r")), i + 1
}
