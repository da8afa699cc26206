package worker

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// dieOf ends the process by the signal itself, as the reference does: who waits
// for it sees the same status. The return value is for a shell that sees only
// numbers, should the signal not arrive.
func dieOf(sig syscall.Signal) int {
	signal.Reset(sig)
	_ = syscall.Kill(os.Getpid(), sig)
	time.Sleep(time.Second)
	return 128 + int(sig)
}

// obey does what signals ask that somebody sends to the worker itself, past its
// master: a soft stop, after which the master starts another worker, and pauses.
func (s *service) obey() {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGUSR1, syscall.SIGTTOU, syscall.SIGTTIN)
	for sig := range signals {
		switch sig {
		case syscall.SIGUSR1:
			go s.Drain(nil, func() {})
		case syscall.SIGTTOU:
			s.Pause()
		case syscall.SIGTTIN:
			s.Resume()
		}
	}
}
