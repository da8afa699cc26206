package sys

import (
	"os"
	"sync/atomic"
)

// The main thread is the one that a process keeps for life: when a process executes
// another program, it is the only thread that goes on. What the kernel ties to the
// thread that started a child (prctl(2), PR_SET_PDEATHSIG) must therefore be begun
// there by a process that is ever to do so.
var mainThread atomic.Pointer[mainServer]

type mainServer struct {
	calls chan func()
	ended chan struct{}
}

// PrepareMain has OnMain wait from now on for the function returned: it is called by
// the goroutine that is locked to the main thread, and serves OnMain until done is
// closed.
func PrepareMain() (serve func(done <-chan struct{})) {
	m := &mainServer{calls: make(chan func()), ended: make(chan struct{})}
	mainThread.Store(m)
	return func(done <-chan struct{}) {
		defer close(m.ended)
		defer mainThread.Store(nil)
		for {
			select {
			case f := <-m.calls:
				f()
			case <-done:
				return
			}
		}
	}
}

// MainServed reports whether OnMain is served.
func MainServed() bool { return mainThread.Load() != nil }

// OnMain calls f on the main thread if somebody serves it, else here, and returns
// when f has.
func OnMain(f func()) {
	m := mainThread.Load()
	if m == nil {
		f()
		return
	}
	ran := make(chan struct{})
	select {
	case m.calls <- func() { defer close(ran); f() }:
		<-ran
	case <-m.ended:
		f()
	}
}

// IsMainThread reports whether the calling thread is the main one.
func IsMainThread() bool { return os.Getpid() == gettid() }
