package stream

import (
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/rule"
)

// rules compiles lines of http-request.
func rules(t *testing.T, lines ...string) rule.Set {
	t.Helper()
	return ruleSet(t, "http-request", lines...)
}

// ruleSet compiles lines of one set.
func ruleSet(t *testing.T, set string, lines ...string) rule.Set {
	t.Helper()
	text := "listen l\n mode http\n bind :1\n" + strings.Join(lines, "\n") + "\n"
	spec, d := config.Parse([]config.File{{Name: "c", Data: []byte(text)}}, config.Options{Tables: []config.Table{rule.Table()}})
	if d.Failed() {
		t.Fatal(d.List)
	}
	return rule.Collect(spec.Proxies[0], set)
}
