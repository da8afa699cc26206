package mworker

import (
	"fmt"
	"syscall"
	"time"
)

// A worker that serves or drains is asked at intervals whether it lives. Time is
// measured in questions, not by the clock: between two of them the master ran,
// and so an answer that is there is never overlooked because the master, or the
// machine, was stopped for long.

// hangProbes is how many intervals in a row may pass without an answer.
const hangProbes = 4

// abortGrace is the time to write a trace after SIGABRT.
const abortGrace = 2 * time.Second

func (s *supervisor) armProbe(w *worker) {
	if s.policy.HangTimeout != Never {
		s.do(effect{kind: doArm, worker: w.number, timer: timerProbe, after: s.policy.HangTimeout / hangProbes})
	}
}

// probes asks, or notes that an answer is missing.
func probes(s *supervisor, w *worker, _ input) {
	switch {
	case w.hung || s.policy.HangTimeout == Never:
		return
	case !w.asked:
		w.asked = true
		s.do(effect{kind: doPing, worker: w.number})
	default:
		if w.missed++; w.missed >= hangProbes {
			s.hangs(w)
			return
		}
	}
	s.armProbe(w)
}

func answers(_ *supervisor, w *worker, _ input) { w.asked, w.missed = false, 0 }

// hangs ends a worker that does not answer. What it has taken in is lost with it;
// what waits for it is not.
func (s *supervisor) hangs(w *worker) {
	w.hung = true
	w.reason = fmt.Sprintf("it has not answered for %s", s.policy.HangTimeout)
	s.report(w, Event{Kind: EventHung, Text: w.reason})
	s.signal(w, syscall.SIGABRT)
	s.do(effect{kind: doArm, worker: w.number, timer: timerKill, after: abortGrace})
}
