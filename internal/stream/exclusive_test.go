package stream

import (
	"sync/atomic"
	"testing"
	"time"
)

// All threads stand still while something is changed, and go on afterwards.
func TestExclusive(t *testing.T) {
	e, err := New(Options{Threads: 3})
	if err != nil {
		t.Fatal(err)
	}
	e.Start()
	defer e.Stop()
	var turns atomic.Int64
	stop := make(chan struct{})
	for _, th := range e.threads {
		var again func()
		again = func() {
			turns.Add(1)
			select {
			case <-stop:
			default:
				th.Post(again)
			}
		}
		th.Post(again)
	}
	changed := 0 // not atomic: the race detector looks
	for range 200 {
		if !e.Exclusive(10*time.Second, func() {
			before := turns.Load()
			for range 1000 {
				changed++
			}
			if now := turns.Load(); now != before {
				t.Errorf("%d turns meanwhile", now-before)
			}
		}) {
			t.Fatal("the threads did not come")
		}
	}
	close(stop)
	before := turns.Load()
	e.Exclusive(10*time.Second, func() {})
	if changed != 200_000 || before == 0 {
		t.Errorf("%d changes, %d turns", changed, before)
	}
}

// A thread that does not come keeps the others only for the time that was given,
// and finds nobody waiting when it comes.
func TestExclusiveLate(t *testing.T) {
	e, err := New(Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	e.Start()
	defer e.Stop()
	hang, hanging := make(chan struct{}), make(chan struct{})
	e.threads[1].Post(func() { close(hanging); <-hang })
	<-hanging
	if e.Exclusive(10*time.Millisecond, func() { t.Error("run without the second thread") }) {
		t.Error("it is said to have been run")
	}
	turned := make(chan struct{})
	e.threads[0].Post(func() { close(turned) })
	<-turned
	close(hang)
	ran := false
	if !e.Exclusive(10*time.Second, func() { ran = true }) || !ran {
		t.Error("not run afterwards")
	}
}
