package mworker

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

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

// Whoever has the files can tell which of them serve, also while older ones drain.
func TestHash(t *testing.T) {
	a := address(t)
	first := "listen " + a
	second := "log second\nlisten " + a
	r := newRig(t, first, nil)
	r.wait(EventReady)
	hash := func(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s))) }
	if ws := r.m.Workers(); len(ws) != 1 || ws[0].Hash != hash(first) || ws[0].Control <= 2 {
		t.Errorf("%+v, want hash %s", ws, hash(first))
	}
	r.reload(second)
	ws := r.m.Workers()
	if last := ws[len(ws)-1]; last.Hash != hash(second) {
		t.Errorf("%+v, want hash %s", ws, hash(second))
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

func TestFiftyReloads(t *testing.T) {
	a, b := address(t), address(t)
	r := newRig(t, "listen "+a, func(o *Options) { o.Policy.KeptGenerations = 1 })
	r.wait(EventReady)
	r.reload("listen " + a)
	r.wait(EventFormerExited)
	before, err := sys.OpenDescriptors(0)
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
		after, err := sys.OpenDescriptors(0)
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

func TestLoadLeavesListenersAlone(t *testing.T) {
	a := address(t)
	r := newRig(t, "listen "+a, nil)
	pid := r.wait(EventReady).Worker.PID
	flags := func() []string {
		var out []string
		open, _ := sys.OpenDescriptors(pid)
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
	after := flags()
	// The worker may still have been closing its startup channel.
	other := slices.ContainsFunc(after, func(s string) bool { return !slices.Contains(before, s) })
	if other || len(after) == 0 || len(before)-len(after) > 1 {
		t.Errorf("before %v, after %v", before, after)
	}
}

// The candidate's own deadline counts once it is known.
func TestOwnDeadline(t *testing.T) {
	r := newRig(t, "", func(o *Options) { o.Policy.LoadTimeout = time.Hour })
	r.wait(EventReady)
	if res := r.reload("deadline 100ms\nphase reading maps\nhang"); res.OK || res.Reason != "load timeout after 100ms in phase: test: reading maps" {
		t.Errorf("%+v", res)
	}
}

// A cancelled reload ends its candidate and answers who asked for it; the next
// one is done.
func TestCancel(t *testing.T) {
	a := address(t)
	r := newRig(t, "listen "+a, nil)
	pid := r.wait(EventReady).Worker.PID
	if res := r.result(r.m.Cancel()); res.OK || res.Reason != "no reload is under way" {
		t.Errorf("%+v", res)
	}
	r.set("phase x\nhang")
	first := r.m.Reload(ReloadSoft)
	candidate := r.wait(EventPhase).Worker.PID
	r.set("listen " + a)
	next := r.m.Reload(ReloadSoft)
	if res := r.result(r.m.Cancel()); !res.OK || res.Generation != 2 {
		t.Errorf("%+v", res)
	}
	if res := r.result(first); res.OK || res.Reason != "cancelled" {
		t.Errorf("%+v", res)
	}
	gone(t, candidate, patience)
	if res := r.result(next); !res.OK || res.Generation != 3 {
		t.Errorf("%+v", res)
	}
	if g, p, err := ask(a, "hello"); err != nil || g != 3 && p != pid {
		t.Errorf("answered by generation %d, process %d (%v)", g, p, err)
	}
}

func TestForcedReload(t *testing.T) {
	r := newRig(t, "", nil)
	r.wait(EventReady)
	r.set("force")
	for kind, want := range map[ReloadKind]bool{
		ReloadSoft: false, ReloadHard: false, ReloadSoft | ReloadForced: true, ReloadHard | ReloadForced: true,
	} {
		if res := r.result(r.m.Reload(kind)); res.OK != want {
			t.Errorf("kind %d: %+v", kind, res)
		}
	}
}
