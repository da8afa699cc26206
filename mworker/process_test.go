package mworker

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

func TestStartServeStop(t *testing.T) {
	a := address(t)
	r := newRig(t, "version 9.9\nlog hello\ndiscover x\nlisten "+a, nil)
	pid := r.wait(EventReady).Worker.PID
	r.mustAsk(a, 1, pid)
	ws := r.m.Workers()
	if len(ws) != 1 || ws[0].PID != pid || ws[0].State != Ready || ws[0].Version != "9.9" || ws[0].Listeners != 1 || !ws[0].Current {
		t.Errorf("workers: %+v", ws)
	}
	if info := r.m.Info(); info.Generation != 1 || info.Listeners != 1 || info.Loading || info.Reloads != 0 {
		t.Errorf("master: %+v", info)
	}
	if log := string(r.m.StartupLog()); log != "hello\n" {
		t.Errorf("startup log %q", log)
	}
	cmdline, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if string(cmdline) != os.Args[0]+"\x00worker\x00" {
		t.Errorf("argv of the worker: %q", cmdline)
	}
	comm, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if strings.TrimSpace(string(comm)) != "mworker.test" {
		t.Errorf("name of the worker: %q", comm)
	}
	r.m.Signal(syscall.SIGTERM)
	r.end(0)
	gone(t, pid, time.Second)
	refusedWithin(t, a, time.Second)
}

// What a worker inherits: nothing but its standard files and channels.
func TestWorkerDescriptors(t *testing.T) {
	r := newRig(t, "", nil)
	pid := r.wait(EventReady).Worker.PID
	r.reload("log again")
	next := r.wait(EventReady).Worker.PID
	for _, p := range []int{pid, next} {
		open, err := sys.Descriptors(p)
		if err != nil {
			continue // the first has drained
		}
		sockets := 0
		for _, to := range open {
			if strings.HasPrefix(to, "socket:") {
				sockets++
			}
			if strings.Contains(to, "memfd") || strings.Contains(to, "pidfd") {
				t.Errorf("worker %d holds %s", p, to)
			}
		}
		if sockets > 2 { // the control channel, and the startup channel being closed
			t.Errorf("worker %d: %v", p, open)
		}
	}
}

func TestFirstLoadFails(t *testing.T) {
	for _, c := range []struct {
		config string
		code   int
	}{
		{"exit 3", 3}, {"exit 0", 1}, {"kill KILL", 137}, {"kill TERM", 143},
		{"junk\nhang", 137}, {"refuse", 1}, {"missing", 1},
	} {
		t.Run(c.config, func(t *testing.T) {
			r := newRig(t, c.config, nil)
			e := r.wait(EventFailed)
			if !e.First {
				t.Error("not reported as the first load")
			}
			r.end(c.code)
		})
	}
}

func TestReload(t *testing.T) {
	a, b := address(t), address(t)
	r := newRig(t, "listen "+a+"\nlisten "+b, nil)
	first := r.wait(EventReady).Worker.PID
	res := r.reload("log second\nlisten " + a)
	second := r.wait(EventReady).Worker.PID
	if !res.OK || res.Generation != 2 || string(res.Log) != "second\n" {
		t.Fatalf("%+v", res)
	}
	refusedWithin(t, b, time.Second) // a bind that the reload removed
	if e := r.wait(EventFormerExited); e.Worker.PID != first || e.Status.Code != 0 {
		t.Errorf("%+v", e)
	}
	r.mustAsk(a, 2, second)
	res = r.result(r.m.Reload(ReloadHard))
	third := r.wait(EventReady).Worker.PID
	if e := r.wait(EventFormerExited); !res.OK || e.Worker.PID != second || e.Status.Code != 143 {
		t.Errorf("hard reload: %+v %+v", res, e)
	}
	r.mustAsk(a, 3, third)
	if info := r.m.Info(); info.Reloads != 2 || info.FailedReloads != 0 || info.Generation != 3 {
		t.Errorf("%+v", info)
	}
}

