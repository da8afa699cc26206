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
	rss          int64 // bytes
	// own is the part of rss that is the process's own: the rest are pages of the
	// executable, which it shares with the workers and which the kernel counts in
	// steps as code runs that had not run before.
	own int64
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
		if n, _ := fmt.Sscanf(l, "RssAnon: %d", &u.own); n == 1 {
			u.own <<= 10
		}
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

// flat repeats and fails the test if the master holds more and more: the line
// through its own memory, measured after each round of the last half, rises by
// less than 1 % of what is resident, or, in few rounds, less than what a
// collector's phase makes.
func flat(t *testing.T, p *harness.Program, times int, again func()) {
	t.Helper()
	for range soak(10, 500) { // the Go runtime's own structures grow to their size
		again()
	}
	alone(t, p)
	begin := usageOf(t, p.Pid)
	var memory []float64
	var most, middle usage
	for n := range times {
		again()
		u := usageOf(t, p.Pid)
		most.rss, most.threads = max(most.rss, u.rss), max(most.threads, u.threads)
		if n < times/2 {
			middle.threads = max(middle.threads, u.threads)
			continue
		}
		memory = append(memory, float64(u.own))
	}
	alone(t, p)
	eventually(t, 5*time.Second, "as many descriptors as in the beginning", func() error {
		if now := len(harness.Descriptors(t, p.Pid)); now > begin.fds {
			return fmt.Errorf("%d, not %d: %v", now, begin.fds, harness.Descriptors(t, p.Pid))
		}
		return nil
	})
	end := usageOf(t, p.Pid)
	rise, level := line(memory)
	rss := float64(end.rss)
	slack := 0.0
	if len(memory) < 400 { // the error of the rise is about 1 MiB / sqrt(len)
		slack = 1 << 20
	}
	if rise > max(rss/100, slack) {
		t.Errorf("the master's own memory rose by %.0f KiB in the last half of %d times; %.0f KiB are resident", rise/1024, times, rss/1024)
	}
	if most.threads > middle.threads+4 {
		t.Errorf("threads: %d in the first half, %d in the last", middle.threads, most.threads)
	}
	noted(t, "%d times: descriptors %d to %d, threads %d to %d, own memory %.0f KiB on average in the last half, in which it rose by %.2f %% of what is resident, %d KiB at most",
		times, begin.fds, end.fds, begin.threads, end.threads, level/1024, 100*rise/rss, most.rss>>10)
}

// line lays the line of least squares through values at even distances. rise is
// how much higher it ends than it begins, level its mean.
func line(v []float64) (rise, level float64) {
	n := float64(len(v))
	for _, y := range v {
		level += y / n
	}
	var xy, xx float64
	for i, y := range v {
		x := float64(i) - (n-1)/2
		xy += x * (y - level)
		xx += x * x
	}
	return xy / xx * (n - 1), level
}

func TestLine(t *testing.T) {
	if rise, level := line([]float64{1, 3, 5, 7}); rise != 6 || level != 4 {
		t.Errorf("%v, %v", rise, level)
	}
	if rise, _ := line([]float64{5, 1, 5, 1, 5}); rise != 0 {
		t.Errorf("%v", rise)
	}
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
