package sys

import (
	"os"
	"sync"
)

// The main thread is the one that a process keeps for life: when a process executes
// another program, it is the only thread that goes on. What the kernel ties to the
// thread that started a child (prctl(2), PR_SET_PDEATHSIG) must therefore be begun
// there by a process that is ever to do so.
var mainThread struct {
	sync.Mutex
	calls chan func()
}

// PrepareMain says that ServeMain is about to be called: OnMain waits for it.
func PrepareMain() {
	mainThread.Lock()
	defer mainThread.Unlock()
	mainThread.calls = make(chan func())
}

// MainServed reports whether OnMain is served.
func MainServed() bool {
	mainThread.Lock()
	defer mainThread.Unlock()
	return mainThread.calls != nil
}

// ServeMain has the calling goroutine, which must be locked to the main thread,
// serve OnMain until done is closed.
func ServeMain(done <-chan struct{}) {
	mainThread.Lock()
	calls := mainThread.calls
	mainThread.Unlock()
	for {
		select {
		case f := <-calls:
			f()
		case <-done:
			mainThread.Lock()
			mainThread.calls = nil
			mainThread.Unlock()
			for { // who was too late
				select {
				case f := <-calls:
					f()
				default:
					return
				}
			}
		}
	}
}

// OnMain calls f on the main thread if somebody serves it, else here, and returns
// when f has.
func OnMain(f func()) {
	mainThread.Lock()
	calls := mainThread.calls
	if calls == nil {
		mainThread.Unlock()
		f()
		return
	}
	ran := make(chan struct{})
	calls <- func() { defer close(ran); f() }
	mainThread.Unlock()
	<-ran
}

// IsMainThread reports whether the calling thread is the main one.
func IsMainThread() bool { return os.Getpid() == gettid() }
