package check

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// The end of a slow start is told, and is a change of state.
func TestWarmed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFarm(t, config.ServerChecks{})
		w := f.w["b/s2"]
		w.srv.SlowStart = 10 * time.Second
		state := func() string { return strings.Fields(w.StateLine(time.Now()))[5] }
		said := func() []string { // the timer tells on its own goroutine
			synctest.Wait()
			f.m.mu.Lock()
			defer f.m.mu.Unlock()
			lines := f.lines
			f.lines = nil
			return lines
		}
		w.SetState("maint")
		w.SetState("ready")
		if got := state(); got != "1" {
			t.Errorf("state %s at the start", got)
		}
		said()
		time.Sleep(9 * time.Second)
		if lines := said(); len(lines) > 0 {
			t.Errorf("said %q while it starts", lines)
		}
		time.Sleep(2 * time.Second)
		if lines, want := said(), []string{"Server b/s2 is UP. 2 active and 1 backup servers online. 0 sessions requeued, 0 total in queue."}; !slices.Equal(lines, want) {
			t.Errorf("said %q", lines)
		}
		h := w.srv.Health.Get()
		if since := time.Since(h.Changed); since != time.Second || state() != "2" {
			t.Errorf("after the start: state %s for %v", state(), since)
		}
		// Whoever goes down meanwhile did not come up.
		w.SetState("maint")
		w.SetState("ready")
		time.Sleep(5 * time.Second)
		w.SetState("maint")
		said()
		time.Sleep(10 * time.Second)
		if lines := said(); len(lines) > 0 {
			t.Errorf("said %q in maintenance", lines)
		}
	})
}

// A process that takes over a server that starts slowly has it start again.
func TestRestoreStarting(t *testing.T) {
	for _, slow := range []time.Duration{0, time.Minute} {
		srv, now := aServer(t), time.Now()
		srv.SlowStart = slow
		if text := Restore(srv, &config.Server{ServerParams: config.ServerParams{Weight: 10}}, stateOf(t, "OPER", "1"), now); text != "" {
			t.Fatal(text)
		}
		_, starting := srv.Throttle()
		if h := srv.Health.Get(); starting != (slow > 0) || h.Changed.Equal(now) != (slow > 0) || h.Oper != proxy.Running {
			t.Errorf("slowstart %v: starts %v, %v since the change", slow, starting, now.Sub(h.Changed))
		}
	}
}
