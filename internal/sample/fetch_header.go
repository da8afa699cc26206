package sample

import (
	"bytes"
	"errors"
	"net/netip"
	"strings"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
)

// direction chooses the message a header fetch reads.
type direction func(*Ctx) *http1.Head

func request(c *Ctx) *http1.Head  { return c.Req }
func response(c *Ctx) *http1.Head { return c.Res }

func current(c *Ctx) *http1.Head {
	if c.Response {
		return c.Res
	}
	return c.Req
}

// maxBack is how far back an occurrence may be counted from the last one.
const maxBack = 10

// headerFetch is what the header fetches share: which message, which field (""
// is any), which occurrence, and whether commas separate values.
type headerFetch struct {
	head  direction
	name  string
	occ   int64
	named bool // an argument was given at all
	full  bool // whole lines: commas are data
}

func newHeaderFetch(head direction, full bool, a []Arg) (*headerFetch, error) {
	f := &headerFetch{head: head, full: full}
	for i, x := range a {
		f.named = f.named || x.Set
		switch {
		case i == 0:
			f.name = strings.ToLower(x.Text)
		case x.Int < -maxBack:
			return nil, errors.New("header occurrence must be >= -10")
		default:
			f.occ = x.Int
		}
	}
	return f, nil
}

func compileHdr(head direction, full bool) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, _ *Scope) (Eval, error) {
		f, err := newHeaderFetch(head, full, a)
		if err != nil {
			return nil, err
		}
		return f.fetch, nil
	}
}

func compileHdrInt(head direction) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, _ *Scope) (Eval, error) {
		f, err := newHeaderFetch(head, false, a)
		if err != nil {
			return nil, err
		}
		return func(c *Ctx, s *Sample) bool {
			return f.fetch(c, s) && s.setInt(int64(wrapInt(s.Data)))
		}, nil
	}
}

// wrapInt reads a leading decimal number into 32 bits, as the reference does
// for header values: what does not fit wraps.
func wrapInt(b []byte) (v int32) {
	neg := len(b) > 0 && b[0] == '-'
	if neg {
		b = b[1:]
	}
	for _, ch := range b {
		if ch < '0' || ch > '9' {
			break
		}
		v = v*10 + int32(ch-'0')
	}
	if neg {
		return -v
	}
	return v
}

func compileHdrIP(head direction) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, _ *Scope) (Eval, error) {
		f, err := newHeaderFetch(head, false, a)
		if err != nil {
			return nil, err
		}
		return func(c *Ctx, s *Sample) bool {
			for f.fetch(c, s) {
				if ip, ok := nodeIP(s.Data); ok {
					return s.setIP(ip)
				}
				if !s.it.more {
					break
				}
			}
			return false
		}, nil
	}
}

func compileHdrCount(head direction, full bool) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, _ *Scope) (Eval, error) {
		f, err := newHeaderFetch(head, full, a)
		if err != nil {
			return nil, err
		}
		return func(c *Ctx, s *Sample) bool {
			h := f.head(c)
			if h == nil {
				return false
			}
			n := int64(0)
			for it := (cursor{off: -1, field: -1}); ; n++ {
				if _, ok := f.next(h, &it); !ok {
					return s.setInt(n)
				}
			}
		}, nil
	}
}

// fetch gives the chosen occurrence; when the caller iterates and no occurrence
// was chosen, each one in turn.
func (f *headerFetch) fetch(c *Ctx, s *Sample) bool {
	h := f.head(c)
	if h == nil {
		return false
	}
	switch {
	case f.occ == 0 && s.it.all:
		if !s.it.begun {
			s.it.begun, s.it.field, s.it.off = true, -1, -1
		}
		v, ok := f.next(h, &s.it)
		s.it.more = ok
		return ok && s.setStr(v)
	case f.occ == 0 && !f.named:
		return false // of all values of all fields, none is "the" value
	case f.occ > 0:
		s.it.more = false
		it := cursor{off: -1, field: -1}
		for n := f.occ; ; n-- {
			v, ok := f.next(h, &it)
			if !ok {
				return false
			}
			if n == 1 {
				return s.setStr(v)
			}
		}
	}
	s.it.more = false
	return f.fromEnd(h, s)
}

