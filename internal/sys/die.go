package sys

import (
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// DieOf ends the process by a signal whatever the program or the runtime does
// about that signal: its action becomes the default. It returns, a second later,
// only if the signal ends nobody: the first process of a PID namespace does not
// die of its own.
func DieOf(sig syscall.Signal) {
	DefaultAction(sig)
	_ = unix.Kill(unix.Getpid(), sig)
	time.Sleep(time.Second) // another thread may be the one that takes it
}

// DefaultAction gives a signal the action that it has in a new process. The
// runtime does not know of it: what it has installed a handler for, it does not
// install again.
func DefaultAction(sig syscall.Signal) {
	// The kernel's struct sigaction: handler, flags, restorer, mask. All zero is
	// SIG_DFL.
	var action [4]uint64
	unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(&action)), 0, 8, 0, 0)
}
