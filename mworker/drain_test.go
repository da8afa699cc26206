package mworker

import (
	"strings"
	"syscall"
	"testing"
	"time"
)

// A worker whose time to drain is over is told so before it is ended.
func TestHurry(t *testing.T) {
	a := address(t)
	r := newRig(t, "linger\nlisten "+a, func(o *Options) {
		o.Policy.DrainTimeout, o.Policy.DrainGrace = 50*time.Millisecond, patience
	})
	first := r.wait(EventReady).Worker.PID
	r.reload("listen " + a)
	e := r.wait(EventHurried)
	if w := e.Worker; w.PID != first || !w.Hurried || w.Leaves.IsZero() || e.Text != "it has drained for 50ms" {
		t.Errorf("%+v", e)
	}
	if e = r.wait(EventFormerExited); e.Worker.PID != first || e.Status.Code != 0 {
		t.Errorf("%+v", e)
	}
}

// One that does nothing about it gets SIGTERM.
func TestOverstays(t *testing.T) {
	a := address(t)
	r := newRig(t, "linger\nlisten "+a, func(o *Options) {
		o.Policy.DrainGrace, o.Policy.MaxDraining = 50*time.Millisecond, 1
		o.Args = append(o.Args, "unhurried")
	})
	first := r.wait(EventReady).Worker.PID
	r.reload("linger\nlisten " + a)
	second := r.m.Workers()[1]
	deadline := r.m.Workers()[0].Deadline
	for end := time.Now().Add(5 * time.Second); deadline.IsZero() && time.Now().Before(end); time.Sleep(time.Millisecond) {
		deadline = r.m.Workers()[0].Deadline // it is told to drain after the reload was answered
	}
	if time.Until(deadline) < 23*time.Hour {
		t.Errorf("deadline %v", deadline)
	}
	r.reload("listen " + a)
	if e := r.wait(EventHurried); e.Worker.PID != first || e.Text != "more than 1 workers drain" {
		t.Errorf("%+v", e)
	}
	if e := r.wait(EventOverstays); e.Worker.PID != first {
		t.Errorf("%+v", e)
	}
	if e := r.wait(EventFormerExited); e.Worker.PID != first || e.Status.Signal != syscall.SIGTERM || e.Crash != nil {
		t.Errorf("%+v", e)
	}
	if w := r.m.Workers()[0]; w.PID != second.PID || w.Hurried {
		t.Errorf("%+v", w)
	}
}

// Memory is that of real processes.
func TestDrainMemory(t *testing.T) {
	a := address(t)
	r := newRig(t, "linger\nlisten "+a, func(o *Options) { o.Policy.DrainMemory = 1 })
	first := r.wait(EventReady).Worker.PID
	r.reload("listen " + a)
	if e := r.wait(EventHurried); e.Worker.PID != first || !strings.Contains(e.Text, "MiB of memory") {
		t.Errorf("%+v", e)
	}
	r.wait(EventFormerExited)
	if w := r.m.Workers(); len(w) != 1 || !w[0].Current {
		t.Errorf("%+v", w)
	}
}
