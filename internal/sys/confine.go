package sys

import (
	"errors"
	"os"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Privileges belong to threads. What is changed here is changed on all threads
// of the process, and new ones inherit it.

// errForeignThreads is what AllThreadsSyscall says of a program with cgo.
var errForeignThreads = errors.New("threads of other runtimes in this process")

func everywhere(trap, a1, a2, a3 uintptr) error {
	switch _, _, errno := syscall.AllThreadsSyscall(trap, a1, a2, a3); errno {
	case 0:
		return nil
	case syscall.ENOTSUP:
		return errForeignThreads
	default:
		return errno
	}
}

// KeepCapabilities has a change of the user leave the permitted capabilities
// (PR_SET_KEEPCAPS).
func KeepCapabilities(on bool) error {
	v := uintptr(0)
	if on {
		v = 1
	}
	return everywhere(syscall.SYS_PRCTL, unix.PR_SET_KEEPCAPS, v, 0)
}

// capCall is the memory of capset(2)'s arguments: all threads read it, and on a
// stack it might move.
var capCall struct {
	sync.Mutex
	header unix.CapUserHeader
	data   [2]unix.CapUserData
}

// SetCapabilities makes caps, by bit, the permitted and effective capabilities
// and drops all others.
func SetCapabilities(caps uint64) error {
	capCall.Lock()
	defer capCall.Unlock()
	capCall.header = unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	capCall.data = [2]unix.CapUserData{
		{Effective: uint32(caps), Permitted: uint32(caps)},
		{Effective: uint32(caps >> 32), Permitted: uint32(caps >> 32)},
	}
	return everywhere(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&capCall.header)), uintptr(unsafe.Pointer(&capCall.data)), 0)
}

// NoNewPrivileges makes execve(2) ignore setuid bits and file capabilities.
func NoNewPrivileges() error {
	err := everywhere(syscall.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0)
	if err != errForeignThreads {
		return err
	}
	// A filter that is given to all threads takes this along.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	return filterAll([]unix.SockFilter{{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW}})
}

// DieWithParent has the kernel kill this process when the thread that started it
// ends; where the parent is a program in Go, whose threads stay, that is when
// the parent ends. A change of the user or of capabilities undoes it.
func DieWithParent() {
	_ = unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0) // cannot fail for a signal that exists
}

// AllowCoreDumps undoes what forbids core dumps: the flag that a change of the
// user cleared, and the limits of sizes.
func AllowCoreDumps() error {
	for _, what := range []int{unix.RLIMIT_CORE, unix.RLIMIT_FSIZE} {
		var l unix.Rlimit
		if unix.Getrlimit(what, &l) == nil {
			l.Cur = l.Max
			_ = unix.Setrlimit(what, &l)
		}
		_ = unix.Setrlimit(what, &unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY}) // where that is allowed
	}
	return unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0)
}

// SetNice gives every thread of the process a priority from -20 to 19; those
// that start later inherit it.
func SetNice(n int) error {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	for _, t := range threads {
		tid, err := strconv.Atoi(t.Name())
		if err != nil {
			continue
		}
		if err := unix.Setpriority(unix.PRIO_PROCESS, tid, n); err != nil && err != unix.ESRCH {
			return err
		}
	}
	return nil
}

// Nice returns the priority of the calling thread.
func Nice() int {
	v, err := unix.Getpriority(unix.PRIO_PROCESS, 0)
	if err != nil {
		return 0
	}
	return 20 - v // the system call's form
}
