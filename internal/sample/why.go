package sample

import (
	"strconv"

	"github.com/sluice-proxy/sluice/internal/explain"
	"github.com/sluice-proxy/sluice/internal/pattern"
)

// note records the value that the expression has, or lacks.
func (e *Expr) note(c *Ctx, s *Sample, ok bool) {
	switch text := e.Text; {
	case !ok:
		c.Why.Missing(text)
	case s.Type == Bool:
		c.Why.Value(text, "bool", strconv.FormatBool(s.Int != 0))
	case s.Type == Sint:
		c.Why.Value(text, "sint", strconv.FormatInt(s.Int, 10))
	case s.Type == IPv4, s.Type == IPv6:
		c.Why.Value(text, s.Type.String(), s.IP.String())
	case s.Type == Bin:
		c.Why.Value(text, "bin", explain.Hex(s.Data))
	case s.Type == Meth:
		v := *s
		v.toStr(c) // a constant: nothing of the arena is used
		c.Why.Value(text, "meth", explain.Quote(v.Data))
	default:
		c.Why.Value(text, s.Type.String(), explain.Quote(s.Data))
	}
}

// noteEntry records the entry of a map that was found.
func noteEntry(c *Ctx, v *pattern.View, e *pattern.Entry) {
	file, line := e.Place(v.Reference())
	c.Why.Add(explain.Note, file, line, explain.Quote([]byte(e.Key())), explain.Quote([]byte(e.Value())))
}
