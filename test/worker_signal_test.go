package test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// SIGUSR1 sent to the current worker itself, past the master: it finishes what it
// has and leaves with status 0; the next worker takes what waits meanwhile.
func TestWorkerToldToLeave(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	tr := s.Load(t, 4)
	for range soak(3, 100) {
		old := p.Worker()
		p.Kill(old, syscall.SIGUSR1)
		p.AwaitOutput(fmt.Sprintf(`Current worker \(%d\) exited with code 0 \(Exit\)`, old), 20*time.Second)
		awaitWorkerAfter(t, p, old)
		tr.Progress(t, 10*time.Second)
	}
	tr.Stop(t)
}

// SIGTTOU and SIGTTIN sent to a worker pause and resume it.
func TestWorkerPaused(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	p.Kill(p.Worker(), syscall.SIGTTOU)
	eventually(t, 10*time.Second, "refusal", func() error {
		if harness.Connects(s.HTTP) == nil {
			return fmt.Errorf("still open")
		}
		return nil
	})
	p.Kill(p.Worker(), syscall.SIGTTIN)
	eventually(t, 10*time.Second, "service", func() error { return harness.Connects(s.HTTP) })
	harness.MustGet(t, s.HTTP, "/echo")
}
