package mworker

import (
	"maps"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// Kept is told every state of the store, and the worker that leaves a listener
// goes on serving it until Kept has returned.
func TestKept(t *testing.T) {
	a, b := address(t), address(t)
	told, gate := make(chan []string), make(chan struct{})
	r := newRig(t, "listen "+a+"\nlisten "+b, func(o *Options) {
		o.Kept = func(listeners map[string]int) {
			for k, fd := range listeners {
				if !sys.IsListening(fd) {
					t.Errorf("%s: descriptor %d does not listen", k, fd)
				}
			}
			told <- slices.Sorted(maps.Keys(listeners))
			<-gate
		}
	})
	next := func(want ...string) {
		t.Helper()
		slices.Sort(want)
		select {
		case got := <-told:
			if !slices.Equal(got, want) {
				t.Errorf("kept %q, want %q", got, want)
			}
		case <-time.After(patience):
			t.Fatal("the change was not told")
		}
	}
	next(a, b)
	gate <- struct{}{}
	first := r.wait(EventReady).Worker.PID
	if res := r.reload("listen " + a); !res.OK {
		t.Fatalf("%+v", res)
	}
	next(a)
	r.mustAsk(b, 1, first) // nobody was asked to drain it yet
	gate <- struct{}{}
	refusedWithin(t, b, patience)
	r.wait(EventFormerExited)
	r.m.Signal(syscall.SIGUSR1)
	next()
	gate <- struct{}{}
	r.end(0)
}

// A master that ends at once leaves the copies where they are.
func TestKeptOverStop(t *testing.T) {
	calls := make(chan int, 8)
	r := newRig(t, "listen "+address(t), func(o *Options) {
		o.Kept = func(listeners map[string]int) { calls <- len(listeners) }
	})
	r.wait(EventReady)
	r.m.Signal(syscall.SIGTERM)
	r.end(0)
	if n := <-calls; n != 1 || len(calls) > 0 {
		t.Errorf("told %d listeners, then %d times more", n, len(calls))
	}
}
