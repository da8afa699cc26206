package test

import (
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// A pause that is asked for while a worker loads holds for that worker too: who takes a
// machine out of service must not find it back because a reload was under way.
func TestPauseDuringLoad(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	config, fifo, _ := s.stuck(t, "")
	p.WriteConfig(config)
	former := p.Worker()
	p.Signal(syscall.SIGUSR2)
	loading(t, p, former)
	p.Signal(syscall.SIGTTOU)
	refusedWithin(t, s.HTTP, 5*time.Second)
	if err := os.WriteFile(fifo, []byte("/denied\n"), 0); err != nil {
		t.Fatal(err)
	}
	p.AwaitOutput(`Loading success\.[\s\S]*Loading success\.[\s\S]*Paused frontend web\.`, 10*time.Second)
	p.AwaitGone(former, 10*time.Second)
	refusedWithin(t, s.HTTP, 5*time.Second)
	p.Signal(syscall.SIGTTIN)
	eventually(t, 5*time.Second, "connects after the pause", func() error { return harness.Connects(s.HTTP) })
}
