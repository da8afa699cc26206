package rule

import (
	"errors"
	"strconv"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// maxRetries is what "set-retries" may set at most.
const maxRetries = 100

// setRetries is set-retries: the number, or that of an expression. One out of
// range changes nothing.
type setRetries struct {
	expr *sample.Expr // nil: n
	n    int
}

func parseSetRetries(p *actionParser, words []string) (Action, []string, error) {
	switch {
	case isCond(words):
		return nil, nil, errors.New("expects exactly 1 argument (an expression or an integer between 1 and 100)")
	case p.kind == config.KindDefaults:
		return nil, nil, exprError{errors.New("'set-retries' is not allowed in 'defaults' sections")}
	case !p.kind.IsBackend():
		return nil, nil, exprError{errors.New("'set-retries' only available in backend or listen section")}
	}
	if n, err := strconv.Atoi(words[0]); err == nil {
		if n < 0 || n > maxRetries {
			return nil, nil, errors.New("expects an expression or an integer between 1 and 100")
		}
		return &setRetries{n: n}, words[1:], nil
	}
	e, rest, err := p.expr(words)
	return &setRetries{expr: e}, rest, err
}

func (a *setRetries) Do(c *sample.Ctx, _ *Result) Verdict {
	n, ok := int64(a.n), true
	if a.expr != nil {
		n, ok = evalInt(a.expr, c)
	}
	if ok && n >= 0 && n <= maxRetries {
		c.Retries.Set, c.Retries.Limit = true, int(n)
	}
	return Continue
}

// noReplay is disable-l7-retry.
type noReplay struct{}

func parseNoReplay(_ *actionParser, words []string) (Action, []string, error) {
	return noReplay{}, words, nil
}

func (noReplay) Do(c *sample.Ctx, _ *Result) Verdict {
	c.NoReplay = true
	return Continue
}