func TestFailedReloadKeepsServing(t *testing.T) {
	a := address(t)
	r := newRig(t, "listen "+a, func(o *Options) { o.Policy.LoadTimeout = 500 * time.Millisecond })
	pid := r.wait(EventReady).Worker.PID
	for i, c := range []struct{ config, reason string }{
		{"listen " + a + "\nlog bad line\nexit 1", "exited with code 1 (Exit)"},
		{"listen " + a + "\nkill KILL", "exited with code 137 (Killed)"},
		{"missing", "no such file"},
		{"listen " + a + "\nrefuse", "refused as configured"},
		{"listen " + a + "\njunk\nhang", "broke the protocol"},
		{"listen " + a + "\nphase parsing x.cfg:7\nhang", "load timeout after 500ms in phase: test: parsing x.cfg:7"},
		{"listen " + a + "\ndeaf\nlisten 192.0.2.1:1", "exited with code 1"},
	} {
		res := r.reload(c.config)
		if res.OK || !strings.Contains(res.Reason, c.reason) {
			t.Errorf("%q: %+v", c.config, res)
		}
		r.mustAsk(a, 1, pid)
		if info := r.m.Info(); info.FailedReloads != i+1 || !info.LastLoadFailed {
			t.Errorf("%+v", info)
		}
	}
	if res := r.reload("listen " + a); !res.OK {
		t.Errorf("after the failures: %+v", res)
	}
	if info := r.m.Info(); info.ConsecutiveFailed != 0 || info.LastLoadFailed {
		t.Errorf("%+v", info)
	}
}

func TestDiscoveryResultIsVetted(t *testing.T) {
	var applied atomic.Int32
	r := newRig(t, "discover good", func(o *Options) {
		o.Discovered = func(_ context.Context, generation int, payload []byte) (func(*Policy), error) {
			switch string(payload) {
			case "good":
				return func(p *Policy) { applied.Add(1); p.MaxReloads = NoneKept }, nil
			case "panic":
				panic("discovery")
			}
			return nil, fmt.Errorf("cannot use %q", payload)
		}
	})
	r.wait(EventReady)
	for config, reason := range map[string]string{"discover bad": `cannot use "bad"`, "discover panic": "panicked: discovery"} {
		if res := r.reload(config); res.OK || !strings.Contains(res.Reason, reason) {
			t.Errorf("%s: %+v", config, res)
		}
	}
	if applied.Load() != 1 {
		t.Errorf("applied %d times", applied.Load())
	}
	// max-reloads 0 from the configuration: a worker that lingers is ended.
	r.reload("discover good\nlinger")
	r.reload("discover good\nlinger")
	for {
		e := r.wait(EventFormerExited)
		if e.ExceedsMaxReloads == 0 && e.Status.Code == 143 {
			return
		}
	}
}

// The files of a respawn are those of its generation, whatever they are now;
// connections that wait in the accept queue are served by the successor.
func TestCrashIsRespawned(t *testing.T) {
	a := address(t)
	r := newRig(t, "listen "+a, nil)
	pid := r.wait(EventReady).Worker.PID
	r.set("missing")
	halt(t, pid)
	var queue []net.Conn
	for range 20 {
		c, err := net.DialTimeout("tcp", a, patience)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		fmt.Fprintln(c, "hello")
		queue = append(queue, c)
	}
	syscall.Kill(pid, syscall.SIGKILL)
	if e := r.wait(EventCurrentExited); e.Status.Code != 137 || e.Status.String() != "exited with code 137 (Killed)" {
		t.Errorf("%+v", e)
	}
	died := time.Now()
	e := r.wait(EventReady)
	t.Logf("from the worker's end to its successor serving: %s", time.Since(died))
	if !e.Respawn || e.Generation != 1 {
		t.Errorf("%+v", e)
	}
	for i, c := range queue {
		c.SetDeadline(time.Now().Add(patience))
		g, p, err := answer(c)
		if err != nil || g != 1 || p != e.Worker.PID {
			t.Errorf("connection %d: generation %d, process %d, %v", i, g, p, err)
		}
	}
	r.mustAsk(a, 1, e.Worker.PID)
}

