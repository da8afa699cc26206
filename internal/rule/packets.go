package rule

import (
	"errors"
	"strconv"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// setPackets is set-fc-mark, set-fc-tos, set-bc-mark, set-bc-tos, and the old
// names of the first two.
type setPackets struct {
	expr   *sample.Expr // nil: value
	value  uint32
	server bool // of packets to the server
	tos    bool
}

func parseSetPackets(server, tos bool) parseFunc {
	return func(p *actionParser, words []string) (Action, []string, error) {
		if isCond(words) {
			return nil, nil, exprError{errors.New("expects an argument")}
		}
		if n, err := strconv.ParseUint(words[0], 0, 32); err == nil {
			return &setPackets{value: uint32(n), server: server, tos: tos}, words[1:], nil
		}
		e, rest, err := p.exprFor(p.word, words)
		return &setPackets{expr: e, server: server, tos: tos}, rest, err
	}
}

func (a *setPackets) Do(c *sample.Ctx, _ *Result) Verdict {
	v := a.value
	if a.expr != nil {
		n, ok := evalInt(a.expr, c)
		if !ok {
			return Continue
		}
		v = uint32(n)
	}
	switch to := c.Stream; {
	case to == nil:
	case a.tos && a.server:
		to.ServerTOS(int(v & 0xff))
	case a.tos:
		to.ClientTOS(int(v & 0xff))
	case a.server:
		to.ServerMark(v)
	default:
		to.ClientMark(v)
	}
	return Continue
}
