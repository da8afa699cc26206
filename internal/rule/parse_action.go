package rule

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/sluice-proxy/sluice/internal/pattern"
	"github.com/sluice-proxy/sluice/internal/sample"
)

type parseFunc = func(p *actionParser, words []string) (Action, []string, error)

func parseStop(v Verdict) parseFunc {
	return func(_ *actionParser, words []string) (Action, []string, error) { return stop{v}, words, nil }
}

// errLayer is a word in the place of "layer4".
type errLayer string

func (e errLayer) Error() string { return "only supports 'layer4'" }

func parseExpect(what Expect) parseFunc {
	return func(_ *actionParser, words []string) (Action, []string, error) {
		switch {
		case len(words) == 0:
			return nil, nil, errLayer("")
		case words[0] != "layer4":
			return nil, nil, errLayer(words[0])
		}
		return expect{what}, words[1:], nil
	}
}

// isCond says whether words begin with a condition, or are at their end.
func isCond(words []string) bool {
	return len(words) == 0 || words[0] == "if" || words[0] == "unless"
}

// needsCond tells whether words lack the condition that they must be.
func needsCond(words []string) bool { return len(words) == 0 || !isCond(words) }

func parseSetHeader(add bool) parseFunc {
	return func(p *actionParser, words []string) (Action, []string, error) {
		if len(words) < 2 {
			return nil, nil, errors.New("expects exactly 2 arguments")
		}
		p.checkName(words[0])
		f, err := p.format(words[1], sample.HeaderStyle)
		return &setHeader{[]byte(strings.ToLower(words[0])), f, add}, words[2:], err
	}
}

// checkName warns about a header name that cannot be sent.
func (p *actionParser) checkName(name string) {
	for i := range len(name) {
		if !tokenByte(name[i]) {
			p.warn("header name '%s' contains forbidden character '%c'.", name, name[i])
			return
		}
	}
}

