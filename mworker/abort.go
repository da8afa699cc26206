package mworker

import (
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// tellCrashes has the master learn how this process ends when it crashes: the
// runtime writes panics and faults to the pipe as well. SIGABRT, by which the
// master ends a worker that hangs, has the stacks of all goroutines written. The
// runtime's own trace would lack those that run, which are the ones that matter.
func tellCrashes(fd int) error {
	syscall.CloseOnExec(fd)
	pipe := os.NewFile(uintptr(fd), "crash")
	if err := debug.SetCrashOutput(pipe, debug.CrashOptions{}); err != nil {
		return err
	}
	aborted := make(chan os.Signal, 1)
	signal.Notify(aborted, syscall.SIGABRT)
	go func() {
		<-aborted
		trace := append([]byte("SIGABRT: stacks of all goroutines\n\n"), stacks()...)
		_, _ = pipe.Write(trace) // the process ends whatever becomes of it
		_, _ = os.Stderr.Write(trace)
		sys.DieOf(syscall.SIGABRT)
	}()
	return nil
}

// maxStacks bounds the memory that a trace takes.
const maxStacks = 1 << 20

func stacks() []byte {
	buf := make([]byte, maxStacks)
	return buf[:runtime.Stack(buf, true)]
}
