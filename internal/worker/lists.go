package worker

import (
	"github.com/sluice-proxy/sluice/internal/pattern"
	"github.com/sluice-proxy/sluice/internal/rule"
)

// lists are the lists and maps of the configuration in use.
func (s *service) lists() *pattern.Registry { return rule.Lists(s.run.Spec.Patterns) }

// warnOfCutOffs has the log say which regular expressions take too long. It is not the
// thread that serves a request which writes it.
func (s *service) warnOfCutOffs() {
	pattern.OnCutOff(func(expr string) {
		go s.report.Warningf("regex '%s' took longer than %v on a value and counts as one that does not match it; this is not told again.", expr, pattern.MatchTimeout)
	})
}
