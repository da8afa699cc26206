package rule

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// Actions on the stream rather than on its messages (manual 4.4).

// setLogLevel is set-log-level.
type setLogLevel struct{ level int8 } // as sample.Asked has it

// logLevels are syslog's, from the most severe.
var logLevels = []string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}

func parseSetLogLevel(_ *actionParser, words []string) (Action, []string, error) {
	if len(words) > 0 && words[0] == "silent" {
		return setLogLevel{sample.LogSilent}, words[1:], nil
	}
	for i, n := range logLevels {
		if len(words) > 0 && words[0] == n {
			return setLogLevel{int8(i + 1)}, words[1:], nil
		}
	}
	return nil, nil, exprError{errors.New("expects exactly 1 argument (log level name or 'silent')")}
}

func (a setLogLevel) Do(c *sample.Ctx, _ *Result) Verdict {
	c.LogLevel = a.level
	return Continue
}

// setNice is set-nice. What is no number is 0, and one out of range its end, as in
// the reference.
type setNice struct{ n int }

func parseSetNice(_ *actionParser, words []string) (Action, []string, error) {
	if isCond(words) {
		return nil, nil, exprError{errors.New("expects exactly 1 argument (integer value)")}
	}
	n, _ := strconv.Atoi(words[0])
	return setNice{min(max(n, -1024), 1024)}, words[1:], nil
}

func (a setNice) Do(c *sample.Ctx, _ *Result) Verdict {
	if c.Stream != nil {
		c.Stream.SetNice(a.n)
	}
	return Continue
}

// parseUseService refuses every service: none is built in yet.
func parseUseService(_ *actionParser, words []string) (Action, []string, error) {
	if isCond(words) {
		return nil, nil, errors.New("'use-service' expects a service name.")
	}
	if words[0] == "prometheus-exporter" || strings.HasPrefix(words[0], "lua.") {
		return nil, nil, fmt.Errorf("the service '%s' is known but not built yet", words[0])
	}
	return nil, nil, fmt.Errorf("'%s' unknown service name.", words[0])
}