// fromEnd counts occurrences from the last one.
func (f *headerFetch) fromEnd(h *http1.Head, s *Sample) bool {
	back := max(1, -f.occ)
	var ring [maxBack][]byte
	it, n := cursor{off: -1, field: -1}, int64(0)
	for ; ; n++ {
		v, ok := f.next(h, &it)
		if !ok {
			break
		}
		ring[n%back] = v
	}
	return n >= back && s.setStr(ring[n%back])
}

// next gives the value the cursor points at and moves on. A cursor starts with
// field and off at -1.
func (f *headerFetch) next(h *http1.Head, it *cursor) ([]byte, bool) {
	if it.off < 0 {
		if it.field = f.nextField(h, it.field+1); it.field < 0 {
			it.field = h.Len()
			return nil, false
		}
		it.off = 0
	}
	v := h.Value(it.field)
	if f.full {
		it.off = -1
		return v, true
	}
	rest := v[min(it.off, len(v)):]
	n := ValueEnd(rest)
	if n < len(rest) {
		it.off += n + 1
	} else {
		it.off = -1
	}
	return TrimBlanks(rest[:n]), true
}

func (f *headerFetch) nextField(h *http1.Head, i int) int {
	if f.name != "" {
		return h.Find(f.name, i)
	}
	for ; i < h.Len(); i++ {
		if h.Name(i) != nil {
			return i
		}
	}
	return -1
}

// ValueEnd finds the comma that ends the first value of v: one outside quotes.
func ValueEnd(v []byte) int {
	quoted := false
	for i := 0; i < len(v); i++ {
		switch v[i] {
		case '"':
			quoted = !quoted
		case '\\':
			if quoted {
				i++
			}
		case ',':
			if !quoted {
				return i
			}
		}
	}
	return len(v)
}

// nodeIP reads an address as req.hdr_ip() accepts it: IPv4 with an optional
// port, or IPv6 with optional brackets.
func nodeIP(b []byte) (netip.Addr, bool) {
	if n := len(b); n > 1 && b[0] == '[' && b[n-1] == ']' {
		return parse6(b[1 : n-1])
	}
	if i := bytes.IndexByte(b, ':'); i >= 0 && i == bytes.LastIndexByte(b, ':') {
		p := b[i+1:]
		v, n := leadingInt(p)
		if n == 0 || n != len(p) || v < 0 || v > 65535 {
			return netip.Addr{}, false
		}
		return parse4(b[:i])
	}
	return ParseIP(b)
}

// compileHdrNames joins the names of all fields.
func compileHdrNames(head direction) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, _ *Scope) (Eval, error) {
		delim := byte(',')
		if a[0].Set {
			delim = a[0].Text[0]
		}
		return func(c *Ctx, s *Sample) bool {
			h := head(c)
			if h == nil {
				return false
			}
			n := 0
			for i := range h.Len() {
				if name := h.Name(i); name != nil {
					n += len(name) + 1
				}
			}
			b := c.bytes(n)
			if n == 0 || b == nil {
				return n == 0 && s.setStr(nil)
			}
			w := b[:0]
			for i := range h.Len() {
				if name := h.Name(i); name != nil {
					w = append(appendLower(w, name), delim)
				}
			}
			return s.setStr(w[:len(w)-1])
		}, nil
	}
}

// compileHdrs gives the fields as they would be sent, the empty line included.
func compileHdrs(head direction) func([]Arg, *Scope) (Eval, error) {
	return from(func(c *Ctx, s *Sample) bool {
		h := head(c)
		if h == nil {
			return false
		}
		n := 2
		for i := range h.Len() {
			if name := h.Name(i); name != nil {
				n += len(name) + len(h.Value(i)) + 4
			}
		}
		b := c.bytes(n)
		if b == nil {
			return false
		}
		w := b[:0]
		for i := range h.Len() {
			if name := h.Name(i); name != nil {
				w = append(appendLower(w, name), ": "...)
				w = append(append(w, h.Value(i)...), "\r\n"...)
			}
		}
		return s.setStr(append(w, "\r\n"...))
	})
}

func appendLower(dst, b []byte) []byte {
	for _, ch := range b {
		dst = append(dst, lower(ch))
	}
	return dst
}

// lower folds one ASCII letter.
func lower(ch byte) byte {
	if 'A' <= ch && ch <= 'Z' {
		ch += 'a' - 'A'
	}
	return ch
}

// TrimBlanks drops blanks and tabs at both ends of b.
func TrimBlanks(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	return b
}
