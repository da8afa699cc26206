package worker

import (
	"fmt"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/stream"
)

// Pause implements mworker.Handler (SIGTTOU): connections are refused until Resume.
func (s *service) Pause() { s.pauseAll(true) }

// Resume implements mworker.Handler (SIGTTIN). Frontends that were disabled one by one
// go on as well.
func (s *service) Resume() { s.pauseAll(false) }

func (s *service) pauseAll(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, fe := range s.run.Frontends {
		s.pause(fe, on)
	}
}

// pause pauses or resumes a frontend; it does nothing when it is so already, or when the
// service is ending. s.mu is held.
func (s *service) pause(fe *proxy.Frontend, on bool) {
	if s.paused[fe] == on || s.draining {
		return
	}
	if s.paused == nil {
		s.paused = map[*proxy.Frontend]bool{}
	}
	s.paused[fe] = on
	said, verb, do := "Resumed", "resume", (*stream.Listening).Resume
	if on {
		said, verb, do = "Paused", "pause", (*stream.Listening).Pause
	}
	for _, l := range s.listening {
		if l.Frontend() != fe {
			continue
		}
		if err := do(l); err != nil {
			s.report.Warningf("cannot %s %s: %v", verb, l.Key(), err)
		}
	}
	what := "frontend"
	if fe.Spec.Kind == config.KindListen {
		what = "proxy"
	}
	text := fmt.Sprintf("%s %s %s.", said, what, fe.Name)
	s.report.Warningf("%s", text)
	s.logger.Message(s.output(fe.Spec), logs.Warning, text)
}

func (s *service) isPaused(fe *proxy.Frontend) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.paused[fe]
}
