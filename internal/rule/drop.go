package rule

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// silentDrop closes the client's connection without telling the client.
type silentDrop struct{ ttl int } // of the reset; 0: none is sent

func parseSilentDrop(_ *actionParser, words []string) (Action, []string, error) {
	if len(words) == 0 || words[0] != "rst-ttl" {
		return silentDrop{}, words, nil
	}
	if len(words) < 2 || isCond(words[1:]) {
		return nil, nil, exprError{errors.New("missing rst-ttl value\n")}
	}
	ttl, err := strconv.Atoi(words[1])
	switch {
	case err != nil && !errors.Is(err, strconv.ErrRange):
		return nil, nil, exprError{fmt.Errorf("invalid character starting at '%s' (value 1-255 expected)\n", words[1])}
	case err != nil || ttl < 1 || ttl > 255:
		return nil, nil, exprError{errors.New("valid rst-ttl values are [1-255]\n")}
	}
	return silentDrop{ttl}, words[2:], nil
}

func (a silentDrop) Do(c *sample.Ctx, _ *Result) Verdict {
	if c.Stream != nil {
		c.Stream.Vanish(a.ttl)
	}
	return Close
}
