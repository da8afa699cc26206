package mworker

import (
	"context"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

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
	for range 2 { // the second generation was never stable
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

func TestHangingReads(t *testing.T) {
	a := address(t)
	stuck := make(chan struct{})
	var hang atomic.Bool
	r := newRig(t, "listen "+a, func(o *Options) {
		inner := o.Snapshot
		o.Snapshot = func(c context.Context) ([]File, error) {
			if hang.Load() {
				Reading(c, "/mnt/dead.cfg\n")
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
		if res := r.reload("x"); res.OK || !strings.Contains(res.Reason, "in phase: reading files: /mnt/dead.cfg ") {
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

func TestFrozenPredecessor(t *testing.T) {
	t.Parallel()
	a := address(t)
	r := newRig(t, "listen "+a, hangAfter(time.Second))
	pid := r.wait(EventReady).Worker.PID
	halt(t, pid)
	if res := r.reload("listen " + a); !res.OK {
		t.Fatalf("%+v", res)
	}
	next := r.wait(EventReady).Worker.PID
	for range 40 {
		r.mustAsk(a, 2, next)
	}
	if e := r.wait(EventHung); e.Worker.PID != pid {
		t.Errorf("%+v", e)
	}
	if e := r.wait(EventFormerExited); e.Worker.PID != pid || e.Status.Code != 137 || e.Crash == nil {
		t.Errorf("%+v", e)
	}
	r.mustAsk(a, 2, next)
}

func TestDescriptorTableFull(t *testing.T) {
	a := address(t)
	r := newRig(t, "listen "+a, nil)
	pid := r.wait(EventReady).Worker.PID
	open, err := sys.OpenDescriptors(0)
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
	for extra := 1; extra <= 16; extra++ { // at one step after the other, until there is enough
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
