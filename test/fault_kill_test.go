package test

import (
	"fmt"
	"os"
	"regexp"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

var deadly = []syscall.Signal{syscall.SIGKILL, syscall.SIGSEGV, syscall.SIGABRT}

// A worker that dies while it loads is a reload that failed, and nothing else.
// A frozen one is killed at the deadline.
func TestFaultLoaderKilled(t *testing.T) {
	s := newService(t)
	// In force from the first load on: a candidate may be stopped before it has
	// said a deadline of its own.
	deadline := "    mworker-load-timeout 3s\n"
	p := harness.Start(t, harness.Options{Config: "global\n" + deadline + s.Config("", ""), Await: []string{s.HTTP, s.TCP}, Traces: true})
	worker := p.Worker()
	tr := s.Load(t, soak(2, 8))
	config, _, _ := s.stuck(t, deadline)
	p.WriteConfig(config)
	for _, sig := range append(deadly, syscall.SIGSTOP) {
		for range soak(1, 20) {
			reply := make(chan string, 1)
			go func() {
				a, err := p.TryMaster("reload")
				reply <- fmt.Sprint(a, err)
			}()
			loader := loading(t, p, worker)
			p.Kill(loader, sig)
			a := <-reply
			want := fmt.Sprintf(`(?m)^Success=0\n(.*\n)*.*Failed to load worker \(%d\) exited with code %s `, loader, exitCodes(sig))
			if !regexp.MustCompile(want).MatchString(a) {
				t.Errorf("%v: reply %s, want %s", sig, a, want)
			}
			p.AwaitGone(loader, 2*time.Second)
			if now := p.Worker(); now != worker {
				t.Fatalf("%v: worker %d instead of %d", sig, now, worker)
			}
			tr.Progress(t, 5*time.Second)
		}
	}
	tr.Stop(t)
	p.WriteConfig(s.Config("", ""))
	p.MustReload()
}

// exitCodes matches the exit code of a Go program that got the signal from
// outside: of SEGV it makes a panic, of ABRT a trace, and ends with 2.
func exitCodes(sig syscall.Signal) string {
	switch sig {
	case syscall.SIGSTOP: // killed in the end
		return "137"
	case syscall.SIGKILL:
		return "137"
	}
	return fmt.Sprintf("(2|%d)", 128+int(sig))
}

// The death of a worker that drains costs the sessions it still had, and
// nothing of what the serving one does; a frozen one holds nothing up.
func TestFaultDrainingKilled(t *testing.T) {
	s := newService(t)
	p := harness.Start(t, harness.Options{Config: s.Config("", ""), Await: []string{s.HTTP, s.TCP}, Traces: true})
	for _, sig := range append(deadly, syscall.SIGSTOP) {
		for range soak(1, 20) {
			held := harness.Dial(t, s.TCP)
			echoes(t, held, "before")
			old := p.Worker()
			p.MustReload()
			worker := p.Worker()
			tr := s.Load(t, 2) // after the reload: none of it is in the old worker
			p.Kill(old, sig)
			if sig == syscall.SIGSTOP {
				p.MustReload()
				worker = p.Worker()
				held.Close() // nobody notices
			} else {
				p.AwaitGone(old, 2*time.Second)
				if _, err := held.Read(make([]byte, 1)); err == nil {
					t.Error("the session of a dead worker goes on")
				}
				p.AwaitOutput(fmt.Sprintf(`Former worker \(%d\) exited with code %s`, old, exitCodes(sig)), 2*time.Second)
			}
			tr.Stop(t)
			if now := p.Worker(); now != worker {
				t.Errorf("%v: worker %d instead of %d", sig, now, worker)
			}
		}
	}
	// A frozen process does not keep the master from ending.
	p.Signal(syscall.SIGTERM)
	if rc := p.AwaitExit(10 * time.Second); rc != 0 {
		t.Errorf("exit status %d", rc)
	}
	if left := p.Processes(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// When the master is killed, whatever it and its workers are doing, all are
// gone at once, frozen ones as well, and a new master gets the addresses.
func TestFaultMasterKilled(t *testing.T) {
	for _, c := range []struct {
		state string
		into  func(t *testing.T, s *service, p *harness.Program)
	}{
		{"serving", func(*testing.T, *service, *harness.Program) {}},
		{"draining", func(t *testing.T, s *service, p *harness.Program) {
			echoes(t, harness.Dial(t, s.TCP), "x")
			p.Signal(syscall.SIGUSR1)
			refusedWithin(t, s.HTTP, 2*time.Second)
		}},
		{"loading", func(t *testing.T, s *service, p *harness.Program) {
			config, _, _ := s.stuck(t, "")
			worker := p.Worker()
			p.WriteConfig(config)
			p.Signal(syscall.SIGUSR2)
			loading(t, p, worker)
		}},
		{"with an old worker", func(t *testing.T, s *service, p *harness.Program) {
			echoes(t, harness.Dial(t, s.TCP), "x")
			p.MustReload()
		}},
		{"with a frozen worker", func(t *testing.T, s *service, p *harness.Program) {
			p.Kill(p.Worker(), syscall.SIGSTOP)
		}},
		{"with a frozen loader", func(t *testing.T, s *service, p *harness.Program) {
			config, fifo, _ := s.stuck(t, "")
			worker := p.Worker()
			p.WriteConfig(config)
			p.Signal(syscall.SIGUSR2)
			loader := loading(t, p, worker)
			eventually(t, 5*time.Second, "reading", func() error {
				w, err := os.OpenFile(fifo, os.O_WRONLY|syscall.O_NONBLOCK, 0)
				if err == nil {
					t.Cleanup(func() { w.Close() })
				}
				return err
			})
			p.Kill(loader, syscall.SIGSTOP)
		}},
		{"between crash and respawn", func(t *testing.T, s *service, p *harness.Program) {
			w := p.Worker()
			for range 2 { // the second respawn is one that waits
				p.Kill(w, syscall.SIGKILL)
				w = loading(t, p, w)
			}
			p.Kill(w, syscall.SIGKILL)
			p.AwaitOutput(`started again from generation 1 in [1-9]`, 5*time.Second)
		}},
	} {
		t.Run(c.state, func(t *testing.T) {
			s := newService(t)
			p := s.Start(t, "", "")
			c.into(t, s, p)
			killed := time.Now()
			p.Signal(syscall.SIGKILL)
			eventually(t, 2*time.Second, "end of all processes", func() error {
				if left := p.Processes(); len(left) > 0 {
					return fmt.Errorf("left behind: %v", left)
				}
				return nil
			})
			took := time.Since(killed)
			// Sockets on their way to a worker are closed a moment after both ends are.
			refusedWithin(t, s.HTTP, time.Second)
			s.Start(t, "", "")
			harness.MustGet(t, s.HTTP, "/echo")
			noted(t, "%s: all gone in %v", c.state, took.Round(time.Millisecond))
		})
	}
}

// A failed reload changes nothing for the worker that serves: if it crashes it
// is respawned, under the configuration that it had. (case 10: the reference ends
// with status 0, which tells a supervisor that all is well.)
func TestFaultCrashAfterFailedReload(t *testing.T) {
	s := newService(t)
	p := harness.Start(t, harness.Options{Config: s.Config("    http-response set-header x-reload 1\n", ""), Await: []string{s.HTTP, s.TCP}, Traces: true})
	p.WriteConfig("nonsense\n")
	if p.Reload().Success {
		t.Fatal("nonsense was loaded")
	}
	worker := p.Worker()
	tr := s.Load(t, 2)
	p.Kill(worker, syscall.SIGSEGV)
	awaitWorkerAfter(t, p, worker)
	if a := harness.MustGet(t, s.HTTP, "/echo"); a.Header.Get("x-reload") != "1" {
		t.Error("not the configuration that served")
	}
	tr.StopLosing(t, 2)
}

// With "master-worker exit-on-failure", the reference's behaviour, the status of
// the worker becomes the master's (case 1).
func TestFaultExitOnFailure(t *testing.T) {
	for sig, code := range map[syscall.Signal]string{syscall.SIGKILL: "137", syscall.SIGSEGV: "2|139", syscall.SIGABRT: "2|134", syscall.SIGTERM: "0|143"} {
		t.Run(sig.String(), func(t *testing.T) {
			s := newService(t)
			p := harness.Start(t, harness.Options{Config: "global\n    master-worker exit-on-failure\n" + s.Config("", ""), Await: []string{s.HTTP}, Traces: true})
			p.Kill(p.Worker(), sig)
			if rc := p.AwaitExit(10 * time.Second); !regexp.MustCompile("^(" + code + ")$").MatchString(fmt.Sprint(rc)) {
				t.Errorf("exit status %d, want %s", rc, code)
			}
			if left := p.Processes(); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// A worker that outlives more reloads than mworker-max-reloads is ended, and the
// message says why; one that does not is left alone (case 11).
func TestFaultMaxReloads(t *testing.T) {
	for max, cutAt := range map[int]int{0: 1, 1: 2} {
		t.Run(fmt.Sprint(max), func(t *testing.T) {
			s := newService(t)
			p := harness.Start(t, harness.Options{Config: fmt.Sprintf("global\n    mworker-max-reloads %d\n", max) + s.Config("", ""), Await: []string{s.HTTP, s.TCP}})
			old := p.Worker()
			c := harness.Dial(t, s.TCP)
			for i := range cutAt {
				echoes(t, c, fmt.Sprint("before reload ", i+1))
				p.MustReload()
			}
			p.AwaitGone(old, 5*time.Second)
			p.AwaitOutput(fmt.Sprintf(`Former worker \(%d\) exited with code \d+ \(.*\), as it exceeds max reloads \(%d\)`, old, max), 2*time.Second)
			harness.MustGet(t, s.HTTP, "/echo")
		})
	}
}
