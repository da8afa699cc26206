package mworker

import "syscall"

// A change in place:
//
//	candidate            supervisor                     serving worker
//	proposed ──────────▶ apply ───────────────────────▶ validates, then changes
//	          ◀───────── (nothing: it is ended) ◀────── applied
//	goes on   ◀───────── declined ◀──────────────────── not-applied, or it is gone
//
// From apply until the answer only the answer decides the load, whatever becomes of
// the candidate: the serving worker may have changed already.

// proposes: the candidate has found that the serving worker could change what is
// different. It waits until it is told to go on, or ended.
func proposes(s *supervisor, w *worker, in input) {
	switch {
	case w.proposed != 0 || w.former == 0:
		hostile(s, w, in)
	case s.current == nil || s.current.state != Ready || s.current.generation != w.former:
		s.decline(w, "the serving worker is not what it was")
	default:
		w.proposed, w.former = s.current.number, 0
		s.do(effect{kind: doApply, worker: s.current.number, candidate: w.number})
	}
}

// decline has the load go on as if nothing had been proposed.
func (s *supervisor) decline(w *worker, reason string) {
	w.former, w.proposed = 0, 0
	switch {
	case w.state == Loading:
		s.do(effect{kind: doDecline, worker: w.number, text: reason})
	case w.exited: // it was given up meanwhile
		s.failLoad(w, w.ended)
	}
}

// proposer is the candidate whose changes the worker was asked to make.
func (s *supervisor) proposer(of *worker) *worker {
	if s.reload != nil && of != nil && s.reload.worker.proposed == of.number {
		return s.reload.worker
	}
	return nil
}

// orphaned: the worker that was asked does not serve any more.
func (s *supervisor) orphaned() {
	if s.reload == nil {
		return
	}
	if w := s.reload.worker; w.proposed != 0 && (s.current == nil || s.current.number != w.proposed) {
		s.decline(w, "the serving worker has ended")
	}
}

func applied(s *supervisor, current *worker, in input) {
	w := s.proposer(current)
	if w == nil {
		hostile(s, current, in)
		return
	}
	l := w.load
	w.load, w.proposed, w.spent = nil, 0, true
	current.generation = w.generation
	s.reload = nil
	s.do(effect{kind: doDisarm, worker: w.number, timer: timerLoad})
	s.do(effect{kind: doSeal, generation: w.generation})
	s.noteGood(w.generation)
	s.report(current, Event{Kind: EventApplied, First: l.first, Hard: l.hard})
	if w.exited {
		s.end(w)
	} else {
		w.state, w.reason = Draining, "its changes were made in place"
		s.signal(w, syscall.SIGKILL)
		s.arm(w, timerKill)
	}
	s.reloads++
	s.consecutive, s.lastFailed = 0, false
	for _, c := range l.callers {
		s.do(effect{kind: doReply, caller: c, generation: w.generation, ok: true, inPlace: true})
	}
}

func notApplied(s *supervisor, current *worker, in input) {
	w := s.proposer(current)
	if w == nil {
		hostile(s, current, in)
		return
	}
	s.decline(w, in.text)
}
