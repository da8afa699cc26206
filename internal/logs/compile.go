package logs

import (
	"fmt"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// Kind is the directive a format was written for.
type Kind uint8

const (
	Traffic    Kind = iota // log-format
	Structured             // log-format-sd
	ConnError              // error-log-format
	UniqueID               // unique-id-format of a frontend
	BackendID              // the same of who has servers, whose checks it identifies
	kinds
)

var kindRows = [kinds]struct {
	name  string
	place sample.Place
}{
	Traffic:    {"log-format", sample.Logs},
	Structured: {"log-format-sd", sample.Logs},
	ConnError:  {"error-log-format", sample.Logs},
	UniqueID:   {"unique-id", sample.FeReqHead},
	BackendID:  {"unique-id", sample.BeReqHead},
}

// String gives the directive as the reference's messages name it.
func (k Kind) String() string { return kindRows[k].name }

// FormatError is a fault in a format. Its text is the reference's.
type FormatError struct {
	Pos  config.Pos
	Kind Kind
	Text string // without "failed to parse"
}

// Error gives the whole line of the reference.
func (e *FormatError) Error() string {
	return fmt.Sprintf("Parsing [%s:%d]: failed to parse %s : %s.", e.Pos.File, e.Pos.Line, e.Kind, e.Text)
}

// Compile compiles the argument of a log-format directive (manual 8.2.6).
// Blanks separate and are merged. The error is a *FormatError.
func Compile(text string, pos config.Pos, kind Kind, sc *sample.Scope) (*Format, error) {
	if sc == nil {
		sc = &sample.Scope{}
	}
	p := parser{text: text, kind: kind, scope: sc, format: &Format{Text: text}}
	if kind == UniqueID || kind == BackendID {
		p.global = flagOpt // as in the reference: only logs need a word in each place
	}
	if err := p.parse(); err != nil {
		return nil, &FormatError{Pos: pos, Kind: kind, Text: err.Error()}
	}
	switch {
	case p.global&flagJSON != 0:
		p.format.encoding = jsonMap
	case p.global&flagCBOR != 0:
		p.format.encoding, p.format.binary = cborMap, p.global&flagBin != 0
	}
	return p.build.finish(p.format), nil
}

type parser struct {
	text   string
	at     int
	kind   Kind
	scope  *sample.Scope
	global flags
	name   string // of the item at hand
	as     as
	format *Format
	build  builder
}

func (p *parser) parse() error {
	for p.at < len(p.text) {
		c := p.text[p.at]
		p.at++
		switch c {
		case ' ':
			p.build.blank()
		case '%':
			if err := p.item(); err != nil {
				return err
			}
		default:
			p.build.char(c)
		}
	}
	return nil
}

// item parses what follows a '%'.
func (p *parser) item() error {
	start := p.at
	p.name, p.as = "", asIs
	if start < len(p.text) && p.text[start] == '(' {
		if err := p.named(); err != nil {
			return err
		}
	}
	if p.at == len(p.text) {
		return fmt.Errorf("truncated line after '%%'")
	}
	f := p.global
	switch c := p.text[p.at]; {
	case c == '{':
		return p.modified()
	case c == '[':
		return p.expression(f)
	case isAlpha(c):
		return p.alias(f)
	case '0' <= c && c <= '9' || c == ' ' || '\t' <= c && c <= '\r':
		return fmt.Errorf("unexpected alias name near '%c' at position %d line : '%s'. Maybe you want to write a single '%%', use the syntax '%%%%'", c, p.at, p.text)
	default: // "%%", and as in the reference "%-" and the like
		p.build.char(c)
		p.at++
		return nil
	}
}

// named parses (name:type). Names and types are for encodings.
func (p *parser) named() error {
	kind, start := -1, p.at+1
	for p.at++; ; p.at++ {
		if p.at >= len(p.text) {
			return fmt.Errorf("invalid character in custom name near '")
		}
		switch c := p.text[p.at]; {
		case c == ')':
			p.at++
			if kind < 0 {
				p.name = p.text[start : p.at-1]
				return nil
			}
			p.name = p.text[start : kind-1]
			k := p.text[kind : p.at-1]
			var known bool
			if p.as, known = asNames[k]; !known || k == "" {
				return fmt.Errorf("unexpected output type '%s' at position %d line : '%s'. Supported types are: str, sint, bool, raw", k, kind, p.text)
			}
			return nil
		case c == ':' && kind < 0:
			kind = p.at + 1
		case !isAlnum(c) && c != '-' && c != '_':
			return fmt.Errorf("invalid character in custom name near '%c' at position %d line : '%s'", c, p.at, p.text)
		}
	}
}

// modified parses {flags} and the item they belong to.
func (p *parser) modified() error {
	rest := p.text[p.at+1:]
	n := strings.IndexByte(rest, '}')
	if n < 0 {
		return fmt.Errorf("truncated line after '%s'", rest)
	}
	f := p.global.with(rest[:n])
	p.at += n + 2
	if p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == '[':
			return p.expression(f)
		case isAlpha(c):
			return p.alias(f)
		}
	}
	return fmt.Errorf("parse argument modifier without alias name near '%%{%s}'", rest[:n])
}