func TestCrashLoopFallsBack(t *testing.T) {
	a := address(t)
	r := newRig(t, "listen "+a, func(o *Options) {
		o.Policy.CrashLimit, o.Policy.RespawnDelay = 2, time.Millisecond
	})
	r.wait(EventReady)
	if res := r.reload("log second\nlisten " + a); !res.OK {
		t.Fatal(res)
	}
	for range 3 {
		pid := r.wait(EventReady).Worker.PID
		syscall.Kill(pid, syscall.SIGKILL)
	}
	if e := r.wait(EventFallback); e.Generation != 1 {
		t.Errorf("%+v", e)
	}
	r.mustAsk(a, 1, r.wait(EventReady).Worker.PID)
}

func TestExitOnFailure(t *testing.T) {
	r := newRig(t, "", func(o *Options) { o.Policy.ExitOnFailure = true })
	syscall.Kill(r.wait(EventReady).Worker.PID, syscall.SIGKILL)
	r.end(137)
}

func TestDrain(t *testing.T) {
	a := address(t)
	r := newRig(t, "linger\nlisten "+a, nil)
	pid := r.wait(EventReady).Worker.PID
	r.m.Signal(syscall.SIGUSR1)
	refusedWithin(t, a, time.Second)
	r.wait(EventRetired)
	if ws := r.m.Workers(); len(ws) != 1 || ws[0].State != Draining || !ws[0].Leaving {
		t.Errorf("%+v", ws)
	}
	syscall.Kill(pid, syscall.SIGKILL)
	r.end(0)
}

// A candidate that loads when the drain comes holds duplicates of the listeners.
func TestDrainDuringLoad(t *testing.T) {
	a := address(t)
	r := newRig(t, "listen "+a, nil)
	r.wait(EventReady)
	r.set("deaf\nphase waiting\nhang")
	res := r.m.Reload(ReloadSoft)
	r.wait(EventPhase)
	r.m.Signal(syscall.SIGUSR1)
	refusedWithin(t, a, time.Second)
	if got := r.result(res); got.OK {
		t.Errorf("%+v", got)
	}
	r.end(0)
}

func TestPauseAndResume(t *testing.T) {
	a := address(t)
	r := newRig(t, "listen "+a, nil)
	pid := r.wait(EventReady).Worker.PID
	r.m.Signal(syscall.SIGTTOU)
	refusedWithin(t, a, patience)
	if ws := r.m.Workers(); ws[0].State != Paused {
		t.Errorf("%+v", ws)
	}
	r.m.Signal(syscall.SIGTTIN)
	r.wait(EventResumed)
	for deadline := time.Now().Add(patience); ; {
		if _, p, err := ask(a, "hello"); err == nil && p == pid {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("not resumed")
		}
	}
}

// A worker that does not end when told is killed; a stop never waits for it.
func TestStopKillsTheDeaf(t *testing.T) {
	r := newRig(t, "deaf", func(o *Options) { o.Policy.StopTimeout = 50 * time.Millisecond })
	pid := r.wait(EventReady).Worker.PID
	r.m.Signal(syscall.SIGTERM)
	r.wait(EventUnresponsive)
	r.end(0)
	gone(t, pid, time.Second)
}

func TestCoalescedReloads(t *testing.T) {
	r := newRig(t, "", nil)
	r.wait(EventReady)
	gate := make(chan struct{})
	r.mu.Lock()
	r.gate = gate
	r.mu.Unlock()
	first := r.m.Reload(ReloadSoft)
	r.mu.Lock()
	for r.reads < 2 {
		r.cond.Wait()
	}
	r.mu.Unlock()
	var rest []<-chan Result
	for range 10 {
		rest = append(rest, r.m.Reload(ReloadSoft))
	}
	// While the files cannot be read the master answers.
	if ws := r.m.Workers(); len(ws) != 2 || ws[1].State != Loading || ws[1].Phase != "reading files" || !r.m.Info().Loading {
		t.Errorf("%+v", ws)
	}
	r.mu.Lock()
	r.gate, r.config = nil, "missing"
	r.mu.Unlock()
	close(gate)
	if res := r.result(first); !res.OK || res.Generation != 2 {
		t.Errorf("the first: %+v", res)
	}
	for _, c := range rest {
		if res := r.result(c); res.OK || res.Generation != 3 {
			t.Errorf("a later one: %+v", res)
		}
	}
}

