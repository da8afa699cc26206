package stream

import (
	"testing"
	"time"
)

// All threads have to turn: one that hangs keeps the answer back until it goes on.
func TestProbe(t *testing.T) {
	e, err := New(Options{Threads: 3})
	if err != nil {
		t.Fatal(err)
	}
	e.Start()
	answer := make(chan struct{}, 10)
	probe := func() { e.Probe(func() { answer <- struct{}{} }) }
	probe()
	<-answer
	hang, hangs := make(chan struct{}), make(chan struct{})
	e.threads[2].Post(func() { close(hangs); <-hang })
	<-hangs
	probe()
	for _, i := range []int{0, 1} { // they turn
		turned := make(chan struct{})
		e.threads[i].Post(func() { close(turned) })
		<-turned
	}
	select {
	case <-answer:
		t.Error("an answer while a thread hangs")
	case <-time.After(10 * time.Millisecond):
	}
	close(hang)
	<-answer
	e.Stop()
	probe() // what has ended does not hang
	<-answer
}
