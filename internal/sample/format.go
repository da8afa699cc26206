package sample

import (
	"fmt"
	"strings"
)

// Style says what a format makes of the bytes that expressions give.
type Style uint8

const (
	TextStyle   Style = iota // payloads and names: bytes as they are
	HeaderStyle              // field values: control characters as %XX
)

// Format is a compiled "custom log format" outside of logs: text with
// %[expressions] and %aliases (manual 8.2.6).
type Format struct {
	Text     string // as written
	segments []segment
	style    Style
}

type segment struct {
	literal  []byte
	expr     *Expr
	alias    bool
	missing  string // what an alias shows without a value
	quote    bool
	escape   bool
	hexDigit bool
}

type flags struct{ quote, escape, hex bool }

// Literal says whether f holds no expression, and its text.
func (f *Format) Literal() ([]byte, bool) {
	switch {
	case len(f.segments) == 0:
		return nil, true
	case len(f.segments) == 1 && f.segments[0].expr == nil:
		return f.segments[0].literal, true
	}
	return nil, false
}

// Append writes the text for c to dst. A missing sample is written as nothing.
func (f *Format) Append(dst []byte, c *Ctx) []byte {
	mark, s := c.Mark(), c.Borrow()
	for i := range f.segments {
		g := &f.segments[i]
		if g.expr == nil {
			dst = append(dst, g.literal...)
			continue
		}
		dst = g.append(dst, c, s, f.style)
		c.Release(mark)
	}
	c.Return()
	return dst
}

func (g *segment) append(dst []byte, c *Ctx, s *Sample, style Style) []byte {
	ok := g.expr.Eval(c, s)
	quote := g.quote && (g.alias || style == TextStyle && s.Type != Bin)
	if ok && g.hexDigit {
		ok = hexDigits(c, s)
	}
	if quote {
		dst = append(dst, '"')
	}
	switch {
	case ok && cast(c, s, Str):
		dst = g.encode(dst, s.Data, style)
	case g.alias:
		dst = append(dst, g.missing...)
	}
	if quote {
		dst = append(dst, '"')
	}
	return dst
}

func (g *segment) encode(dst, b []byte, style Style) []byte {
	const digits = "0123456789ABCDEF"
	for _, ch := range b {
		switch {
		case g.escape && (ch == '"' || ch == '\\' || ch == ']'):
			dst = append(dst, '\\', ch)
		case style == HeaderStyle && (ch < ' ' && ch != '\t' || ch == 0x7f):
			dst = append(dst, '%', digits[ch>>4], digits[ch&15])
		default:
			dst = append(dst, ch)
		}
	}
	return dst
}

// hexDigits is the flag X: addresses in full, numbers in at least four digits.
func hexDigits(c *Ctx, s *Sample) bool {
	if s.Type != Sint {
		return cast(c, s, Bin) && convHex(c, s)
	}
	const digits = "0123456789ABCDEF"
	b, n := c.bytes(16), 0
	for shift := 60; shift >= 0; shift -= 4 {
		if v := uint64(s.Int) >> shift; v != 0 || shift < 16 {
			b[n] = digits[v&15]
			n++
		}
	}
	return s.setStr(c.keep(b, n))
}

// ParseFormat compiles a format that will be evaluated at place.
func ParseFormat(text string, style Style, place Place, sc *Scope) (*Format, error) {
	p := formatParser{f: &Format{Text: text, style: style}, place: place, scope: sc}
	if err := p.parse(text); err != nil {
		return nil, err
	}
	p.flush()
	return p.f, nil
}

// LiteralFormat makes a format of text without giving '%' any meaning.
func LiteralFormat(text string) *Format {
	return &Format{Text: text, segments: []segment{{literal: []byte(text)}}}
}

type formatParser struct {
	f       *Format
	place   Place
	scope   *Scope
	global  flags
	literal []byte
}

func (p *formatParser) flush() {
	if len(p.literal) > 0 {
		p.f.segments = append(p.f.segments, segment{literal: p.literal})
		p.literal = nil
	}
}

