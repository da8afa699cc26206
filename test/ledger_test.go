package test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
	"github.com/sluice-proxy/sluice/test/load"
)

// settled waits until a process has as many descriptors as it had.
func settled(t *testing.T, what string, pid int, before []string, spare int) {
	t.Helper()
	eventually(t, 5*time.Second, what, func() error {
		if now := harness.Descriptors(t, pid); len(now) > len(before)+spare {
			return fmt.Errorf("%d descriptors, %d before:\n%s\nbefore:\n%s", len(now), len(before), strings.Join(now, "\n"), strings.Join(before, "\n"))
		}
		return nil
	})
}

// goroutines is how many a worker has, by its own account ("Tasks").
func goroutines(t *testing.T, p *harness.Program) int {
	t.Helper()
	for _, l := range strings.Split(p.Master("@1 show info"), "\n") {
		if v, ok := strings.CutPrefix(l, "Tasks: "); ok {
			n, err := strconv.Atoi(v)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatal("show info does not say how many tasks there are")
	return 0
}

// Reloads leave no descriptor, no process and no memory behind.
func TestLedgerOfReloads(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	alone := func() {
		t.Helper()
		eventually(t, 10*time.Second, "end of the old workers", func() error {
			if n := p.Processes(); len(n) != 2 {
				return fmt.Errorf("processes %v", n)
			}
			return nil
		})
	}
	good := s.Config("", "")
	round := func() {
		p.WriteConfig(good + "nonsense\n")
		if p.Reload().Success {
			t.Fatal("nonsense was loaded")
		}
		p.WriteConfig(good)
		p.MustReload()
		harness.MustGet(t, s.HTTP, "/echo")
	}
	for range 5 { // so many good generations are kept
		round()
	}
	alone()
	master, worker := harness.Descriptors(t, p.Pid), harness.Descriptors(t, p.Worker())
	rss := harness.RSS(t, p.Pid)
	for range soak(20, 200) {
		round()
	}
	alone()
	settled(t, "as many descriptors of the master as before", p.Pid, master, 0)
	// One idle connection to the origin may be kept from the last request, or not.
	settled(t, "as many descriptors of the worker as before", p.Worker(), worker, 1)
	if grown := harness.RSS(t, p.Pid) - rss; grown > 8<<20 {
		t.Errorf("the master grew by %d KiB", grown>>10)
	}
}

// Requests leave no descriptor behind, well-behaved ones or not.
func TestLedgerOfRequests(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	worker := p.Worker()
	run := func(n int64) {
		t.Helper()
		for _, k := range []load.Kind{load.KeepAlive, load.PerRequest, load.Echo} {
			addr := s.HTTP
			if k == load.Echo {
				addr = s.TCP
			}
			if r := load.Start(t.Context(), load.Plan{Addr: addr, Kind: k, Workers: 4, Requests: n, Rounds: 2}).Wait(); r.Lost() > 0 {
				t.Fatalf("%v", r)
			}
		}
		for _, path := range []string{"/drop", "/reset", "/garbage", "/early", "/halfhead", "/close", "/trailers", "/status?code=204"} {
			harness.Get(t, s.HTTP, path)
		}
	}
	run(50)
	eventually(t, 5*time.Second, "quiet", func() error {
		if n := s.Echo.Open(); n > 0 {
			return fmt.Errorf("%d TCP sessions", n)
		}
		return nil
	})
	before, tasks := harness.Descriptors(t, worker), goroutines(t, p)
	run(soak[int64](1000, 100000))
	// Idle connections to the origin may be more than before, but not than the load had workers.
	settled(t, "as many descriptors as before", worker, before, 4)
	master := harness.Descriptors(t, p.Pid)
	for range 200 {
		p.Master("show proc")
		p.Master("@1 show info")
	}
	settled(t, "as many descriptors of the master as before", p.Pid, master, 0)
	settled(t, "as many descriptors of the worker as before", worker, before, 4)
	eventually(t, 5*time.Second, "as many goroutines as before", func() error {
		if now := goroutines(t, p); now > tasks {
			return fmt.Errorf("%d goroutines, %d before", now, tasks)
		}
		return nil
	})
}
