package worker

import (
	"github.com/sluice-proxy/sluice/internal/pattern"
	"github.com/sluice-proxy/sluice/internal/rule"
)

// lists are the lists and maps of the configuration in use.
func (s *service) lists() *pattern.Registry { return rule.Lists(s.run.Spec.Patterns) }
