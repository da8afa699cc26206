package stream

import (
	"bytes"
	"runtime"
	"time"
)

// watch reports threads that hang in a turn, once a turn, until the engine
// stops (manual 3.1 "warn-blocked-traffic-after"). A turn that lasts longer than
// the time is found within twice of it.
func (e *Engine) watch(after time.Duration) {
	ticker := time.NewTicker(after)
	defer ticker.Stop()
	seen := make([]uint64, len(e.threads)) // turns, plus 1, when it was last busy
	said := make([]uint64, len(e.threads))
	since := make([]time.Time, len(e.threads))
	for {
		select {
		case <-e.quit:
			return
		case <-ticker.C:
		}
		for i, t := range e.threads {
			turn := t.Turns.Load() + 1
			switch {
			case !t.Busy.Load():
				seen[i] = 0
			case seen[i] != turn:
				seen[i], since[i] = turn, time.Now()
			case said[i] != turn:
				said[i] = turn
				e.Blocked.Add(1)
				e.log("WARNING! thread %d has stopped processing traffic for %d milliseconds with %d streams currently blocked, prevented from making any progress.\n%s",
					i+1, (time.Since(since[i])+after/2)/time.Millisecond, e.streams.Load(), loopStacks())
			}
		}
	}
}

// loopStacks are the stacks of the goroutines that run loops.
func loopStacks() []byte {
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	var out []byte
	for _, g := range bytes.Split(buf, []byte("\n\n")) {
		if bytes.Contains(g, []byte("loop.(*Loop).turn")) {
			out = append(append(out, g...), '\n')
		}
	}
	return out
}
