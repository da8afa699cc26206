package sample

import (
	"bytes"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
)

// Cookies of requests (manual 7.3.6, req.cook and its kin).

// nextCookie takes the first cookie off b. Cookies end at semicolons and commas
// outside quotes; what has no '=' is none, nor are RFC 2965's "$" attributes.
func nextCookie(b []byte) (name, value, rest []byte, ok bool) {
	for len(b) > 0 {
		i := bytes.IndexAny(b, "=;,")
		if i < 0 {
			break
		}
		if b[i] != '=' {
			b = b[i+1:]
			continue
		}
		name = TrimBlanks(b[:i])
		n := cookieEnd(b[i+1:])
		value, b = TrimBlanks(b[i+1:i+1+n]), b[min(i+n+2, len(b)):]
		if len(name) == 0 || name[0] != '$' {
			return name, value, b, true
		}
	}
	return nil, nil, nil, false
}

func cookieEnd(b []byte) int {
	quoted := false
	for i := 0; i < len(b); i++ {
		switch ch := b[i]; {
		case ch == '"':
			quoted = !quoted
		case quoted && ch == '\\':
			i++
		case !quoted && (ch == ';' || ch == ','):
			return i
		}
	}
	return len(b)
}

// cookieFetch finds the cookies of one name; "" is any.
type cookieFetch struct{ name string }

// next gives the cookie the cursor points at and moves on. A cursor starts with
// field and off at -1.
func (f cookieFetch) next(h *http1.Head, it *cursor) (name, value []byte, ok bool) {
	for {
		if it.off < 0 {
			if it.field = h.Find("cookie", it.field+1); it.field < 0 {
				it.field = h.Len()
				return nil, nil, false
			}
			it.off = 0
		}
		line := h.Value(it.field)
		name, value, rest, ok := nextCookie(line[min(it.off, len(line)):])
		if it.off = len(line) - len(rest); !ok {
			it.off = -1
			continue
		}
		if f.name == "" || string(name) == f.name {
			return name, value, true
		}
	}
}

// fetch gives the last cookie of the name, or each in turn; without a name the
// first one of all.
func (f cookieFetch) fetch(c *Ctx, s *Sample) bool {
	if c.Req == nil {
		return false
	}
	if s.it.all {
		if !s.it.begun {
			s.it.begun, s.it.field, s.it.off = true, -1, -1
		}
		_, v, ok := f.next(c.Req, &s.it)
		s.it.more = ok
		return ok && s.setStr(v)
	}
	var last []byte
	found := false
	for it := (cursor{field: -1, off: -1}); ; found = true {
		_, v, ok := f.next(c.Req, &it)
		if !ok || found && f.name == "" {
			return found && s.setStr(last)
		}
		last = v
	}
}

func compileCook(a []Arg, _ *Scope) (Eval, error) {
	return cookieFetch{a[0].Text}.fetch, nil
}

func compileCookVal(a []Arg, _ *Scope) (Eval, error) {
	f := cookieFetch{a[0].Text}
	return func(c *Ctx, s *Sample) bool {
		if !f.fetch(c, s) {
			return false
		}
		return s.setInt(int64(wrapInt(s.Data)))
	}, nil
}

func compileCookCount(a []Arg, _ *Scope) (Eval, error) {
	f := cookieFetch{a[0].Text}
	return func(c *Ctx, s *Sample) bool {
		if c.Req == nil {
			return false
		}
		n := int64(0)
		for it := (cursor{field: -1, off: -1}); ; n++ {
			if _, _, ok := f.next(c.Req, &it); !ok {
				return s.setInt(n)
			}
		}
	}, nil
}

// compileCookNames joins the names by the first byte of the argument, a comma
// by default.
func compileCookNames(a []Arg, _ *Scope) (Eval, error) {
	separator := byte(',')
	if a[0].Set {
		separator = a[0].Text[0]
	}
	return func(c *Ctx, s *Sample) bool {
		if c.Req == nil {
			return false
		}
		room := 0
		for i := c.Req.Find("cookie", 0); i >= 0; i = c.Req.Find("cookie", i+1) {
			room += len(c.Req.Value(i)) + 1
		}
		b := c.bytes(room)
		if b == nil {
			return room == 0 && s.setStr(nil)
		}
		out := b[:0]
		for it := (cursor{field: -1, off: -1}); ; {
			name, _, ok := cookieFetch{}.next(c.Req, &it)
			if !ok {
				return s.setStr(c.keep(b, len(out)))
			}
			if len(name) == 0 {
				continue
			}
			if len(out) > 0 {
				out = append(out, separator)
			}
			out = append(out, name...)
		}
	}, nil
}
