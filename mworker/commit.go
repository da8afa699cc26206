package mworker

import (
	"slices"
	"syscall"
)

// commit makes the candidate that has answered serving the current worker. Only
// from here on is anything asked of its predecessor.
func (s *supervisor) commit(w *worker) {
	l, old := w.load, s.current
	w.load, w.state, w.phase = nil, Ready, ""
	s.current = w
	s.served = true
	s.stop, s.code = stopNot, 0 // a new worker cancels a drain
	if w.apply != nil {
		w.apply(&s.policy)
		s.policy = s.policy.withDefaults()
	}
	retire := s.keep(w)
	s.stillServed()
	s.do(effect{kind: doDisarm, worker: w.number, timer: timerLoad})
	s.arm(w, timerStable)
	s.armProbe(w)
	s.noteGood(w.generation)
	s.report(w, Event{Kind: EventReady, First: l.first, Hard: l.hard})

	if old != nil {
		s.deliver(old, input{kind: cmdReplaced, retire: retire, hard: l.hard})
	}
	if w.pause {
		s.deliver(w, input{kind: cmdPause, worker: w.number})
	}
	if l.respawn {
		s.respawn = nil
		return
	}
	s.reload = nil
	s.crashes = 0
	if s.respawn != nil {
		s.deliver(s.respawn.worker, input{kind: cmdAbandon, text: "a reload succeeded meanwhile"})
	}
	if !l.first {
		s.reloads++
		s.countReload(w)
	}
	s.consecutive, s.lastFailed = 0, false
	for _, c := range l.callers {
		s.do(effect{kind: doReply, caller: c, generation: w.generation, ok: true})
	}
}

// keep makes the worker's listeners the store's and returns the keys that it
// did not take over: nobody may accept on those any more.
func (s *supervisor) keep(w *worker) (retire []string) {
	for _, k := range s.store {
		if !slices.Contains(w.kept, k) {
			retire = append(retire, k)
		}
	}
	s.store = slices.Concat(w.kept, w.bound)
	slices.Sort(s.store)
	s.do(effect{kind: doKeep, worker: w.number, keys: retire})
	return retire
}

// countReload lets every leaving worker grow older by one reload, and ends
// those that are older than the policy allows.
func (s *supervisor) countReload(now *worker) {
	for _, w := range s.workers {
		if w == now || w.state != Draining || w.spent {
			continue
		}
		w.reloads++
		if limit := s.policy.maxReloads(); limit >= 0 && w.reloads > limit && w.exceeds < 0 {
			w.exceeds = limit
			w.reason = "it exceeds max reloads"
			s.report(w, Event{Kind: EventExceeds})
			s.signal(w, syscall.SIGTERM)
			s.arm(w, timerKill)
		}
	}
}

// noteGood makes a generation the one to respawn from, and forgets the oldest.
func (s *supervisor) noteGood(g int) {
	s.good = slices.DeleteFunc(s.good, func(x int) bool { return x == g })
	s.good = append(s.good, g)
	for len(s.good) > s.policy.KeptGenerations {
		s.forgetOldest()
	}
}

// forgetOldest drops the oldest good generation, never the last one.
func (s *supervisor) forgetOldest() {
	if len(s.good) < 2 {
		return
	}
	oldest := s.good[0]
	s.good = slices.Delete(s.good, 0, 1)
	s.proven = slices.DeleteFunc(s.proven, func(g int) bool { return g == oldest })
}
