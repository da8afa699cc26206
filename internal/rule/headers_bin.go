package rule

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// setHeaders is set-headers-bin and add-headers-bin: header fields in the binary
// form of req.hdrs_bin.
type setHeaders struct {
	fields *sample.Expr
	prefix []byte // of the names that count
	add    bool
}

func parseSetHeaders(add bool) parseFunc {
	return func(p *actionParser, words []string) (Action, []string, error) {
		if len(words) == 0 || isCond(words) {
			return nil, nil, errors.New("expects exactly one argument or three arguments <headers> prefix <pfx>")
		}
		e, rest, err := p.expr(words)
		if err != nil {
			return nil, nil, err
		}
		a := &setHeaders{fields: e, add: add}
		if len(rest) > 0 && rest[0] == "prefix" {
			if len(rest) < 2 {
				return nil, nil, errors.New("expects 1 argument: <headers>; or 3 arguments: <headers> prefix <pfx>")
			}
			a.prefix, rest = []byte(strings.ToLower(rest[1])), rest[2:]
		}
		return a, rest, nil
	}
}

// Do ends the request with an error when the form is broken, or has what no header
// field may: a line break would be the end of a field, or of the header.
func (a *setHeaders) Do(c *sample.Ctx, r *Result) Verdict {
	h := message(c)
	b, ok := evalBinary(a.fields, c)
	if h == nil || !ok {
		return Continue
	}
	for {
		name, value, rest, ok := nextField(b)
		if !ok {
			return r.unfit()
		}
		if len(name) == 0 {
			return Continue
		}
		b = rest
		if !bytes.HasPrefix(name, a.prefix) {
			continue
		}
		if !fits(c, h, len(name)+len(value)+lineCost) {
			return r.unfit()
		}
		if a.add {
			h.Add(name, value)
		} else {
			h.Set(name, value)
		}
	}
}

// evalBinary computes header fields into the work buffer: the message changes under
// what an expression found in it.
func evalBinary(e *sample.Expr, c *sample.Ctx) ([]byte, bool) {
	mark, s := c.Mark(), c.Borrow()
	ok := e.Eval(c, s) && sample.Cast(c, s, sample.Bin)
	c.Out = append(c.Out[:0], s.Data...)
	c.Return()
	c.Release(mark)
	return c.Out, ok
}

// nextField takes a field off b, its name in lower case; an empty name ends the list.
func nextField(b []byte) (name, value, rest []byte, ok bool) {
	if name, b, ok = nextName(b); !ok || len(name) == 0 && len(b) > 1 {
		return nil, nil, nil, false
	}
	if value, rest, ok = sample.NextBin(b); !ok || bytes.ContainsAny(value, "\r\n\x00") {
		return nil, nil, nil, false
	}
	return name, value, rest, true
}

// nextName takes a name off b and folds it.
func nextName(b []byte) (name, rest []byte, ok bool) {
	if name, rest, ok = sample.NextBin(b); !ok {
		return nil, nil, false
	}
	for i, ch := range name {
		if !http1.IsTokenByte(ch) {
			return nil, nil, false
		}
		if 'A' <= ch && ch <= 'Z' {
			name[i] = ch + 'a' - 'A'
		}
	}
	return name, rest, true
}

// nameMatches are the methods of del-headers-bin.
var nameMatches = map[string]func(name, with []byte) bool{
	"str": bytes.Equal, "beg": bytes.HasPrefix, "end": bytes.HasSuffix, "sub": bytes.Contains,
}

// delHeaders is del-headers-bin: the names are in binary form.
type delHeaders struct {
	names *sample.Expr
	match func(name, with []byte) bool
}

func parseDelHeaders(p *actionParser, words []string) (Action, []string, error) {
	if len(words) == 0 || isCond(words) {
		return nil, nil, errors.New("expects at least 1 argument")
	}
	e, rest, err := p.expr(words)
	if err != nil {
		return nil, nil, err
	}
	a := &delHeaders{e, bytes.Equal}
	if len(rest) > 0 && rest[0] == "-m" {
		if len(rest) < 2 {
			return nil, nil, errors.New("-m flag expects exactly 1 argument")
		}
		if rest[1] == "reg" {
			return nil, nil, errors.New("-m reg is unsupported with del-headers-bin due to performance reasons")
		}
		if a.match = nameMatches[rest[1]]; a.match == nil {
			return nil, nil, fmt.Errorf("-m %s is unsupported with del-headers-bin", rest[1])
		}
		rest = rest[2:]
	}
	return a, rest, nil
}

// Do removes what the names match; fields of another case than theirs match too.
func (a *delHeaders) Do(c *sample.Ctx, r *Result) Verdict {
	h := message(c)
	b, ok := evalBinary(a.names, c)
	if h == nil || !ok {
		return Continue
	}
	var folded [256]byte
	for {
		name, rest, ok := nextName(b)
		switch {
		case !ok:
			return r.unfit()
		case len(name) == 0:
			return Continue
		}
		for i := range h.Len() {
			if n := h.Name(i); n != nil && a.match(appendLower(folded[:0], n), name) {
				h.DelAt(i)
			}
		}
		b = rest
	}
}
