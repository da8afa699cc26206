package sys

import (
	"os"
	"os/signal"
	"syscall"
)

// OutsideFaults has the signals of faults end the process as they would end a C
// program when somebody sends them: by the signal itself, so that whoever waits for
// it sees the same status. The Go runtime would make each a status 2. What the
// program does wrong itself is not concerned: those signals stay the runtime's.
// told, if not nil, is called first.
func OutsideFaults(told func(syscall.Signal)) {
	faults := make(chan os.Signal, 1)
	signal.Notify(faults, syscall.SIGABRT, syscall.SIGSEGV, syscall.SIGBUS, syscall.SIGFPE, syscall.SIGILL, syscall.SIGTRAP, syscall.SIGSYS)
	go func() {
		sig := (<-faults).(syscall.Signal)
		if told != nil {
			told(sig)
		}
		DieOf(sig)
		os.Exit(128 + int(sig)) // the first process of a container outlives its own signals
	}()
}
