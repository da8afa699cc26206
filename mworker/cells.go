package mworker

import (
	"fmt"
	"slices"
	"syscall"
)

// cell is what an input does to a worker in one state.
type cell func(*supervisor, *worker, input)

// ignore: the input is possible here and means nothing.
func ignore(*supervisor, *worker, input) {}

// notOffered: the input belongs to a capability of a later version.
func notOffered(s *supervisor, w *worker, in input) {
	s.report(w, Event{Kind: EventNotOffered, Text: fmt.Sprintf("%s of a worker that is %s", in.kind, w.state)})
}

// hostile: a worker that keeps the protocol cannot say this here.
func hostile(s *supervisor, w *worker, in input) {
	reason := fmt.Sprintf("it broke the protocol: %s while %s", in.kind, w.state)
	if in.kind == inBadFrame {
		reason = "it broke the protocol: " + in.text
	}
	if w.load != nil {
		s.giveUp(w, reason, syscall.SIGKILL)
		return
	}
	w.reason = reason
	s.signal(w, syscall.SIGKILL)
	s.arm(w, timerKill)
}

// loading

func readyToSpawn(s *supervisor, w *worker, _ input) { s.spawn(w) }

func loadFailsEarly(s *supervisor, w *worker, in input) {
	w.spawning = false
	w.reason = in.text
	s.failLoad(w, Status{})
}

func started(s *supervisor, w *worker, in input) {
	w.pid, w.spawning = in.pid, false
	s.report(w, Event{Kind: EventLoading, First: w.load.first, Hard: w.load.hard})
}

func progress(s *supervisor, w *worker, in input) {
	w.phase = in.text
	s.report(w, Event{Kind: EventPhase, Text: in.text})
}

// extended: a candidate knows only after its discovery how long its own
// configuration lets it load. It says so once: one that goes on loading must
// not go on extending.
func extended(s *supervisor, w *worker, in input) {
	if w.extended {
		hostile(s, w, in)
		return
	}
	w.extended, w.timeout = true, in.after
	s.armLoad(w)
}

func logged(s *supervisor, w *worker, in input) {
	s.report(w, Event{Kind: EventLog, Text: in.text, Level: in.level})
}

func discovered(s *supervisor, w *worker, in input) {
	if w.sentResult {
		hostile(s, w, in)
		return
	}
	w.discovered, w.sentResult = in.data, true
}

func offered(s *supervisor, w *worker, in input) {
	for _, k := range in.keys {
		twice := slices.Contains(w.kept, k) || slices.Contains(w.bound, k)
		if twice || in.kept && !slices.Contains(w.given, k) {
			hostile(s, w, input{kind: inBadFrame, text: fmt.Sprintf("listener %q offered twice or never given", k)})
			return
		}
		if in.kept {
			w.kept = append(w.kept, k)
		} else {
			w.bound = append(w.bound, k)
		}
	}
}

func reportsReady(s *supervisor, w *worker, in input) {
	w.state, w.phase = Checked, "ready"
	s.do(effect{kind: doVet, worker: w.number, generation: w.generation, data: w.discovered})
}

// closedEarly: end of file on a channel usually means that the process is
// ending; its status is worth waiting for.
func closedEarly(s *supervisor, w *worker, in input) {
	w.state, w.reason = Failed, in.text
	s.arm(w, timerKill)
}

func loadEnds(s *supervisor, w *worker, in input) { s.failLoad(w, in.status) }

func loadLate(s *supervisor, w *worker, _ input) {
	reason := fmt.Sprintf("load timeout after %s in phase: %s", w.timeout, w.phase)
	s.giveUp(w, reason, syscall.SIGKILL)
}

// abandoned: SIGKILL, because a candidate serves nobody yet and its duplicates
// of the listeners keep connections waiting until it is gone.
func abandoned(s *supervisor, w *worker, in input) { s.giveUp(w, in.text, syscall.SIGKILL) }

func stopped(s *supervisor, w *worker, in input) { s.giveUp(w, in.text, syscall.SIGTERM) }

func interrupted(s *supervisor, w *worker, in input) { s.giveUp(w, in.text, syscall.SIGINT) }

// checked

func beginServing(s *supervisor, w *worker, in input) {
	if w.load.check {
		s.pass(w)
		return
	}
	w.apply = in.apply
	w.committing = true
	s.do(effect{kind: doServe, worker: w.number})
}

func refused(s *supervisor, w *worker, in input) { s.giveUp(w, in.text, syscall.SIGTERM) }

// refusedToServe: a worker that says so exits by itself, with a status of its
// own.
func refusedToServe(s *supervisor, w *worker, in input) {
	w.state, w.reason = Failed, in.text
	s.arm(w, timerKill)
}

func serves(s *supervisor, w *worker, in input) {
	if !w.committing {
		hostile(s, w, in)
		return
	}
	s.commit(w)
}

