package rule

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// delay is a time that is written, or an expression that gives milliseconds.
type delay struct {
	expr *sample.Expr // nil: ns
	ns   int64
}

// parseDelay compiles it for the rule that goes by what.
func (p *actionParser) parseDelay(what string, words []string) (delay, []string, error) {
	if words[0] != "" && (words[0][0] < '0' || words[0][0] > '9') {
		e, rest, err := p.expr(words)
		var fault *sample.Error
		if !errors.As(err, &fault) || fault.Unknown == "" { // else it is taken for a time
			return delay{expr: e}, rest, err
		}
	}
	d, err := config.ParseDelay(words[0], what)
	return delay{ns: int64(d)}, words[1:], err
}

// of is the time for c in ns, 0 when there is none.
func (d *delay) of(c *sample.Ctx) int64 {
	if d.expr == nil {
		return d.ns
	}
	if ms, ok := evalInt(d.expr, c); ok && ms > 0 && ms <= math.MaxInt32 {
		return ms * int64(time.Millisecond)
	}
	return 0
}

// pause has the stream wait before its next rule.
type pause struct{ delay }

func parsePause(p *actionParser, words []string) (Action, []string, error) {
	if isCond(words) {
		return nil, nil, errors.New("expects exactly 1 argument (a time or an expression)")
	}
	d, rest, err := p.parseDelay("pause", words)
	return &pause{d}, rest, err
}

func (a *pause) Do(c *sample.Ctx, r *Result) Verdict {
	if r.Pause = a.of(c); r.Pause > 0 {
		return Wait
	}
	return Continue
}

// setTimeout is set-timeout: a value that is none changes nothing.
type setTimeout struct {
	which sample.Timeout
	delay
}

var timeoutNames = []string{"client", "connect", "queue", "server", "tarpit", "tunnel"}

func parseSetTimeout(p *actionParser, words []string) (Action, []string, error) {
	if len(words) < 2 || isCond(words[1:]) {
		return nil, nil, errors.New("expects exactly 2 arguments")
	}
	for i, n := range timeoutNames {
		if n != words[0] {
			continue
		}
		which := sample.Timeout(i)
		if p.kind != config.KindDefaults {
			switch title := p.title; {
			case which == sample.TimeoutTarpit:
			case which == sample.TimeoutClient && !p.kind.IsFrontend():
				return nil, nil, fmt.Errorf("'%s' has no frontend capability", title)
			case which != sample.TimeoutClient && !p.kind.IsBackend():
				return nil, nil, fmt.Errorf("'%s' has no backend capability", title)
			}
		}
		d, rest, err := p.parseDelay("set-timeout "+n, words[1:])
		return &setTimeout{which, d}, rest, err
	}
	return nil, nil, fmt.Errorf("'set-timeout' rule supports 'client'/'connect'/'queue'/'server'/'tarpit'/'tunnel' (got '%s')", words[0])
}

func (a *setTimeout) Do(c *sample.Ctx, _ *Result) Verdict {
	if ns := a.of(c); ns > 0 {
		c.Timeouts[a.which] = ns
	}
	return Continue
}
