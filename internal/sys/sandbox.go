package sys

import (
	"errors"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Confinement is what Confine takes from a process.
type Confinement struct {
	UID, GID int           // who it runs as; negative: who it is
	CPU      time.Duration // of processor time, in whole seconds
	Memory   uint64        // bytes of data
	Files    uint64        // open descriptors
}

// Exec makes this process, which has to be there for nothing else, another program
// that can do little: it has no capability and gains none, cannot leave its process
// group and so not outlive it, dies with its parent, is served last by the processor
// and first by the OOM killer, writes no core and works in the root directory. It
// returns only with an error.
func (c Confinement) Exec(path string, argv, env []string) error {
	// What a thread is, its process is after an exec.
	runtime.LockOSThread()
	parent := os.Getppid()
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0) // there may be no /proc
	_ = unix.Setpriority(unix.PRIO_PROCESS, 0, 10)
	if err := c.limit(); err != nil {
		return err
	}
	if err := c.become(); err != nil {
		return err
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	if err := unix.Capset(&header, &none[0]); err != nil {
		return os.NewSyscallError("capset", err)
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return os.NewSyscallError("prctl", err)
	}
	if nativeArch != 0 {
		if err := filterThread(groupFilter()); err != nil {
			return os.NewSyscallError("seccomp", err)
		}
	}
	// A change of the user has undone what the parent asked for.
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
		return os.NewSyscallError("prctl", err)
	}
	if os.Getppid() != parent {
		return errors.New("the parent has ended")
	}
	if err := os.Chdir("/"); err != nil {
		return err
	}
	if err := leaveDescriptors(); err != nil {
		return err
	}
	return &os.PathError{Op: "exec", Path: path, Err: syscall.Exec(path, argv, env)}
}

// leaveDescriptors has an exec close all but the first three, wherever they are from.
func leaveDescriptors() error {
	open, err := os.ReadDir("/proc/self/fd")
	for _, e := range open {
		if fd, err := strconv.Atoi(e.Name()); err == nil && fd > 2 {
			syscall.CloseOnExec(fd)
		}
	}
	return err
}

func (c Confinement) limit() error {
	for _, l := range []struct {
		what int
		most uint64
	}{
		{unix.RLIMIT_CORE, 0},
		{unix.RLIMIT_CPU, uint64(c.CPU / time.Second)},
		{unix.RLIMIT_DATA, c.Memory},
		{unix.RLIMIT_NOFILE, c.Files},
	} {
		var now unix.Rlimit
		if err := unix.Getrlimit(l.what, &now); err != nil {
			return os.NewSyscallError("getrlimit", err)
		}
		most := min(l.most, now.Max)
		// As the process is left, not as the Go runtime would restore it.
		if err := unix.Prlimit(0, l.what, &unix.Rlimit{Cur: most, Max: most}, nil); err != nil {
			return os.NewSyscallError("setrlimit", err)
		}
	}
	return nil
}

// become changes the user of this thread alone.
func (c Confinement) become() error {
	if os.Geteuid() == 0 && (c.UID > 0 || c.GID > 0) {
		if _, _, errno := syscall.RawSyscall(unix.SYS_SETGROUPS, 0, 0, 0); errno != 0 {
			return os.NewSyscallError("setgroups", errno)
		}
	}
	if gid := uintptr(c.GID); c.GID >= 0 {
		if _, _, errno := syscall.RawSyscall(unix.SYS_SETRESGID, gid, gid, gid); errno != 0 {
			return os.NewSyscallError("setresgid", errno)
		}
	}
	if uid := uintptr(c.UID); c.UID >= 0 {
		if _, _, errno := syscall.RawSyscall(unix.SYS_SETRESUID, uid, uid, uid); errno != 0 {
			return os.NewSyscallError("setresuid", errno)
		}
	}
	return nil
}
