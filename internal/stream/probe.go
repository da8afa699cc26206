package stream

import "sync/atomic"

// Probe calls done, on one of the threads, once every thread has come to it: one
// that hangs in a turn never does.
func (e *Engine) Probe(done func()) {
	left := new(atomic.Int64)
	left.Store(int64(len(e.threads)))
	turned := func() {
		if left.Add(-1) == 0 {
			done()
		}
	}
	for _, t := range e.threads {
		if !t.Post(turned) {
			turned() // it has ended
		}
	}
}
