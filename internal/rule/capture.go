package rule

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// capture puts a sample as a string into a slot of the frontend. In a backend's
// rules the slot may be missing: then nothing happens.
type capture struct {
	expr     *sample.Expr
	response bool
	slot     int
}

func (a *capture) Do(c *sample.Ctx, _ *Result) Verdict {
	mark, s := c.Mark(), c.Borrow()
	if a.expr.Eval(c, s) && sample.Cast(c, s, sample.Str) {
		to := &c.ReqCaptures
		if a.response {
			to = &c.ResCaptures
		}
		to.Set(a.slot, s.Data)
	}
	c.Return()
	c.Release(mark)
	return Continue
}

func parseCapture(p *actionParser, words []string) (Action, []string, error) {
	if p.set == tcpContent {
		return p.captureTCP(words)
	}
	a := &capture{response: p.set != httpRequest}
	ways := "[ 'len' <length> | id <idx> ]"
	if a.response {
		ways = "id <idx>"
	}
	own := slices.IndexFunc(words, func(w string) bool { return w == "if" || w == "unless" })
	if own < 0 {
		own = len(words)
	}
	if own < 3 {
		return nil, nil, fmt.Errorf("expects <expression> %s", ways)
	}
	e, rest, err := p.expr(words)
	if err != nil {
		return nil, nil, err
	}
	a.expr = e
	if len(rest) < 2 {
		return nil, nil, fmt.Errorf("expects <expression> %s", ways)
	}
	switch {
	case rest[0] == "len" && !a.response:
		// Printed, the rule shall not make another slot, except in a defaults section,
		// which cannot declare any.
		again := p.kind == config.KindDefaults
		if err = p.newSlot(a, rest, again); err == nil && !again {
			rest[0], rest[1] = "id", strconv.Itoa(a.slot)
		}
	case rest[0] == "id":
		a.slot, err = strconv.Atoi(rest[1])
		if err != nil || a.slot < 0 {
			err = fmt.Errorf("cannot parse id '%s'", rest[1])
		}
	case a.response:
		err = fmt.Errorf("expects 'id', found '%s'", rest[0])
	default:
		err = fmt.Errorf("expects 'len' or 'id', found '%s'", rest[0])
	}
	return a, rest[2:], err
}

// captureTCP is parseCapture for "tcp-request content". The texts of its faults
// do not end with the proxy's name.
func (p *actionParser) captureTCP(words []string) (Action, []string, error) {
	a, rest, err := p.captureLen(words)
	if err != nil {
		return nil, nil, exprError{fmt.Errorf("'%s capture' : %w", p.set, err)}
	}
	return a, rest, nil
}

func (p *actionParser) captureLen(words []string) (Action, []string, error) {
	if !p.mayCapture() {
		return nil, nil, p.noFrontend()
	}
	if len(words) == 0 {
		return nil, nil, errors.New("missing fetch method")
	}
	e, rest, err := p.expr(words)
	if err != nil {
		return nil, nil, err
	}
	if len(rest) == 0 || rest[0] != "len" {
		return nil, nil, errors.New("a positive 'len' argument is mandatory")
	}
	if len(rest) < 2 {
		return nil, nil, errLength
	}
	a := &capture{expr: e}
	return a, rest[2:], p.newSlot(a, rest, true)
}

var errLength = errors.New("length must be > 0")

// mayCapture says whether a rule may make slots here: in a frontend, or for those
// that will inherit it.
func (p *actionParser) mayCapture() bool {
	return p.kind.IsFrontend() || p.kind == config.KindDefaults
}

func (p *actionParser) noFrontend() error {
	return fmt.Errorf("proxy '%s' has no frontend capability", p.title)
}

// newSlot makes the slot that the words "len <length>" ask for. With again, the
// rule makes it wherever it is printed.
func (p *actionParser) newSlot(a *capture, words []string, again bool) error {
	if !p.mayCapture() {
		return p.noFrontend()
	}
	n := config.CaptureLen(words[1])
	if n <= 0 {
		return errLength
	}
	a.slot = len(p.proxy.ReqCaptures)
	p.proxy.ReqCaptures = append(p.proxy.ReqCaptures, config.Capture{Len: n, Rule: again})
	return nil
}

// checkCaptures reports rules of a frontend, or of its defaults section, that name
// slots it does not have.
func checkCaptures(p *config.Proxy, d *config.Diagnostics) {
	for _, set := range []ruleset{httpRequest, httpResponse, httpAfter} {
		for _, l := range p.Rules[set.String()] {
			r, ok := l.Program.(*Rule)
			if !ok {
				continue
			}
			a, ok := r.Action.(*capture)
			slots, side := p.ReqCaptures, "request"
			if ok && a.response {
				slots, side = p.ResCaptures, "response"
			}
			if ok && a.slot >= len(slots) {
				d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormBare, Pos: l.Pos,
					Text: fmt.Sprintf("Proxy '%s': unable to find capture id '%d' referenced by http-%s capture rule.", p.Name, a.slot, side)})
			}
		}
	}
}
