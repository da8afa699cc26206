package mworker

import (
	"os"
	"runtime"
	"runtime/debug"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// tellCrashes has the master learn how this process ends when it crashes: the
// runtime writes panics and faults to the pipe as well. SIGABRT, by which the
// master ends a worker that hangs, and the signals of faults when somebody sends
// them, have the stacks of all goroutines written. The runtime's own trace would
// lack those that run, which are the ones that matter.
func tellCrashes(fd int) error {
	syscall.CloseOnExec(fd)
	pipe := os.NewFile(uintptr(fd), "crash")
	if err := debug.SetCrashOutput(pipe, debug.CrashOptions{}); err != nil {
		return err
	}
	sys.OutsideFaults(func(sig syscall.Signal) {
		trace := append([]byte(faultNames[sig]+": stacks of all goroutines\n\n"), stacks()...)
		_, _ = pipe.Write(trace) // the process ends whatever becomes of it
		_, _ = os.Stderr.Write(trace)
	})
	return nil
}

var faultNames = map[syscall.Signal]string{
	syscall.SIGABRT: "SIGABRT", syscall.SIGSEGV: "SIGSEGV", syscall.SIGBUS: "SIGBUS", syscall.SIGFPE: "SIGFPE",
	syscall.SIGILL: "SIGILL", syscall.SIGTRAP: "SIGTRAP", syscall.SIGSYS: "SIGSYS",
}

// maxStacks bounds the memory that a trace takes.
const maxStacks = 1 << 20

func stacks() []byte {
	buf := make([]byte, maxStacks)
	return buf[:runtime.Stack(buf, true)]
}
