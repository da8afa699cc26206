package sample

import (
	"fmt"
	"time"

	"github.com/sluice-proxy/sluice/internal/ring"
)

// compileDebug writes each input to a sink, and passes it on (manual 7.3.1, "debug").
func compileDebug(a []Arg, _ *Scope) (Eval, error) {
	name := a[1].Text
	if name == "" {
		name = ring.Buf0.Name
	}
	sink := ring.Find(name)
	if sink == nil {
		return nil, fmt.Errorf("no such sink: '%s'", name)
	}
	prefix := "[debug] " + a[0].Text + ": type="
	return func(c *Ctx, s *Sample) bool {
		// The copy may be changed by the cast to text, the sample may not.
		m, shown := c.Mark(), c.Borrow()
		*shown = *s
		line := append(c.bytes(len(prefix) + 16)[:0], prefix...)
		line = append(line, s.Type.String()...)
		line = append(line, " <"...)
		line = appendShown(line, c, shown)
		sink.Add(time.Unix(0, c.Now), append(line, '>'))
		c.Return()
		c.Release(m)
		return true
	}, nil
}

// maxShown bounds what is written of a value.
const maxShown = 1024

// appendShown appends a value as text; bytes that cannot be printed are
// dots, and a null byte ends it, as in the reference.
func appendShown(line []byte, c *Ctx, s *Sample) []byte {
	if s.Type != Bin && !Cast(c, s, Str) {
		return line
	}
	for _, b := range s.Data[:min(len(s.Data), maxShown)] {
		if b == 0 {
			break
		}
		if b < ' ' || b > '~' {
			b = '.'
		}
		line = append(line, b)
	}
	return line
}