// abandonedLate: a candidate that was told to serve may hold connections
// already, so it drains.
func abandonedLate(s *supervisor, w *worker, in input) {
	if !w.committing {
		abandoned(s, w, in)
		return
	}
	l := w.load
	w.state, w.reason = Draining, in.text
	s.do(effect{kind: doDisarm, worker: w.number, timer: timerLoad})
	s.do(effect{kind: doDrain, worker: w.number, keys: s.notKept(w)})
	s.armDrain(w)
	s.armProbe(w)
	if !l.respawn {
		s.report(w, Event{Kind: EventFailed, Text: in.text, First: l.first, Hard: l.hard})
	}
	s.closeLoad(w, in.text)
}

// notKept returns the worker's listeners that the store does not hold.
func (s *supervisor) notKept(w *worker) (keys []string) {
	for _, k := range slices.Concat(w.kept, w.bound) {
		if !slices.Contains(s.store, k) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}

// ready and paused

func stable(s *supervisor, w *worker, _ input) {
	s.crashes = 0
	if !slices.Contains(s.proven, w.generation) {
		s.proven = append(s.proven, w.generation)
	}
}

func replaced(s *supervisor, w *worker, in input) {
	w.state, w.reason = Draining, "replaced"
	s.do(effect{kind: doDisarm, worker: w.number, timer: timerStable})
	if in.hard {
		s.signal(w, syscall.SIGTERM)
		s.arm(w, timerKill)
		return
	}
	s.do(effect{kind: doDrain, worker: w.number, keys: in.retire})
	s.armDrain(w)
}

func drains(s *supervisor, w *worker, in input) {
	s.leave(w, in)
	s.do(effect{kind: doDrain, worker: w.number, keys: s.notKept(w)})
	s.armDrain(w)
}

func terminated(s *supervisor, w *worker, in input) {
	s.leave(w, in)
	sig := syscall.SIGTERM
	if in.kind == cmdInt {
		sig = syscall.SIGINT
	}
	s.signal(w, sig)
	s.arm(w, timerKill)
}

// leave takes the serving worker out of service on behalf of the master.
func (s *supervisor) leave(w *worker, in input) {
	if s.current == w {
		s.current = nil
		w.lastOne = true
		s.do(effect{kind: doDisarm, worker: w.number, timer: timerStable})
	}
	w.state, w.reason = Draining, in.text
}

func pauses(s *supervisor, w *worker, _ input) {
	w.state = Paused
	s.do(effect{kind: doPause, worker: w.number})
	s.report(w, Event{Kind: EventPaused})
}

func resumes(s *supervisor, w *worker, _ input) {
	w.state = Ready
	s.do(effect{kind: doResume, worker: w.number})
	s.report(w, Event{Kind: EventResumed})
}

// pausesLater: what is asked for during a load is meant for the time after it.
func pausesLater(_ *supervisor, w *worker, _ input) { w.pause = true }

func resumesLater(_ *supervisor, w *worker, _ input) { w.pause = false }

func crashes(s *supervisor, w *worker, in input) { s.currentExited(w, in.status) }

// endSoon: the channel is closed, so the process is ending; if it is not, it
// can no more be told anything.
func endSoon(s *supervisor, w *worker, _ input) { s.arm(w, timerKill) }

// overdue: SIGKILL for a process that has not ended in time.
func overdue(s *supervisor, w *worker, _ input) {
	s.report(w, Event{Kind: EventUnresponsive})
	s.signal(w, syscall.SIGKILL)
	s.arm(w, timerKill)
}

// draining

func closedListeners(s *supervisor, w *worker, _ input) {
	s.report(w, Event{Kind: EventRetired})
}

func leaves(s *supervisor, w *worker, in input) {
	if w.spent {
		s.end(w)
		return
	}
	kind := EventFormerExited
	if w.lastOne {
		kind = EventCurrentExited
		s.keepStatus(w, in.status)
	}
	s.report(w, Event{Kind: kind, Status: in.status, ExceedsMaxReloads: w.exceeds, Crash: crash(w.hung || !w.signalled && in.status.Code != 0)})
	s.end(w)
}

// beyondReach: not even SIGKILL ended a leaving worker in time (it hangs in
// the kernel). The master does not wait for it.
func overdueLeaving(s *supervisor, w *worker, in input) {
	if w.kills > 0 {
		leaves(s, w, input{status: exitStatus(0, syscall.SIGKILL)})
		return
	}
	overdue(s, w, in)
}

// failed

func unwanted(s *supervisor, w *worker, in input) {
	w.pid, w.spawning = in.pid, false
	s.signal(w, syscall.SIGKILL)
	s.arm(w, timerKill)
}

func overdueFailed(s *supervisor, w *worker, in input) {
	if w.kills > 0 || w.pid == 0 {
		s.failLoad(w, exitStatus(0, syscall.SIGKILL))
		return
	}
	overdue(s, w, in)
}

// gone

// straggler: a process that turned up after its load was given up.
func straggler(s *supervisor, w *worker, _ input) { s.signal(w, syscall.SIGKILL) }
