package sys

import (
	"errors"
	"os"
	"os/signal"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

func gettid() int { return unix.Gettid() }

// ExecuteAs replaces the program of this process, by the one that the descriptor
// refers to; keep are the descriptors that the new one finds open. The process's
// signals wait meanwhile: they are held back, which outlives the execution, and
// os/signal of the new program lets those in that it is asked for.
// caught is called when no more come in, and returns those that the program at hand
// has taken in and not acted upon: they are sent again.
// It returns only if it fails, with everything as before.
func ExecuteAs(exe int, argv, env []string, keep []int, signals []os.Signal, caught func() []syscall.Signal) error {
	set := setOf(signals)
	release, err := holdSignals(set)
	if err != nil {
		return err
	}
	defer letIn()
	defer release()
	for _, sig := range caught() {
		_ = unix.Kill(unix.Getpid(), sig)
	}
	for _, fd := range keep {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_SETFD, 0); err != nil {
			return os.NewSyscallError("fcntl", err)
		}
	}
	defer func() {
		for _, fd := range keep {
			unix.CloseOnExec(fd)
		}
	}()
	OnMain(func() {
		var old sigset
		if err = maskThread(unix.SIG_BLOCK, &set, &old); err != nil {
			return
		}
		defer maskThread(unix.SIG_SETMASK, &old, nil)
		if pending()&fatal != 0 {
			err = ErrSignalPending
			return
		}
		var was sigaction
		_ = setAction(syscall.SIGHUP, &sigaction{handler: 1}, &was) // SIG_IGN, which Go respects
		err = syscall.Exec(DescriptorPath(exe), argv, env)
		_ = setAction(syscall.SIGHUP, &was, nil)
	})
	if err == ErrSignalPending {
		return err
	}
	return &os.PathError{Op: "exec", Path: argv[0], Err: err}
}

// fatal are the signals that a Go program does not let wait: its runtime unblocks them
// on every thread, and until it is asked for them they end the process. (SIGHUP can be
// ignored instead: one that comes while the new program starts is lost.)
const fatal sigset = 1<<(syscall.SIGHUP-1) | 1<<(syscall.SIGINT-1) | 1<<(syscall.SIGQUIT-1) | 1<<(syscall.SIGTERM-1)

// ErrSignalPending is returned by ExecuteAs when a signal came that a new program
// would die of. It is to be acted upon first.
var ErrSignalPending = errors.New("sys: a signal is pending")

// pending are the signals that wait.
func pending() (set sigset) {
	_, _, _ = unix.RawSyscall(unix.SYS_RT_SIGPENDING, uintptr(unsafe.Pointer(&set)), 8, 0)
	return set
}

// sigset is the kernel's, of 64 signals.
type sigset uint64

func maskThread(how int, set, old *sigset) error {
	_, _, e := unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, uintptr(how), uintptr(unsafe.Pointer(set)), uintptr(unsafe.Pointer(old)), 8, 0, 0)
	if e != 0 {
		return os.NewSyscallError("rt_sigprocmask", e)
	}
	return nil
}

// letIn has os/signal's own thread set its mask again, whatever was held back there:
// it does so whenever it is asked for a signal that it did not watch.
func letIn() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGWINCH)
	signal.Stop(c)
}
