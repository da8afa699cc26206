package test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// When the master is killed its workers end, current and old ones.
func TestMasterKilled(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	c := harness.Dial(t, s.TCP)
	echoes(t, c, "x")
	old := p.Worker()
	p.MustReload()
	worker := p.Worker()
	if !harness.Alive(old) {
		t.Fatal("the old worker did not wait for its session")
	}
	p.Signal(syscall.SIGKILL)
	p.AwaitExit(2 * time.Second)
	p.AwaitGone(worker, time.Second)
	p.AwaitGone(old, time.Second)
	refusedWithin(t, s.HTTP, time.Second)
}

// When the master is killed during a load the loader ends as well.
func TestMasterKilledWhileLoading(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	path, _ := fifo(t)
	p.WriteConfig(s.Config("    acl held path -f "+path+"\n    http-request deny if held", ""))
	p.Signal(syscall.SIGUSR2)
	eventually(t, 5*time.Second, "loader", func() error {
		if n := len(p.Processes()); n != 3 {
			return fmt.Errorf("%d processes", n)
		}
		return nil
	})
	p.Signal(syscall.SIGKILL)
	// Better than the reference, whose loader only notices when it has loaded.
	eventually(t, 2*time.Second, "end of all processes", func() error {
		if left := p.Processes(); len(left) > 0 {
			return fmt.Errorf("left behind: %v", left)
		}
		return nil
	})
}

// Better than the reference (W-11), where the master ends: a worker that dies
// is replaced, its listeners never refuse, and only what was in flight in it
// is lost.
func TestWorkerKilled(t *testing.T) {
	s := newService(t)
	p := harness.Start(t, harness.Options{Config: s.Config("", ""), Await: []string{s.HTTP, s.TCP}, Traces: true})
	for _, sig := range []syscall.Signal{syscall.SIGKILL, syscall.SIGSEGV, syscall.SIGABRT} {
		worker := p.Worker()
		const each = 2
		tr := s.Load(t, each)
		tr.Progress(t, 5*time.Second)
		p.Kill(worker, sig)
		awaitWorkerAfter(t, p, worker)
		tr.Progress(t, 10*time.Second)
		tr.StopLosing(t, each) // each of the load's workers had at most one exchange in flight
	}
	if p.Exited() {
		t.Fatal("the master is gone")
	}
	harness.MustGet(t, s.HTTP, "/echo")
	p.MustReload()
}

// A worker that dies while another one loads changes nothing for the load.
// Better than the reference, which refuses connections until it has loaded and
// whose loader may fail to get the listeners.
func TestWorkerKilledWhileLoading(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	worker := p.Worker()
	path, release := fifo(t)
	p.WriteConfig(s.Config("    http-response set-header x-reload 1\n    acl held path -f "+path+"\n    http-request deny if held", ""))
	p.Signal(syscall.SIGUSR2)
	eventually(t, 5*time.Second, "loader", func() error {
		if n := len(p.Processes()); n != 3 {
			return fmt.Errorf("%d processes", n)
		}
		return nil
	})
	p.Kill(worker, syscall.SIGKILL)
	p.AwaitGone(worker, 2*time.Second)
	release()
	eventually(t, 10*time.Second, "the new configuration", func() error {
		a, err := harness.Get(t, s.HTTP, "/echo")
		if err != nil {
			return err
		}
		if a.Header.Get("x-reload") != "1" {
			return fmt.Errorf("x-reload %q", a.Header.Get("x-reload"))
		}
		return nil
	})
}
