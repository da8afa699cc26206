package config

import (
	"bytes"
	"strconv"
	"strings"
)

// ErrorFile is the page for a status: "errorfile" or "errorloc".
type ErrorFile struct {
	Pos  Pos
	Path string // as written; "" for a location
	Data []byte // the file's bytes: a whole HTTP response, or none to answer nothing
	// Location and Redirect are those of errorloc, errorloc302 and errorloc303:
	// the answer is a redirection with the status Redirect.
	Location string
	Redirect int
}

// errorStatuses are those with a page of their own (manual 4.2 "errorfile").
var errorStatuses = map[int]bool{
	200: true, 400: true, 401: true, 403: true, 404: true, 405: true, 407: true, 408: true, 410: true, 413: true,
	414: true, 421: true, 422: true, 425: true, 429: true, 431: true, 500: true, 501: true, 502: true, 503: true, 504: true,
}

var errorFileRows = Table{
	{Name: "errorfile", In: InAnyProxy, Max: -1, Doc: "Answers a status with a file.", Parse: parseErrorFile},
	{Name: "errorloc", In: InAnyProxy, Max: -1, Doc: "Answers a status with a redirection.", Parse: errorLocation(302)},
	{Name: "errorloc302", In: InAnyProxy, Max: -1, Doc: "Answers a status with a redirection.", Parse: errorLocation(302)},
	{Name: "errorloc303", In: InAnyProxy, Max: -1, Doc: "Answers a status with a redirection that makes the client use GET.", Parse: errorLocation(303)},
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
	status, ok := p.errorStatus(l, "file")
	if !ok {
		return
	}
	path := l.Words[2]
	data, seen := p.pages[path]
	if !seen {
		var err error
		if data, err = p.opts.ReadFile(path); err != nil {
			verb := "opening"
			if isReadError(err) {
				verb = "reading"
			}
			p.Alert(l.Pos, "errorfile : error %s file '%s'.", verb, clip(path))
			return
		}
		p.pages[path] = data
	}
	if at := responseFault(data); at >= 0 {
		p.Alert(l.Pos, "errorfile : '%s': unable to parse headers (error offset: %d)", clip(path), at)
		return
	}
	p.proxy.setErrorFile(status, &ErrorFile{Pos: l.Pos, Path: path, Data: data})
}

func (p *Proxy) setErrorFile(status int, f *ErrorFile) {
	if p.ErrorFiles == nil {
		p.ErrorFiles = map[int]*ErrorFile{}
	}
	p.ErrorFiles[status] = f
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
		p.proxy.setErrorFile(status, &ErrorFile{Pos: l.Pos, Location: l.Words[2], Redirect: code})
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