// Reads of files that never return do not hold the master up, and do not pile up.
func TestHangingReads(t *testing.T) {
	a := address(t)
	stuck := make(chan struct{})
	var hang atomic.Bool
	r := newRig(t, "listen "+a, func(o *Options) {
		inner := o.Snapshot
		o.Snapshot = func(c context.Context) ([]File, error) {
			if hang.Load() {
				<-stuck // deaf to ctx, as a dead file system is
			}
			return inner(c)
		}
		o.Discovered = func(context.Context, int, []byte) (func(*Policy), error) {
			return func(p *Policy) { p.LoadTimeout = 20 * time.Millisecond }, nil // from the next load on
		}
		o.SnapshotLimit = 1000
	})
	r.wait(EventReady)
	hang.Store(true)
	for range maxHangingReads {
		if res := r.reload("x"); res.OK || !strings.Contains(res.Reason, "reading files") {
			t.Fatalf("%+v", res)
		}
	}
	if res := r.reload("x"); res.OK || !strings.Contains(res.Reason, "still hang") {
		t.Fatalf("%+v", res)
	}
	hang.Store(false)
	close(stuck)
	deadline := time.Now().Add(patience)
	for {
		res := r.reload(strings.Repeat("x", 2000))
		if strings.Contains(res.Reason, "larger than the limit") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%+v", res)
		}
	}
	if _, _, err := ask(a, "hello"); err != nil {
		t.Error(err)
	}
}

func TestSession(t *testing.T) {
	r := newRig(t, "", nil)
	pid := r.wait(EventReady).Worker.PID
	if _, err := r.m.Session(pid+1, "admin"); err != ErrNoWorker {
		t.Errorf("a stranger: %v", err)
	}
	for range 3 {
		c, err := r.m.Session(pid, "operator")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(c, "show info")
		c.SetDeadline(time.Now().Add(patience))
		b, err := io.ReadAll(c)
		c.Close()
		if want := fmt.Sprintf("operator %d show info", pid); string(b) != want || err != nil {
			t.Errorf("%q %v", b, err)
		}
	}
}

// A flood of log lines: the first and the last are kept, the memory is bounded.
func TestLogFlood(t *testing.T) {
	r := newRig(t, "log the first\nflood 20000\nlog the last", nil)
	r.wait(EventReady)
	log := r.m.StartupLog()
	if len(log) > 66<<10 {
		t.Errorf("%d bytes kept", len(log))
	}
	text := string(log)
	if !strings.HasPrefix(text, "the first\nwarning 0 ") || !strings.HasSuffix(text, "warning 19999 of the flood\nthe last\n") ||
		strings.Count(text, " messages left out ...\n") != 1 {
		t.Errorf("%.200s ... %s", text, text[max(0, len(text)-200):])
	}
}

// A serving worker that is frozen keeps nothing from its successor: both have
// the same sockets.
func TestFrozenPredecessor(t *testing.T) {
	a := address(t)
	r := newRig(t, "listen "+a, nil)
	pid := r.wait(EventReady).Worker.PID
	halt(t, pid)
	if res := r.reload("listen " + a); !res.OK {
		t.Fatalf("%+v", res)
	}
	next := r.wait(EventReady).Worker.PID
	for range 40 {
		r.mustAsk(a, 2, next)
	}
	syscall.Kill(pid, syscall.SIGKILL)
	r.wait(EventFormerExited)
}

