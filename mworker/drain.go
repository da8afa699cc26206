package mworker

import (
	"fmt"
	"slices"
	"syscall"
	"time"
)

// Workers that drain are governed: one that does so for too long, one too many of
// them, and the oldest of them when all workers take too much memory, is hurried,
// which closes what is idle, and after a grace ended by SIGTERM. Only one at a time
// is ended for its memory: the next measurement tells whether another one has to go.
// Nothing but its own deadline ends a worker while nobody else serves.

// measureEvery is how often memory is measured while a worker drains.
const measureEvery = 2 * time.Second

// armDrain starts the time that a worker may drain.
func (s *supervisor) armDrain(w *worker) {
	if s.policy.DrainTimeout != Never {
		s.do(effect{kind: doArm, worker: w.number, timer: timerDrain, after: s.policy.DrainTimeout})
	}
}

// drainsLate: the worker's time is over, or the grace after that.
func drainsLate(s *supervisor, w *worker, _ input) {
	switch {
	case w.signalled: // it is ending
	case !w.hurried:
		s.hurry(w, fmt.Sprintf("it has drained for %s", s.policy.DrainTimeout))
	default:
		s.report(w, Event{Kind: EventOverstays, Text: w.reason})
		s.signal(w, syscall.SIGTERM)
		s.arm(w, timerKill)
	}
}

// hurry has a draining worker close what is idle; what is not may go on for the
// grace.
func (s *supervisor) hurry(w *worker, why string) {
	w.hurried, w.reason = true, why
	s.report(w, Event{Kind: EventHurried, Text: why})
	s.do(effect{kind: doHurry, worker: w.number})
	s.do(effect{kind: doArm, worker: w.number, timer: timerDrain, after: s.policy.DrainGrace})
}

// ending reports whether the end of a worker is near already.
func (w *worker) ending() bool { return w.hurried || w.signalled }

// former are the workers that drain, oldest first, without those that never served.
func (s *supervisor) former() (list []*worker) {
	for _, w := range s.workers {
		if w.state == Draining && !w.spent {
			list = append(list, w)
		}
	}
	return list
}

// govern hurries the oldest of too many draining workers, and has memory measured
// as long as that may matter.
func (s *supervisor) govern() {
	if s.current == nil || s.stop != stopNot {
		return
	}
	list := slices.DeleteFunc(s.former(), (*worker).ending)
	if limit := s.policy.MaxDraining; limit > 0 && len(list) > limit {
		for _, w := range list[:len(list)-limit] {
			s.hurry(w, fmt.Sprintf("more than %d workers drain", limit))
		}
		list = list[len(list)-limit:]
	}
	if len(list) > 0 && s.policy.DrainMemory > 0 && !s.measuring {
		s.measuring = true
		s.do(effect{kind: doArm, timer: timerMemory, after: measureEvery})
	}
}

// measured takes the memory of all workers in.
func (s *supervisor) measured(bytes int64) {
	s.measuring = false
	if s.current == nil || s.stop != stopNot || s.policy.DrainMemory <= 0 || bytes <= s.policy.DrainMemory {
		return
	}
	list := s.former()
	if len(list) > 0 && !slices.ContainsFunc(list, (*worker).ending) {
		s.hurry(list[0], fmt.Sprintf("the workers take %d MiB of memory, more than %d MiB", bytes>>20, s.policy.DrainMemory>>20))
	}
}
