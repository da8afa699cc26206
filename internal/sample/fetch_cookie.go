package sample

import (
	"bytes"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
)

// Cookies (manual 7.3.6, req.cook, res.cook and their kin).

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
type cookieFetch struct {
	name string
	head direction
	set  bool // in Set-Cookie, else in Cookie
}

func (f cookieFetch) field() string {
	if f.set {
		return "set-cookie"
	}
	return "cookie"
}

// passed is what is left of a field after a cookie of another name: in Set-Cookie
// what follows it up to a comma is about that cookie.
func (f cookieFetch) passed(rest []byte, line []byte) []byte {
	at := len(line) - len(rest)
	if !f.set || at == 0 || line[at-1] == ',' {
		return rest
	}
	n := ValueEnd(rest)
	return rest[min(n+1, len(rest)):]
}

// next gives the cookie the cursor points at and moves on. A cursor starts with
// field and off at -1.
func (f cookieFetch) next(h *http1.Head, it *cursor) (name, value []byte, ok bool) {
	for {
		if it.off < 0 {
			if it.field = h.Find(f.field(), it.field+1); it.field < 0 {
				it.field = h.Len()
				return nil, nil, false
			}
			it.off = 0
		}
		line := h.Value(it.field)
		if f.name != "" && len(line) <= len(f.name)+1 { // no room for a value: the reference passes over it
			it.off = -1
			continue
		}
		name, value, rest, ok := nextCookie(line[min(it.off, len(line)):])
		if it.off = len(line) - len(rest); !ok {
			it.off = -1
			continue
		}
		if f.name == "" || string(name) == f.name {
			return name, value, true
		}
		it.off = len(line) - len(f.passed(rest, line))
	}
}

// fetch gives the last cookie of the name, or each in turn; without a name the
// first one of all.
func (f cookieFetch) fetch(c *Ctx, s *Sample) bool {
	h := f.head(c)
	if h == nil {
		return false
	}
	if s.it.all {
		if !s.it.begun {
			s.it.begun, s.it.field, s.it.off = true, -1, -1
		}
		_, v, ok := f.next(h, &s.it)
		s.it.more = ok
		return ok && s.setStr(v)
	}
	var last []byte
	found := false
	for it := (cursor{field: -1, off: -1}); ; found = true {
		_, v, ok := f.next(h, &it)
		if !ok || found && f.name == "" {
			return found && s.setStr(last)
		}
		last = v
	}
}

// compileCook compiles a fetch of a cookie: of the request in Cookie, of the
// response in Set-Cookie.
func compileCook(head direction, set bool) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, _ *Scope) (Eval, error) { return cookieFetch{a[0].Text, head, set}.fetch, nil }
}

// compileCookie gives the cookie of the message at hand.
func compileCookie(a []Arg, _ *Scope) (Eval, error) {
	req, res := cookieFetch{a[0].Text, request, false}, cookieFetch{a[0].Text, response, true}
	return func(c *Ctx, s *Sample) bool {
		if c.Response {
			return res.fetch(c, s)
		}
		return req.fetch(c, s)
	}, nil
}

func compileCookVal(head direction, set bool) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, _ *Scope) (Eval, error) {
		f := cookieFetch{a[0].Text, head, set}
		return func(c *Ctx, s *Sample) bool {
			return f.fetch(c, s) && s.setInt(int64(wrapInt(s.Data)))
		}, nil
	}
}

func compileCookCount(head direction, set bool) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, _ *Scope) (Eval, error) {
		f := cookieFetch{a[0].Text, head, set}
		return func(c *Ctx, s *Sample) bool {
			h := head(c)
			if h == nil {
				return false
			}
			n := int64(0)
			for it := (cursor{field: -1, off: -1}); ; n++ {
				if _, _, ok := f.next(h, &it); !ok {
					return s.setInt(n)
				}
			}
		}, nil
	}
}

// compileCookNames joins the names by the first byte of the argument, a comma by
// default. A Set-Cookie field has one, whatever its attributes are.
func compileCookNames(head direction, set bool) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, _ *Scope) (Eval, error) {
		separator, f := byte(','), cookieFetch{"", head, set}
		if a[0].Set {
			separator = a[0].Text[0]
		}
		return func(c *Ctx, s *Sample) bool {
			h := head(c)
			if h == nil {
				return false
			}
			room := 0
			for i := h.Find(f.field(), 0); i >= 0; i = h.Find(f.field(), i+1) {
				room += len(h.Value(i)) + 1
			}
			b := c.bytes(room)
			if b == nil {
				return room == 0 && s.setStr(nil)
			}
			out := b[:0]
			for it := (cursor{field: -1, off: -1}); ; {
				name, _, ok := f.next(h, &it)
				if !ok {
					return s.setStr(c.keep(b, len(out)))
				}
				if set {
					it.off = -1
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
}