// A full descriptor table fails the load, and only that.
func TestDescriptorTableFull(t *testing.T) {
	a := address(t)
	r := newRig(t, "listen "+a, nil)
	pid := r.wait(EventReady).Worker.PID
	open, err := sys.Descriptors(0)
	if err != nil {
		t.Fatal(err)
	}
	highest := slices.Max(slices.Collect(maps.Keys(open)))
	for filler := 0; filler < highest; { // no free number below it
		if filler, err = sys.Duplicate(0); err != nil {
			t.Fatal(err)
		}
		defer sys.Close(filler)
		highest = max(highest, filler)
	}
	var old syscall.Rlimit
	syscall.Getrlimit(syscall.RLIMIT_NOFILE, &old)
	failed := 0
	for extra := 1; extra <= 12; extra++ { // at one step after the other, until there is enough
		syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: uint64(highest + extra), Max: old.Max})
		res := r.result(r.m.Reload(ReloadSoft))
		syscall.Setrlimit(syscall.RLIMIT_NOFILE, &old)
		if res.OK {
			break
		}
		if !strings.Contains(res.Reason, "too many open files") {
			t.Errorf("with %d descriptors more: %+v", extra, res)
		}
		failed++
		r.mustAsk(a, 1, pid)
	}
	if failed == 0 {
		t.Error("no load failed")
	}
	res := r.result(r.m.Reload(ReloadSoft))
	if !res.OK {
		t.Errorf("afterwards: %+v", res)
	}
	if _, _, err := ask(a, "hello"); err != nil {
		t.Error(err)
	}
}

// Fifty reloads under load: no connection is lost, and the master holds no more
// descriptors than before. Every third drops and brings back a second listener,
// every fifth insists on a socket of its own, every seventh fails.
func TestFiftyReloads(t *testing.T) {
	a, b := address(t), address(t)
	r := newRig(t, "listen "+a, nil)
	r.wait(EventReady)
	r.reload("listen " + a)
	r.wait(EventFormerExited)
	before, err := sys.Descriptors(0)
	if err != nil {
		t.Fatal(err)
	}
	var stop atomic.Bool
	var served, lost atomic.Int64
	var firstLoss atomic.Value
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for !stop.Load() {
				if _, _, err := ask(a, "hello"); err != nil {
					lost.Add(1)
					firstLoss.CompareAndSwap(nil, err.Error())
				}
				served.Add(1)
			}
		})
	}
	for i := range 50 {
		config := "listen " + a
		if i%3 == 0 {
			config += "\nlisten " + b
		}
		if i%7 == 0 {
			config += "\nexit 1"
		}
		if res := r.reload(config); res.OK != (i%7 != 0) {
			t.Errorf("reload %d: %+v", i, res)
		}
	}
	stop.Store(true)
	clients.Wait()
	if lost.Load() > 0 {
		t.Errorf("%d of %d connections lost: %v", lost.Load(), served.Load(), firstLoss.Load())
	}
	if served.Load() < 100 {
		t.Errorf("only %d connections: no load", served.Load())
	}
	r.reload("listen " + a)
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		after, err := sys.Descriptors(0)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.m.Workers()) == 1 && len(after) <= len(before) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("workers %+v, leaked:\n%s", r.m.Workers(), strings.Join(sys.NewDescriptors(before, after), "\n"))
		}
	}
	t.Logf("%d connections served", served.Load())
}

// The listeners' file status flags are shared with the serving worker: nothing
// that a load does may change them.
func TestLoadLeavesListenersAlone(t *testing.T) {
	a := address(t)
	r := newRig(t, "listen "+a, nil)
	pid := r.wait(EventReady).Worker.PID
	flags := func() []string {
		var out []string
		open, _ := sys.Descriptors(pid)
		for fd, to := range open {
			if strings.HasPrefix(to, "socket:") {
				b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/fdinfo/%d", pid, fd))
				for line := range strings.Lines(string(b)) {
					if strings.HasPrefix(line, "flags:") {
						out = append(out, to+" "+line)
					}
				}
			}
		}
		slices.Sort(out)
		return out
	}
	before := flags()
	if res := r.reload("listen " + a + "\nexit 1"); res.OK {
		t.Fatal(res)
	}
	if after := flags(); !slices.Equal(before, after) || len(before) == 0 {
		t.Errorf("before %v, after %v", before, after)
	}
}
