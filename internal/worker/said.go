package worker

import (
	"strings"
	"sync"
)

// said keeps what a process reports until it serves ("show startup-logs").
type said struct {
	mu    sync.Mutex
	b     strings.Builder
	ended bool
}

// maxSaid bounds it: a configuration with a warning a line must not be kept
// twice.
const maxSaid = 64 << 10

func (s *said) add(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended && s.b.Len()+len(line) < maxSaid {
		s.b.WriteString(line)
		s.b.WriteByte('\n')
	}
}

// end returns what was said; later lines are not kept.
func (s *said) end() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	return s.b.String()
}
