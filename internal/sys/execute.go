package sys

import (
	"errors"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

func gettid() int { return unix.Gettid() }

// ExecuteAs replaces the program of this process, by the one that the descriptor
// refers to; keep are the descriptors that the new one finds open. The process's
// signals wait meanwhile: they are blocked on every thread, a state that outlives the
// execution, and os/signal of the new program lets those in that it is asked for.
// caught is called when no more come in, and returns those that the program at hand
// has taken in and not acted upon: they are sent again.
// It returns only if it fails, with everything as before.
func ExecuteAs(exe int, argv, env []string, keep []int, signals []os.Signal, caught func() []syscall.Signal) error {
	var set, old sigset
	for _, s := range signals {
		n := uint(s.(syscall.Signal)) - 1
		set |= 1 << n
	}
	if err := onAllThreads(unix.SIG_BLOCK, &set, &old); err != nil {
		return err
	}
	defer onAllThreads(unix.SIG_UNBLOCK, &set, nil)
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
	err := error(nil)
	OnMain(func() { err = syscall.Exec(DescriptorPath(exe), argv, env) })
	if err == nil {
		err = errors.New("nothing was executed")
	}
	return &os.PathError{Op: "exec", Path: argv[0], Err: err}
}

// sigset is the kernel's, of 64 signals.
type sigset uint64

// onAllThreads changes the signal mask of every thread. Where C is part of the
// program that cannot be done, and the main thread's has to do: what another thread
// takes in the moment before the execution is lost then.
func onAllThreads(how int, set, old *sigset) error {
	_, _, e := syscall.AllThreadsSyscall6(unix.SYS_RT_SIGPROCMASK, uintptr(how), uintptr(unsafe.Pointer(set)), uintptr(unsafe.Pointer(old)), 8, 0, 0)
	if e == syscall.ENOTSUP {
		OnMain(func() {
			_, _, e = unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, uintptr(how), uintptr(unsafe.Pointer(set)), uintptr(unsafe.Pointer(old)), 8, 0, 0)
		})
	}
	if e != 0 {
		return os.NewSyscallError("rt_sigprocmask", e)
	}
	return nil
}
