package stream

import (
	"testing"
	"time"
)

// A blocked thread does not turn, the others do, unless all are blocked.
func TestBlock(t *testing.T) {
	for _, c := range []struct {
		all, asleep bool
	}{{false, false}, {false, true}, {true, false}, {true, true}} {
		e, err := New(Options{Threads: 2})
		if err != nil {
			t.Fatal(err)
		}
		e.Start()
		const d = 150 * time.Millisecond
		over := make(chan time.Duration)
		begin := time.Now()
		go func() {
			e.Block(d, c.all, c.asleep)
			over <- time.Since(begin)
		}()
		// When the first thread has come to it, everything posted afterwards waits.
		waits := func(i int) bool {
			for time.Since(begin) < d/2 {
				turned := make(chan struct{})
				e.threads[i].Post(func() { close(turned) })
				select {
				case <-turned:
				case <-time.After(d / 3):
					return true
				}
			}
			return false
		}
		if first, second := waits(0), waits(1); !first || second && !c.all {
			t.Errorf("%+v: blocked: %t %t", c, first, second)
		}
		if took := <-over; took < d {
			t.Errorf("%+v: over after %v", c, took)
		}
		e.Stop()
		e.Block(time.Hour, c.all, c.asleep) // nobody is left to block
	}
}
