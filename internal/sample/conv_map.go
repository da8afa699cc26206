package sample

import (
	"fmt"

	"github.com/sluice-proxy/sluice/internal/pattern"
)

// compileMap compiles a converter that looks its input up in a map by method m and
// gives what out says of the entry found, or the default in the second argument.
func compileMap(m pattern.Method, out pattern.Output) func(a []Arg, sc *Scope) (Eval, error) {
	return func(a []Arg, sc *Scope) (Eval, error) {
		if sc.Map == nil {
			return nil, fmt.Errorf("no map can be used here")
		}
		v, err := sc.Map(a[0].Text, m, out)
		if err != nil {
			return nil, err
		}
		miss, err := mapDefault(a[1:], out)
		if err != nil {
			return nil, err
		}
		if out == pattern.Replaced {
			return regexMap(v, miss), nil
		}
		hit := mapHit(out)
		return func(c *Ctx, s *Sample) bool {
			if e := find(v, s); e != nil {
				if c.Why != nil {
					noteEntry(c, v, e)
				}
				return hit(c, e, s)
			}
			return miss(c, s)
		}, nil
	}
}

func find(v *pattern.View, s *Sample) *pattern.Entry {
	switch v.Method {
	case pattern.Int:
		return v.Int(s.Int)
	case pattern.IP:
		return v.Addr(s.IP)
	}
	return v.Bytes(s.Data)
}

// mapHit gives what a converter makes of an entry. Values were checked when the map
// was filled.
func mapHit(out pattern.Output) func(c *Ctx, e *pattern.Entry, s *Sample) bool {
	switch out {
	case pattern.Integer:
		return func(c *Ctx, e *pattern.Entry, s *Sample) bool {
			n, ok := pattern.ParseInteger(e.Value())
			s.Type, s.Int = Sint, n
			return ok
		}
	case pattern.Address:
		return func(c *Ctx, e *pattern.Entry, s *Sample) bool {
			a, ok := pattern.ParseAddress(e.Value())
			return ok && s.setIP(a)
		}
	case pattern.KeyOnly:
		return func(c *Ctx, e *pattern.Entry, s *Sample) bool { return s.setText(c, e.Key()) }
	}
	return func(c *Ctx, e *pattern.Entry, s *Sample) bool { return s.setText(c, e.Value()) }
}

// mapDefault gives what a converter makes of a key that is not there.
func mapDefault(a []Arg, out pattern.Output) (Eval, error) {
	if len(a) == 0 || !a[0].Given {
		return func(*Ctx, *Sample) bool { return false }, nil
	}
	switch out {
	case pattern.Integer:
		n := a[0].Int
		return func(c *Ctx, s *Sample) bool { s.Type, s.Int = Sint, n; return true }, nil
	case pattern.Address:
		ip, ok := pattern.ParseAddress(a[0].Text)
		if !ok {
			return nil, fmt.Errorf("map: cannot parse default ip <%s>", a[0].Text)
		}
		return func(c *Ctx, s *Sample) bool { return s.setIP(ip) }, nil
	}
	text := []byte(a[0].Text)
	return func(_ *Ctx, s *Sample) bool { return s.setStr(text) }, nil
}

// regexMap puts what the groups of the expression captured into the value.
func regexMap(v *pattern.View, miss Eval) Eval {
	return func(c *Ctx, s *Sample) bool {
		e, at := v.Submatch(s.Data)
		if e == nil {
			return miss(c, s)
		}
		out := ExpandRegexp(nil, []byte(e.Value()), s.Data, at)
		return len(out) <= MaxData && s.setStr(out)
	}
}

// setText copies a text of a map, which may be gone before the request is.
func (s *Sample) setText(c *Ctx, text string) bool {
	b := c.bytes(len(text))
	if b == nil && text != "" {
		return false
	}
	copy(b, text)
	return s.setStr(b)
}
