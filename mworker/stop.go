package mworker

import (
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

func (s *supervisor) onSignal(sig syscall.Signal) {
	switch sig {
	case syscall.SIGUSR2, syscall.SIGHUP:
		s.request(&request{by: []string{unix.SignalName(sig)}})
	case syscall.SIGUSR1:
		s.drain()
	case syscall.SIGTERM:
		s.stopAll("TERM", cmdTerm, 0)
	case syscall.SIGINT:
		s.stopAll("INT", cmdInt, 130)
	case syscall.SIGTTOU:
		s.pauseAll(cmdPause)
	case syscall.SIGTTIN:
		s.pauseAll(cmdResume)
	}
}

// pauseAll pauses or resumes who serves, and who will. A reload ends a pause,
// but not one that was asked for after it.
func (s *supervisor) pauseAll(cmd inputKind) {
	for _, p := range s.pending {
		p.pause = cmd == cmdPause
	}
	s.tellAll(input{kind: cmd})
}

// drain closes every listener and lets what was begun be finished.
func (s *supervisor) drain() {
	if s.stop == stopNow {
		return
	}
	s.stop = stopDrain
	s.event(Event{Kind: EventStopping, Text: "USR1"})
	s.refusePending("the master is stopping")
	s.stillServed()
	s.closeStore()
	s.tellAll(input{kind: cmdDrain, text: "the master is stopping"})
}

// stopAll ends every worker, candidates included. The first of several causes
// decides the exit code.
func (s *supervisor) stopAll(name string, cmd inputKind, code int) {
	if s.stop == stopNow {
		return
	}
	s.stop, s.code = stopNow, code
	if name != "" {
		s.event(Event{Kind: EventStopping, Text: name})
	}
	s.refusePending("the master is stopping")
	s.stillServed()
	s.closeStore()
	s.tellAll(input{kind: cmd, text: "the master is stopping"})
}

// keepStatus: when the last worker does not end as the soft stop had it, the
// master ends with its status. A SIGTERM is a wish as well.
func (s *supervisor) keepStatus(w *worker, status Status) {
	if s.stop == stopDrain && !w.signalled && status.Signal != syscall.SIGTERM && s.code == 0 {
		s.code = status.Code
	}
}

func (s *supervisor) tellAll(in input) {
	for _, w := range slices.Clone(s.workers) {
		in.worker = w.number
		s.deliver(w, in)
	}
}

// currentExited handles the end of the serving worker that nobody asked for.
func (s *supervisor) currentExited(w *worker, status Status) {
	s.report(w, Event{Kind: EventCurrentExited, Status: status, Crash: crash(true)})
	s.end(w)
	if !s.policy.ExitOnFailure {
		s.crashed()
		return
	}
	switch status.Code {
	case 0, 128 + int(syscall.SIGTERM):
		s.closeStore()
	case 128 + int(syscall.SIGINT):
		s.closeStore()
		s.code = status.Code
	default:
		s.event(Event{Kind: EventExitOnFailure, Status: status})
		s.stopAll("", cmdTerm, status.Code)
	}
}
