package rule

import (
	"errors"
	"fmt"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// strictMode says whether a rewriting that fails is an error. The next set begins
// strict again.
type strictMode struct{ on bool }

func parseStrictMode(_ *actionParser, words []string) (Action, []string, error) {
	switch {
	case isCond(words):
		return nil, nil, errors.New("expects exactly 1 arguments")
	case words[0] != "on" && words[0] != "off":
		return nil, nil, fmt.Errorf("Unexpected value '%s'. Only 'on' and 'off' are supported", words[0])
	}
	return strictMode{words[0] == "on"}, words[1:], nil
}

func (a strictMode) Do(_ *sample.Ctx, r *Result) Verdict {
	r.lax = !a.on
	return Continue
}

// fits tells whether a message may take n more bytes: heads and what has come of
// a body share a buffer of tune.bufsize.
func fits(c *sample.Ctx, h *http1.Head, n int) bool { return c.Room == 0 || h.Grown()+n <= c.Room }

// unfit is what becomes of a rewriting that does not fit.
func (r *Result) unfit() Verdict {
	r.Unfit++
	if r.lax {
		return Continue
	}
	return Fail
}

// lineCost is what a field takes beside its name and value.
const lineCost = len(": \r\n")
