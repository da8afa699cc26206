package worker

import (
	"fmt"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/stream"
)

// Pause implements mworker.Handler (SIGTTOU): connections are refused until Resume.
func (s *service) Pause() { s.pause(true, "pause", (*stream.Listening).Pause) }

// Resume implements mworker.Handler (SIGTTIN).
func (s *service) Resume() { s.pause(false, "resume", (*stream.Listening).Resume) }

// pause does nothing when it is so already, or when the service is ending.
func (s *service) pause(on bool, verb string, do func(*stream.Listening) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.paused == on || s.draining {
		return
	}
	s.paused = on
	for _, l := range s.listening {
		if err := do(l); err != nil {
			s.report.Warningf("cannot %s %s: %v", verb, l.Key(), err)
		}
	}
	said := map[bool]string{true: "Paused", false: "Resumed"}[on]
	for _, fe := range s.run.Frontends {
		what := "frontend"
		if fe.Spec.Kind == config.KindListen {
			what = "proxy"
		}
		text := fmt.Sprintf("%s %s %s.", said, what, fe.Name)
		s.report.Warningf("%s", text)
		s.logger.Message(s.run.Outputs[fe.Spec], logs.Warning, text)
	}
}
