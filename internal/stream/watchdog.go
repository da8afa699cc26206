package stream

import (
	"bytes"
	"runtime"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// watch reports threads that hang in a turn, once a turn, until the engine
// stops (manual 3.1 "warn-blocked-traffic-after"). A turn that works for longer
// than the time is found within twice of it. One that stands still without
// using the processor is found after ten times: on a machine that has no time
// for the process, or after a SIGCONT, nobody is to blame.
func (e *Engine) watch(after time.Duration) {
	ticker := time.NewTicker(after)
	defer ticker.Stop()
	turns := make([]turnWatch, len(e.threads))
	for {
		select {
		case <-e.quit:
			return
		case <-ticker.C:
		}
		for i, t := range e.threads {
			w, turn := &turns[i], t.Turns.Load()
			worked := sys.ThreadTime(int(t.Thread.Load()))
			switch {
			case !t.Busy.Load():
				w.ticks = 0
			case w.ticks == 0 || w.turn != turn:
				*w = turnWatch{turn: turn, since: time.Now(), worked: worked, ticks: 1}
			default:
				w.ticks++
				if !w.said && (worked-w.worked >= after/2 || w.ticks > 10) {
					w.said = true
					e.Blocked.Add(1)
					e.log("WARNING! thread %d has stopped processing traffic for %d milliseconds with %d streams currently blocked, prevented from making any progress.\n%s",
						i+1, (time.Since(w.since)+after/2)/time.Millisecond, e.streams.Load(), loopStacks())
				}
			}
		}
	}
}

// turnWatch is what is known of the turn in which a thread is.
type turnWatch struct {
	turn   uint64
	since  time.Time     // when it was first seen
	worked time.Duration // CPU time of the thread then
	ticks  int           // how often it was seen; 0: the thread waits for events
	said   bool
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