func tokenByte(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

func parseDelHeader(_ *actionParser, words []string) (Action, []string, error) {
	if len(words) == 0 {
		return nil, nil, errors.New("expects at least 1 argument")
	}
	name, rest := words[0], words[1:]
	a := &delHeader{name: strings.ToLower(name)}
	if len(rest) == 0 || rest[0] != "-m" {
		return a, rest, nil
	}
	if len(rest) < 2 {
		return nil, nil, errors.New("-m flag expects exactly 1 argument")
	}
	m, ok := pattern.ParseMethod(rest[1])
	switch m {
	case pattern.Str, pattern.Beg, pattern.End, pattern.Sub, pattern.Reg:
	default:
		ok = false
	}
	if !ok {
		return nil, nil, fmt.Errorf("-m with unsupported matching method '%s'", rest[1])
	}
	if m != pattern.Reg { // expressions are compared with names in lower case as they are
		name = a.name
	}
	b := pattern.NewBuilder(m)
	if err := b.Add(name, false); err != nil {
		return nil, nil, err
	}
	a.names = b.Build()
	return a, rest[2:], nil
}

func parseReplaceHeader(values bool) parseFunc {
	return func(p *actionParser, words []string) (Action, []string, error) {
		if len(words) < 3 {
			return nil, nil, errors.New("expects exactly 3 arguments")
		}
		re, err := sample.CompileRegexp(words[1], false)
		if err != nil {
			return nil, nil, err
		}
		f, err := p.format(words[2], sample.HeaderStyle)
		return &replaceHeader{strings.ToLower(words[0]), re, f, values}, words[3:], err
	}
}

func parseReplacePart(part part) parseFunc {
	return func(p *actionParser, words []string) (Action, []string, error) {
		if len(words) < 2 || isCond(words) || isCond(words[1:]) || !isCond(words[2:]) {
			return nil, nil, errors.New("expects exactly 2 arguments <match-regex> and <replace-format>")
		}
		re, err := sample.CompileRegexp(words[0], false)
		if err != nil {
			return nil, nil, fmt.Errorf("failed to parse the regex : %w", err)
		}
		f, err := p.format(words[1], sample.HeaderStyle)
		return &replacePart{part, re, f}, words[2:], err
	}
}

func parseSetPart(part part) parseFunc {
	return func(p *actionParser, words []string) (Action, []string, error) {
		if len(words) < 1 || isCond(words) || !isCond(words[1:]) {
			return nil, nil, errors.New("expects exactly 1 argument <format>")
		}
		f, err := p.format(words[0], sample.HeaderStyle)
		return &setPart{part, f}, words[1:], err
	}
}

func parseSetStatus(_ *actionParser, words []string) (Action, []string, error) {
	if len(words) == 0 {
		return nil, nil, errors.New("expects 1 argument: <status>; or 3 arguments: <status> reason <fmt>")
	}
	code, err := strconv.Atoi(words[0])
	if err != nil || code < 100 || code > 999 {
		return nil, nil, errors.New("expects an integer status code between 100 and 999")
	}
	a, rest := &setStatus{status: code}, words[1:]
	if len(rest) >= 2 && rest[0] == "reason" {
		a.reason, rest = []byte(rest[1]), rest[2:]
	}
	if a.reason == nil {
		a.reason = []byte(reason(code))
	}
	return a, rest, nil
}

func parseRedirectAction(p *actionParser, words []string) (Action, []string, error) {
	n := 0
	for !isCond(words[n:]) {
		n++
	}
	d, err := p.redirect(words[:n], true)
	if err == nil && p.set == httpResponse && d.kind != toLocation {
		err = errors.New("response only supports redirect type 'location'")
	}
	return d, words[n:], err
}

// redirect compiles the words of a redirection; formats says whether % has its
// meaning in the target.
func (p *actionParser) redirect(words []string, formats bool) (*redirect, error) {
	d, code, target := &redirect{}, 302, ""
	for len(words) > 0 {
		w, arg, used := words[0], "", 1
		switch w {
		case "location", "prefix", "scheme", "set-cookie", "set-cookie-fmt", "clear-cookie", "code":
			if len(words) < 2 {
				return nil, fmt.Errorf("missing argument for '%s'", w)
			}
			arg, used = words[1], 2
		}
		var err error
		switch w {
		case "location":
			d.kind, target = toLocation, arg
		case "prefix":
			d.kind, target = toPrefix, arg
		case "scheme":
			d.kind, target = toScheme, arg
		case "set-cookie":
			d.cookie = sample.LiteralFormat(arg + "; path=/;")
		case "clear-cookie":
			d.cookie = sample.LiteralFormat(arg + "; path=/; Max-Age=0;")
		case "set-cookie-fmt":
			d.cookie, err = p.format(arg+"; path=/;", sample.HeaderStyle)
		case "code":
			code, err = redirectCode(arg)
		case "drop-query":
			d.dropQuery = true
		case "keep-query":
			d.keepQuery = true
		case "append-slash":
			d.appendSlash = true
		case "ignore-empty":
			d.ignoreEmpty = formats
		default:
			err = fmt.Errorf("expects 'code', 'prefix', 'location', 'scheme', 'set-cookie', 'set-cookie-fmt', 'clear-cookie', 'drop-query', 'keep-query', 'ignore-empty' or 'append-slash' (was '%s')", w)
		}
		if err != nil {
			return nil, err
		}
		words = words[used:]
	}
	if d.kind == 0 {
		return nil, errors.New("redirection type expected ('prefix', 'location', or 'scheme')")
	}
	d.target = sample.LiteralFormat(target)
	if formats {
		f, err := p.format(target, sample.HeaderStyle)
		if err != nil {
			return nil, err
		}
		d.target = f
	}
	d.noCache = code == 302 || code == 303 || code == 307
	d.reply = &Reply{Status: code, redirect: d}
	return d, nil
}

func redirectCode(s string) (int, error) {
	switch s {
	case "301", "302", "303", "307", "308":
		return strconv.Atoi(s)
	}
	return 0, fmt.Errorf("'code': unsupported HTTP code '%s' (must be one of 301, 302, 303, 307 or 308)", s)
}
