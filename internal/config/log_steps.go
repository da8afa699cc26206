package config

import (
	"slices"
	"strings"
)

// parseLogSteps parses "log-steps" (manual 4.2). Lines of "do-log" are logged in
// any case: its steps may stand here too.
func parseLogSteps(p *Parser, l *Line) {
	names := slices.DeleteFunc(slices.Concat(logSteps[:5], ruleLogSteps), func(s string) bool { return s == "quic-init" })
	if l.Arg(1) == "all" {
		p.proxy.LogSteps = []string{"all"}
		return
	}
	if len(l.Words) < 2 {
		p.proxy.LogSteps = nil
		return
	}
	var steps []string
	for _, s := range strings.Split(l.Words[1], ",") {
		if !slices.Contains(names, s) {
			p.Alert(l.Pos, "invalid log step name (%s). Expected values are: %s", clip(s), strings.Join(names, ", "))
			return
		}
		if !slices.Contains(steps, s) {
			steps = append(steps, s)
		}
	}
	p.proxy.LogSteps = steps
}

// logProfiles warns of log lines whose profile nobody has declared: HAProxy logs
// there as without one.
func (c *checker) logProfiles(list []*LogTarget) {
	for _, l := range list {
		if l.Profile != "" && !slices.ContainsFunc(c.spec.LogProfiles, func(f *LogProfile) bool { return f.Name == l.Profile }) {
			c.warn(l.Pos, "parsing [%s] : log : there is no log profile '%s'", l.Pos, clip(l.Profile))
		}
	}
}
