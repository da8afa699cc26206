package mworker

import (
	"slices"
	"time"
)

// watchService makes sure that somebody serves, or soon will: whenever nobody
// does and nothing is under way, the last good generation is started again.
func (s *supervisor) watchService() {
	if s.current != nil || !s.served || s.stop != stopNot || s.stopped || s.policy.ExitOnFailure {
		return
	}
	if !s.idle && len(s.store) > 0 {
		s.idle = true
		s.do(effect{kind: doArm, timer: timerUnserved, after: s.policy.UnservedAfter})
	}
	if s.respawn != nil || s.waiting {
		return
	}
	s.chooseGeneration()
	delay := s.delay()
	s.event(Event{Kind: EventRespawn, Generation: s.lastGood(), Delay: delay})
	if delay == 0 {
		s.startRespawn()
		return
	}
	s.waiting = true
	s.do(effect{kind: doArm, timer: timerRespawn, after: delay})
}

// crashed counts the end of a worker that should have gone on.
func (s *supervisor) crashed() { s.crashes++ }

// chooseGeneration falls back once the last good generation has shown that it
// is not: soon if it never was seen to be stable, for it is then what changed.
func (s *supervisor) chooseGeneration() {
	if len(s.good) < 2 {
		return
	}
	limit := s.policy.CrashLimit
	if !slices.Contains(s.proven, s.lastGood()) {
		limit = min(limit, unprovenCrashes)
	}
	if s.crashes <= limit {
		return
	}
	s.good = s.good[:len(s.good)-1]
	s.crashes = 1
	s.event(Event{Kind: EventFallback, Generation: s.lastGood()})
}

// unprovenCrashes is how often a generation that has never been stable may crash:
// once may be an accident, or an operator.
const unprovenCrashes = 1

func (s *supervisor) lastGood() int { return s.good[len(s.good)-1] }

// delay is nothing for the first crash after a stable time, so that clients
// hardly notice, and doubles from then on.
func (s *supervisor) delay() time.Duration {
	if s.crashes <= 1 {
		return 0
	}
	d := s.policy.RespawnDelay
	for n := 2; n < s.crashes && d < s.policy.RespawnMax; n++ {
		d *= 2
	}
	return min(d, s.policy.RespawnMax)
}

// startRespawn loads the last good generation; it reads no file.
func (s *supervisor) startRespawn() {
	if s.current != nil || s.respawn != nil || s.stop != stopNot || len(s.good) == 0 {
		return // overtaken: the timer was on its way
	}
	s.respawn = &load{respawn: true}
	w := s.newWorker(s.lastGood(), s.respawn)
	s.armLoad(w)
	s.spawn(w)
}

// onUnserved closes listeners on which clients would wait in vain, so that
// health checks in front of this machine notice. Respawns go on and bind anew.
func (s *supervisor) onUnserved() {
	s.idle = false
	if s.current != nil || len(s.store) == 0 {
		return
	}
	if s.reload != nil { // its candidate holds duplicates: let its load be decided first
		s.idle = true
		s.do(effect{kind: doArm, timer: timerUnserved, after: s.policy.UnservedAfter})
		return
	}
	s.closeStore()
	s.event(Event{Kind: EventUnserved})
	if s.respawn != nil {
		s.deliver(s.respawn.worker, input{kind: cmdAbandon, text: "the listeners were closed"})
	}
}

// stillServed ends the waiting that the lack of a serving worker had begun.
func (s *supervisor) stillServed() {
	if s.idle {
		s.idle = false
		s.do(effect{kind: doDisarm, timer: timerUnserved})
	}
	if s.waiting {
		s.waiting = false
		s.do(effect{kind: doDisarm, timer: timerRespawn})
	}
}

func (s *supervisor) closeStore() {
	if len(s.store) > 0 {
		s.do(effect{kind: doCloseStore, keys: s.store})
		s.store = nil
	}
}
