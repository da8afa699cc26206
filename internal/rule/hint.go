package rule

import (
	"errors"
	"slices"
	"strings"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// earlyHint adds a field to a 103 response. Rules that follow each other make one
// response, up to one with a condition.
type earlyHint struct {
	name  []byte // lower case
	value *sample.Format
	more  bool // the next rule adds to the same
}

func parseEarlyHint(p *actionParser, words []string) (Action, []string, error) {
	if len(words) < 2 || isCond(words[1:]) {
		return nil, nil, errors.New("expects exactly 2 arguments")
	}
	p.checkName(words[0])
	f, err := p.format(words[1], sample.HeaderStyle)
	return &earlyHint{name: []byte(strings.ToLower(words[0])), value: f}, words[2:], err
}

func (a *earlyHint) Do(c *sample.Ctx, _ *Result) Verdict {
	if c.Stream != nil {
		c.Out = a.value.Append(c.Out[:0], c)
		c.Stream.Hint(a.name, c.Out, a.more)
	}
	return Continue
}

// joinHints tells each early-hint of a set whether the next rule adds to its
// response. Rules of a defaults section stand in several sets: they are copied.
func joinHints(s Set) Set {
	for i := range len(s) - 1 {
		hint, ok := s[i].Action.(*earlyHint)
		if _, next := s[i+1].Action.(*earlyHint); !ok || !next || s[i+1].Cond != nil {
			continue
		}
		s = slices.Clone(s)
		r, h := *s[i], *hint
		h.more = true
		r.Action, s[i] = &h, &r
	}
	return s
}
