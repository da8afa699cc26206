package logs

import (
	"sync/atomic"

	"github.com/sluice-proxy/sluice/internal/config"
)

// sampling chooses which of every size messages a target gets (argument
// "sample" of "log"): those whose number, from 1, is in one of the ranges.
type sampling struct {
	ranges []config.SampleRange
	size   int
	seen   atomic.Uint64
}

// take counts a message and says whether it is chosen. The count is shared by
// all who log to the target.
func (s *sampling) take() bool {
	n := int((s.seen.Add(1)-1)%uint64(s.size)) + 1
	for _, r := range s.ranges {
		if r.Low <= n && n <= r.High {
			return true
		}
	}
	return false
}
