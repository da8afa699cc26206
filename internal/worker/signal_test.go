package worker

import (
	"slices"
	"syscall"
	"testing"
)

// Once the process serves, each signal reaches it, in the order of their arrival;
// those that had their default action so far as well.
func TestSignals(t *testing.T) {
	s := CatchSignals()
	defer s.Stop()
	got := make(chan syscall.Signal, 1)
	s.serve(func(sig syscall.Signal) { got <- sig }, syscall.SIGTERM)
	sent := []syscall.Signal{syscall.SIGTTOU, syscall.SIGTTIN, syscall.SIGQUIT, syscall.SIGPIPE, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGHUP}
	var all []syscall.Signal
	for _, sig := range sent {
		syscall.Kill(syscall.Getpid(), sig)
		all = append(all, <-got)
	}
	if !slices.Equal(all, sent) {
		t.Errorf("%v, want %v", all, sent)
	}
}
