package mworker

import "syscall"

// pass decides a load that was only to be checked: it would serve now. Its worker
// has bound what it needs and listens on nothing; it is ended before it is told to.
func (s *supervisor) pass(w *worker) {
	l := w.load
	w.load, w.spent = nil, true
	w.state, w.reason = Draining, "checked"
	s.do(effect{kind: doDisarm, worker: w.number, timer: timerLoad})
	s.report(w, Event{Kind: EventChecked})
	s.signal(w, syscall.SIGTERM)
	s.arm(w, timerKill)
	s.reload = nil
	for _, c := range l.callers {
		s.do(effect{kind: doReply, caller: c, generation: w.generation, ok: true, check: true})
	}
}
