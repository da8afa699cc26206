package rule

import (
	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/pattern"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// message is the head that a rule of c's direction works on; nil without one.
func message(c *sample.Ctx) *http1.Head {
	if c.Response {
		return c.Res
	}
	return c.Req
}

// setHeader is set-header and add-header.
type setHeader struct {
	name  []byte // lower case
	value *sample.Format
	add   bool
}

func (a *setHeader) Do(c *sample.Ctx, r *Result) Verdict {
	h := message(c)
	if h == nil {
		return Continue
	}
	// the value is made before the old one is removed: it may contain it
	c.Out = a.value.Append(c.Out[:0], c)
	n := len(a.name) + len(c.Out) + lineCost
	if !fits(c, h, n) && (a.add || !fits(c, h, n-taken(h, string(a.name)))) {
		return r.unfit()
	}
	if a.add {
		h.Add(a.name, c.Out)
	} else {
		h.Set(a.name, c.Out)
	}
	return Continue
}

// taken is what the fields of a name take.
func taken(h *http1.Head, name string) (n int) {
	for i := h.Find(name, 0); i >= 0; i = h.Find(name, i+1) {
		n += len(name) + len(h.Value(i)) + lineCost
	}
	return n
}

// delHeader is del-header: by name, or every field whose name, in lower case,
// names matches.
type delHeader struct {
	name  string
	names *pattern.Set
}

func (a *delHeader) Do(c *sample.Ctx, _ *Result) Verdict {
	h := message(c)
	switch {
	case h == nil:
	case a.names == nil:
		h.Del(a.name)
	default:
		for i := range h.Len() {
			n := h.Name(i)
			if n == nil {
				continue
			}
			c.Out = appendLower(c.Out[:0], n)
			if a.names.Bytes(c.Out) {
				h.DelAt(i)
			}
		}
	}
	return Continue
}

// replaceHeader is replace-header and, with values set, replace-value.
type replaceHeader struct {
	name   string // lower case
	re     sample.Regexp
	repl   *sample.Format
	values bool // each comma-separated value by itself
}

func (a *replaceHeader) Do(c *sample.Ctx, r *Result) Verdict {
	h := message(c)
	if h == nil {
		return Continue
	}
	for i := h.Find(a.name, 0); i >= 0; i = h.Find(a.name, i+1) {
		v := h.Value(i)
		if !a.re.Match(v) && !a.values {
			continue
		}
		if !a.values {
			out := a.expand(c, nil, v)
			if !fits(c, h, len(out)-len(v)) {
				return r.unfit()
			}
			h.SetValueAt(i, out)
			continue
		}
		var out []byte
		changed := false
		for first := true; ; first = false {
			n := sample.ValueEnd(v)
			if !first {
				out = append(out, ',')
			}
			if t := sample.TrimBlanks(v[:n]); a.re.Match(t) {
				out, changed = a.expand(c, out, t), true
			} else {
				out = append(out, v[:n]...)
			}
			if n == len(v) {
				break
			}
			v = v[n+1:]
		}
		if changed && !fits(c, h, len(out)-len(h.Value(i))) {
			return r.unfit()
		}
		if changed {
			h.SetValueAt(i, out)
		}
	}
	return Continue
}

// expand appends to dst what stands for v, which the expression matches.
func (a *replaceHeader) expand(c *sample.Ctx, dst, v []byte) []byte {
	c.Out = a.repl.Append(c.Out[:0], c)
	return sample.ExpandRegexp(dst, c.Out, v, a.re.FindSubmatchIndex(v))
}

func appendLower(dst, b []byte) []byte {
	for _, ch := range b {
		if 'A' <= ch && ch <= 'Z' {
			ch += 'a' - 'A'
		}
		dst = append(dst, ch)
	}
	return dst
}