// with applies arguments like "+Q,-E". A flag without a sign changes nothing
// and unknown ones are passed over, as in the reference.
func (f flags) with(args string) flags {
	for arg := range strings.SplitSeq(args, ",") {
		sign := byte(0)
		for arg != "" && (arg[0] == '+' || arg[0] == '-') {
			sign, arg = arg[0], arg[1:]
		}
		var bit flags
		switch arg {
		case "Q":
			bit = flagQ
		case "X":
			bit = flagX
		case "E":
			bit = flagE
		case "bin":
			bit = flagBin
		case "json":
			bit = flagJSON
		case "cbor":
			bit = flagCBOR
		}
		switch sign {
		case '+':
			f |= bit
		case '-':
			f &^= bit
		}
	}
	return f
}

func (p *parser) alias(f flags) error {
	start := p.at
	for p.at < len(p.text) && isAlnum(p.text[p.at]) {
		p.at++
	}
	name := p.text[start:p.at]
	if name == "o" {
		p.global = f
		return nil
	}
	a := lookupAlias(name)
	switch {
	case a == nil:
		return fmt.Errorf("no such format alias '%s'. If you wanted to emit the '%%' character verbatim, you need to use '%%%%'", name)
	case a.needs != "":
		return fmt.Errorf("format alias '%s' needs %s, which is known but not built yet", name, a.needs)
	}
	p.build.value(item{code: a.code, flags: f, name: p.name, as: p.as, number: a.code.numeric()}, a.empty)
	p.format.Stage = max(p.format.Stage, a.stage)
	p.format.counted = p.format.counted || a.code == codeLogCount
	p.format.source = p.format.source || a.code == codeSourceIP || a.code == codeSourcePort
	return nil
}

func (p *parser) expression(f flags) error {
	text := p.text[p.at+1:]
	e, rest, err := sample.ParseExpr(text, p.scope)
	if err != nil {
		return fmt.Errorf("failed to parse sample expression <%s> : %w", text, err)
	}
	taken := text[:len(text)-len(rest)]
	if rest == "" {
		return fmt.Errorf("missing ']' after '%s'", taken)
	}
	if rest[0] != ']' {
		return fmt.Errorf("expected ']' after '%s', but found '%c'", taken, rest[0])
	}
	if u := e.Fetch.Use; !u.At(kindRows[p.kind].place) {
		return fmt.Errorf("sample fetch <%s> may not be reliably used here because it needs '%s' which is not available here", e.Fetch.Name, u)
	}
	p.at = len(p.text) - len(rest) + 1
	// The flag bin only counts for the whole format.
	p.build.value(item{code: codeExpr, flags: f&^flagBin | p.global&flagBin, expr: e, name: p.name, as: p.as}, false)
	p.format.Stage = StageEnd
	p.format.source = p.format.source || strings.HasPrefix(e.Fetch.Name, "bc_src")
	return nil
}

func isAlpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isAlnum(c byte) bool { return isAlpha(c) || '0' <= c && c <= '9' }
