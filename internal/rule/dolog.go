package rule

import (
	"errors"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// doLog writes a log line about the stream as it is now.
type doLog struct{}

func parseDoLog(_ *actionParser, words []string) (Action, []string, error) {
	if len(words) > 0 && words[0] == "profile" {
		if len(words) < 2 {
			return nil, nil, errors.New("action 'do-log': 'profile' expects argument.")
		}
		return nil, nil, errors.New("the argument 'profile' of 'do-log' is known but not built yet")
	}
	return doLog{}, words, nil
}

func (doLog) Do(c *sample.Ctx, _ *Result) Verdict {
	if c.Stream != nil {
		c.Stream.Log()
	}
	return Continue
}
