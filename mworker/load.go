package mworker

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
)

// request starts a load or, while one is under way, notes that another one is
// wanted: what the caller changed may have been read too early by the first.
func (s *supervisor) request(r *request) {
	switch {
	case s.stop == stopNow:
		s.answer(r.callers, 0, "the master is stopping")
	case s.reload == nil && len(s.pending) == 0 && !(s.hold && len(r.callers) == 0):
		s.beginReload(r)
	default:
		for _, p := range s.pending {
			if p.merge(r) {
				return
			}
		}
		s.pending = append(s.pending, r)
	}
}

// merge lets one load answer both, if they want the same of it.
func (p *request) merge(r *request) bool {
	if p.check != r.check || p.from != r.from {
		return false
	}
	p.hard = p.hard || r.hard
	p.forced = p.forced || r.forced
	p.callers = append(p.callers, r.callers...)
	for _, by := range r.by {
		if !slices.Contains(p.by, by) && len(p.by) < maxBy {
			p.by = append(p.by, by)
		}
	}
	return true
}

// holds reports whether the next load is to wait.
func (s *supervisor) holds() bool {
	return s.hold && !slices.ContainsFunc(s.pending, func(r *request) bool { return len(r.callers) > 0 })
}

// maxBy bounds how many of those who asked for the same load are named.
const maxBy = 4

func (s *supervisor) beginReload(r *request) {
	from := r.from
	if from != 0 && !slices.Contains(s.good, from) {
		s.answer(r.callers, 0, fmt.Sprintf("generation %d is not kept", from))
		return
	}
	s.nextGeneration++
	s.known = append(s.known, s.nextGeneration)
	s.reload = &load{hard: r.hard, first: !s.served, forced: r.forced, check: r.check, from: from, callers: r.callers}
	w := s.newWorker(s.nextGeneration, s.reload)
	w.phase, w.pause = "reading files", r.pause
	s.report(w, Event{Kind: EventReloading, Hard: r.hard, First: s.reload.first, From: from, By: strings.Join(r.by, ", ")})
	s.armLoad(w)
	s.do(effect{kind: doSnapshot, worker: w.number, generation: w.generation, from: from})
}

// armLoad starts the time that the worker's load may take.
func (s *supervisor) armLoad(w *worker) {
	if w.timeout == Never && w.respawned {
		// Nobody serves meanwhile: one that hangs must not be waited for for ever.
		w.timeout = Policy{}.withDefaults().LoadTimeout
	}
	if w.timeout == Never {
		s.do(effect{kind: doDisarm, worker: w.number, timer: timerLoad})
		return
	}
	s.do(effect{kind: doArm, worker: w.number, timer: timerLoad, after: w.timeout})
}

// cancel gives up the load that was asked for; what was asked for since is done
// next. A first load is no reload: to give that up is to stop.
func (s *supervisor) cancel(caller int) {
	if s.reload == nil || s.reload.first {
		s.answer([]int{caller}, 0, "no reload is under way")
		return
	}
	w := s.reload.worker
	if w.proposed != 0 {
		s.answer([]int{caller}, 0, "the serving worker is changing already")
		return
	}
	s.do(effect{kind: doReply, caller: caller, generation: w.generation, ok: true})
	s.deliver(w, input{kind: cmdAbandon, worker: w.number, text: "cancelled"})
}

func (s *supervisor) spawn(w *worker) {
	w.spawning = true
	w.phase = "starting"
	w.given = slices.Clone(s.store)
	if l := w.load; s.policy.InPlace && s.current != nil && s.current.state == Ready && !l.respawn && !l.hard && !l.forced && !l.check {
		w.former = s.current.generation
	}
	s.do(effect{kind: doSpawn, worker: w.number, generation: w.generation, keys: w.given, ok: w.respawned, forced: w.load.forced,
		check: w.load.check, from: w.load.from, former: w.former})
}

// giveUp ends a candidate. Its load is decided when the process has ended, so
// that the result can tell how.
func (s *supervisor) giveUp(w *worker, reason string, sig syscall.Signal) {
	w.state = Failed
	if w.reason == "" {
		w.reason = reason
	}
	switch {
	case w.pid != 0:
		s.signal(w, sig)
		s.arm(w, timerKill)
	case w.spawning: // spawned follows, and is met with SIGKILL
		s.arm(w, timerKill)
	default:
		s.failLoad(w, Status{})
	}
}

func (s *supervisor) signal(w *worker, sig syscall.Signal) {
	w.signalled = true
	if sig == syscall.SIGKILL {
		w.kills++
	}
	s.do(effect{kind: doSignal, worker: w.number, signal: sig})
}

// failLoad decides a load whose candidate has ended, or never was.
func (s *supervisor) failLoad(w *worker, status Status) {
	if s.current != nil && w.proposed == s.current.number {
		w.state, w.exited, w.ended = Failed, true, status
		return
	}
	l := w.load
	s.report(w, Event{Kind: EventFailed, Status: status, Text: w.reason, First: l.first, Hard: l.hard,
		Crash: crash(status.Signal != 0 && !w.signalled && w.pid != 0)})
	s.end(w)
	reason := w.reason
	if reason == "" {
		reason = "the worker " + status.String()
	}
	s.closeLoad(w, reason)
	if l.respawn {
		if s.current == nil { // otherwise it was only overtaken by a reload
			s.crashed()
		}
		return
	}
	if l.first && s.stop == stopNot {
		s.refusePending("the first load failed")
		code := status.Code
		if code == 0 || w.kills > 0 {
			// It ended without READY: no success, whatever it says. A signal of ours is
			// not its status.
			code = 1
		}
		s.exit(code)
	}
}

// closeLoad frees the load's place and answers its callers with a failure.
func (s *supervisor) closeLoad(w *worker, reason string) {
	l := w.load
	w.load = nil
	if l.respawn {
		s.respawn = nil
		return
	}
	s.reload = nil
	if l.check {
		for _, c := range l.callers {
			s.do(effect{kind: doReply, caller: c, generation: w.generation, check: true, text: reason})
		}
		return
	}
	s.failed++
	s.consecutive++
	s.lastFailed = true
	if s.current != nil {
		s.current.failed++
	}
	s.answer(l.callers, w.generation, reason)
}

// answer tells callers that their load failed.
func (s *supervisor) answer(callers []int, generation int, reason string) {
	for _, c := range callers {
		s.do(effect{kind: doReply, caller: c, generation: generation, text: reason})
	}
}

func (s *supervisor) refusePending(reason string) {
	for _, p := range s.pending {
		s.answer(p.callers, 0, reason)
	}
	s.pending = nil
}