func (p *formatParser) parse(s string) error {
	for s != "" {
		i := strings.IndexByte(s, '%')
		if i < 0 {
			i = len(s)
		}
		p.literal, s = append(p.literal, s[:i]...), s[i:]
		if s == "" {
			break
		}
		item := s
		if s = s[1:]; s == "" {
			return fmt.Errorf("truncated line after '%%'")
		}
		if s[0] == '%' {
			p.literal, s = append(p.literal, '%'), s[1:]
			continue
		}
		var err error
		if s, err = p.item(item, s); err != nil {
			return err
		}
	}
	return nil
}

// item parses what follows a '%': (name:type), {flags}, then [expr] or alias.
func (p *formatParser) item(item, s string) (string, error) {
	if s[0] == '(' {
		i := strings.IndexByte(s, ')')
		if i < 0 {
			return s, fmt.Errorf("invalid character in custom name near '%s'", s)
		}
		if err := p.checkItemName(s[1:i], len(p.f.Text)-len(s)+1); err != nil {
			return s, err
		}
		s = s[i+1:]
	}
	fl := p.global
	if strings.HasPrefix(s, "{") {
		i := strings.IndexByte(s, '}')
		if i < 0 {
			return s, fmt.Errorf("truncated line after '%s'", s[1:])
		}
		fl.set(s[1:i])
		s = s[i+1:]
	}
	switch {
	case s == "":
		return s, fmt.Errorf("parse argument modifier without alias name near '%s'", item)
	case s[0] == '[':
		return p.expression(s[1:], fl)
	}
	n := 0
	for n < len(s) && ('a' <= s[n]|0x20 && s[n]|0x20 <= 'z' || '0' <= s[n] && s[n] <= '9') {
		n++
	}
	if s[:n] == "o" {
		p.global = fl
		return s[n:], nil
	}
	return s[n:], p.alias(s[:n], fl)
}

// checkItemName checks a name and its type, which begin at an offset of the text.
func (p *formatParser) checkItemName(s string, at int) error {
	name, kind, typed := strings.Cut(s, ":")
	if n, rest := Name(name); rest != "" {
		return fmt.Errorf("invalid character in custom name near '%s'", name[len(n):])
	}
	if typed && kind != "str" && kind != "sint" && kind != "bool" && kind != "raw" {
		return fmt.Errorf("unexpected output type '%s' at position %d line : '%s'. Supported types are: str, sint, bool, raw", kind, at+len(name)+1, p.f.Text)
	}
	return nil
}

// set reads flags such as "+Q,-E"; unknown ones do nothing, as in the reference.
func (f *flags) set(s string) {
	for _, w := range strings.Split(s, ",") {
		on := !strings.HasPrefix(w, "-")
		switch strings.TrimLeft(w, "+-") {
		case "Q":
			f.quote = on
		case "E":
			f.escape = on
		case "X":
			f.hex = on
		}
	}
}

func (p *formatParser) expression(s string, fl flags) (string, error) {
	e, rest, err := ParseExpr(s, p.scope)
	if err != nil {
		return s, fmt.Errorf("failed to parse sample expression <%s> : %w", s, err)
	}
	if rest == "" {
		return s, fmt.Errorf("missing ']' after '%s'", e.Text)
	}
	if rest[0] != ']' {
		return s, fmt.Errorf("expected ']' after '%s', but found '%c'", e.Text, rest[0])
	}
	if !e.Fetch.Use.At(p.place) {
		return s, fmt.Errorf("sample fetch <%s> may not be reliably used here because it needs '%s' which is not available here",
			e.Fetch.Name, e.Fetch.Use)
	}
	p.flush()
	p.f.segments = append(p.f.segments, segment{expr: e, quote: fl.quote, escape: fl.escape})
	return rest[1:], nil
}

func (p *formatParser) alias(name string, fl flags) error {
	a := lookupAlias(name)
	switch {
	case a == nil:
		return fmt.Errorf("no such format alias '%s'. If you wanted to emit the '%%' character verbatim, you need to use '%%%%'", name)
	case a.expr == "":
		return fmt.Errorf("format alias '%s' is known but not built here yet", name)
	}
	e, _, err := ParseExpr(a.expr, p.scope)
	if err != nil {
		return err
	}
	p.literal = append(p.literal, a.prefix...)
	p.flush()
	p.f.segments = append(p.f.segments, segment{
		expr: e, alias: true, missing: a.missing, quote: fl.quote, escape: fl.escape, hexDigit: fl.hex && a.hex,
	})
	return nil
}
