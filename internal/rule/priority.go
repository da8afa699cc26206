package rule

import "github.com/sluice-proxy/sluice/internal/sample"

// What "set-priority-class" and "set-priority-offset" bring their values to.
const (
	maxClass  = 2047
	maxOffset = 524287 // ms
)

// setPriority is set-priority-class and set-priority-offset: an expression that
// has no value changes nothing.
type setPriority struct {
	expr   *sample.Expr
	offset bool
}

func parseSetPriority(offset bool) parseFunc {
	return func(p *actionParser, words []string) (Action, []string, error) {
		e, rest, err := p.expr(words)
		return &setPriority{e, offset}, rest, err
	}
}

func (a *setPriority) Do(c *sample.Ctx, _ *Result) Verdict {
	v, ok := evalInt(a.expr, c)
	switch {
	case !ok:
	case a.offset:
		c.PrioOffset = int32(min(max(v, -maxOffset), maxOffset))
	default:
		c.PrioClass = int32(min(max(v, -maxClass), maxClass))
	}
	return Continue
}
