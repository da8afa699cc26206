package test

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// usage is what the master holds.
type usage struct {
	fds, threads int
	rss          int64
}

func usageOf(t *testing.T, pid int) (u usage) {
	t.Helper()
	u.fds, u.rss = len(harness.Descriptors(t, pid)), harness.RSS(t, pid)
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for l := range strings.Lines(string(b)) {
		fmt.Sscanf(l, "Threads: %d", &u.threads)
	}
	return u
}

// alone waits until the master and one worker are all there is.
func alone(t *testing.T, p *harness.Program) {
	t.Helper()
	eventually(t, 20*time.Second, "end of the old workers", func() error {
		if n := p.Processes(); len(n) != 2 {
			return fmt.Errorf("processes %v", n)
		}
		return nil
	})
}

// flat repeats and fails the test if the master holds more and more. Memory is
// compared between the middle and the end: the slope of the last half is below
// 1 %, or below what a garbage collector's phase makes (1 MiB).
func flat(t *testing.T, p *harness.Program, times int, again func()) {
	t.Helper()
	for range 10 {
		again()
	}
	alone(t, p)
	begin := usageOf(t, p.Pid)
	// The peak of some rounds hides at which moment the collector ran.
	peak := func(rounds int) (most usage) {
		for range rounds {
			again()
			u := usageOf(t, p.Pid)
			most.rss, most.threads = max(most.rss, u.rss), max(most.threads, u.threads)
		}
		return most
	}
	quarter := max(times/4, 1)
	peak(quarter)
	middle := peak(quarter)
	peak(quarter)
	last := peak(quarter)
	alone(t, p)
	eventually(t, 5*time.Second, "as many descriptors as in the beginning", func() error {
		if now := len(harness.Descriptors(t, p.Pid)); now > begin.fds {
			return fmt.Errorf("%d, not %d: %v", now, begin.fds, harness.Descriptors(t, p.Pid))
		}
		return nil
	})
	end := usageOf(t, p.Pid)
	if grown := last.rss - middle.rss; grown > max(middle.rss/100, 1<<20) {
		t.Errorf("resident memory: %d KiB in the second quarter, %d KiB in the last", middle.rss>>10, last.rss>>10)
	}
	if last.threads > middle.threads+4 {
		t.Errorf("threads: %d in the second quarter, %d in the last", middle.threads, last.threads)
	}
	noted(t, "%d times: descriptors %d to %d, threads %d to %d, resident memory at most %d KiB in the second quarter and %d KiB in the last",
		times, begin.fds, end.fds, begin.threads, end.threads, middle.rss>>10, last.rss>>10)
}

// Reloads, a failed one among ten, leave nothing in the master.
func TestLeakOfReloads(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	n := 0
	flat(t, p, soak(48, 1000), func() {
		if n++; n%10 == 0 {
			p.WriteConfig("nonsense\n")
			if p.Reload().Success {
				t.Fatal("nonsense was loaded")
			}
			p.WriteConfig(s.Config("", ""))
		}
		p.MustReload()
	})
	harness.MustGet(t, s.HTTP, "/echo")
}

// Crashes leave nothing in the master.
func TestLeakOfCrashes(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	flat(t, p, soak(48, 1000), func() {
		p.MustReload() // which forgives the crash before: no back-off
		alone(t, p)
		worker := p.Worker()
		p.Kill(worker, syscall.SIGKILL)
		awaitWorkerAfter(t, p, worker)
	})
	harness.MustGet(t, s.HTTP, "/echo")
}
