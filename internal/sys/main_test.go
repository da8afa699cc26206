package sys

import (
	"sync"
	"testing"
)

// Calls that come before anybody serves wait; later ones are made by who asks.
func TestOnMain(t *testing.T) {
	serve := PrepareMain()
	if !MainServed() {
		t.Error("not served")
	}
	var calls sync.WaitGroup
	sum := 0
	for range 10 {
		calls.Go(func() { OnMain(func() { sum++ }) }) // one after the other, on one goroutine
	}
	done := make(chan struct{})
	go func() {
		calls.Wait()
		close(done)
	}()
	serve(done)
	if sum != 10 || MainServed() {
		t.Errorf("%d calls", sum)
	}
	OnMain(func() { sum++ })
	if sum != 11 {
		t.Errorf("%d calls", sum)
	}
}
