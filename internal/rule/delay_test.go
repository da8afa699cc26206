package rule

import (
	"testing"

	"github.com/sluice-proxy/sluice/internal/sample"
)

func TestActionsOnTheStream(t *testing.T) {
	for text, want := range map[string]int8{"set-log-level silent": sample.LogSilent, "set-log-level emerg": 1, "set-log-level debug": 8} {
		c := &sample.Ctx{}
		q, _ := rules(t, "q "+text)
		if q.Run(c, &Result{}); c.LogLevel != want {
			t.Errorf("%s: %d", text, c.LogLevel)
		}
	}
	for text, want := range map[string]int64{"set-timeout server 5s": 5e9, "set-timeout server 5": 5e6, "set-timeout server int(7)": 7e6, "set-timeout server int(-7)": 0,
		"set-timeout server str(x)": 0, "set-timeout server int(99999999999)": 0} {
		c := &sample.Ctx{}
		_, r := rules(t, "r "+text)
		if r.Run(c, &Result{}); c.Timeouts[sample.TimeoutServer] != want {
			t.Errorf("%s: %v", text, c.Timeouts)
		}
	}
}

func TestDelayErrors(t *testing.T) {
	for text, want := range map[string]string{
		"set-timeout":                "expects exactly 2 arguments",
		"set-timeout server":         "expects exactly 2 arguments",
		"set-timeout server if TRUE": "expects exactly 2 arguments",
		"set-timeout foo 5s":         "'set-timeout' rule supports 'client'/'connect'/'queue'/'server'/'tarpit'/'tunnel' (got 'foo')",
		"set-timeout server 5x":      "unexpected character 'x' in rule 'set-timeout server'",
		"set-timeout server 5sx":     "unexpected character 'x' in rule 'set-timeout server'",
		"set-timeout server 0":       "null value is not valid for a 'set-timeout server' rule",
		"set-timeout server nope":    "unexpected character 'n' in rule 'set-timeout server'",
		"pause foo":                  "unexpected character 'f' in rule 'pause'",
		"pause 0":                    "null value is not valid for a 'pause' rule",
		"pause 99999999999":          "timer overflow in argument '99999999999' to rule 'pause' (maximum value is 2147483647 ms or ~24.8 days)",
		"set-log-level foo":          "expects exactly 1 argument (log level name or 'silent')",
		"set-log-level":              "expects exactly 1 argument (log level name or 'silent')",
		"set-nice":                   "expects exactly 1 argument (integer value)",
		"set-src foo":                "unknown fetch method 'foo'",
		"use-service":                "'use-service' expects a service name.",
		"use-service foo":            "'foo' unknown service name.",
		"tarpit status 600":          "Unexpected status code '600'",
	} {
		if _, err := compileOn(testCompiler(), httpRequest, 0, text); err == nil || err.Error() != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}
