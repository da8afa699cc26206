package sys

import (
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sigaction is the kernel's struct sigaction of 64-bit machines.
type sigaction struct {
	handler  uintptr
	flags    uint64
	restorer uintptr
	mask     sigset
}

// Ignore has the kernel ignore a signal, until os/signal is asked for it.
func Ignore(sig syscall.Signal) { _ = setAction(sig, &sigaction{handler: 1}, nil) }

// TakePending takes the signals out that wait because the calling thread, like all
// others, blocks them.
func TakePending(signals []os.Signal) (taken []syscall.Signal) {
	set := setOf(signals)
	for {
		var now unix.Timespec
		n, _, e := unix.RawSyscall6(unix.SYS_RT_SIGTIMEDWAIT, uintptr(unsafe.Pointer(&set)), 0, uintptr(unsafe.Pointer(&now)), 8, 0, 0)
		if e == unix.EINTR {
			continue
		}
		if e != 0 {
			return taken
		}
		taken = append(taken, syscall.Signal(n))
	}
}

func setOf(signals []os.Signal) (set sigset) {
	for _, s := range signals {
		set |= 1 << (uint(s.(syscall.Signal)) - 1)
	}
	return set
}

func setAction(sig syscall.Signal, now, old *sigaction) error {
	_, _, e := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(now)), uintptr(unsafe.Pointer(old)), 8, 0, 0)
	if e != 0 {
		return os.NewSyscallError("rt_sigaction", e)
	}
	return nil
}
