package worker

import (
	"os"
	"os/signal"
	"runtime/debug"
	"sync"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// Signals are those that somebody sends to this process itself: to a worker past
// its master, or to a process without one. Until the process serves, USR1 ends it,
// for there is nothing yet to be finished, and the others mean nothing; TERM and
// INT keep their default action.
type Signals struct {
	in   chan os.Signal
	mu   sync.Mutex
	obey func(syscall.Signal) // nil until the process serves
}

// caught are all that would otherwise end or stop the process, or that the Go
// runtime would lose. Catching, not ignoring: what the process starts would go on
// ignoring.
var caught = []os.Signal{
	syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGHUP, syscall.SIGTTOU, syscall.SIGTTIN, syscall.SIGQUIT, syscall.SIGPIPE,
}

// CatchSignals is the first thing a process does.
func CatchSignals() *Signals {
	s := &Signals{in: make(chan os.Signal, 64)}
	signal.Notify(s.in, caught...)
	if signal.Ignored(syscall.SIGINT) { // a shell starts jobs in the background so
		sys.DefaultAction(syscall.SIGINT)
	}
	go s.run()
	return s
}

// Stop leaves the signals to others.
func (s *Signals) Stop() {
	signal.Stop(s.in)
	close(s.in)
}

func (s *Signals) run() {
	for sig := range s.in {
		s.mu.Lock()
		obey := s.obey
		s.mu.Unlock()
		switch {
		case obey != nil:
			obey(sig.(syscall.Signal))
		case sig == syscall.SIGUSR1:
			os.Exit(dieOf(syscall.SIGUSR1))
		}
	}
}

// serve has signals obeyed from now on; more are caught that so far had their
// default action.
func (s *Signals) serve(obey func(syscall.Signal), more ...os.Signal) {
	s.mu.Lock()
	s.obey = obey
	s.mu.Unlock()
	if len(more) > 0 {
		signal.Notify(s.in, more...)
	}
}

// obey does what a signal asks, sent to a worker or to a process without a
// master: USR1 a soft stop, TTOU and TTIN a pause and its end, HUP a word on every
// server, QUIT memory that can be spared. After the stop of a worker its master
// starts another one.
func (s *service) obey(sig syscall.Signal) {
	switch sig {
	case syscall.SIGUSR1:
		retire := s.keys() // nobody else serves them
		if s.replaced != nil {
			retire = nil // the master has them
		}
		go s.Drain(retire, func() {})
	case syscall.SIGTTOU:
		s.Pause()
	case syscall.SIGTTIN:
		s.Resume()
	case syscall.SIGHUP:
		s.sayStates()
	case syscall.SIGQUIT:
		go debug.FreeOSMemory()
	}
}

// dieOf ends the process by the signal itself, as the reference does: who waits
// for it sees the same status. The return value is for a shell that sees only
// numbers, should the signal not arrive.
func dieOf(sig syscall.Signal) int {
	sys.DieOf(sig)
	return 128 + int(sig)
}
