package sys

import (
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ForbidProcesses makes fork(2) and its relatives fail with EPERM for good, on
// every thread; new threads are still made, which the Go runtime depends on (a
// limit of RLIMIT_NPROC would count them, too). It needs NoNewPrivileges or
// CAP_SYS_ADMIN.
func ForbidProcesses() error {
	if nativeArch == 0 {
		return syscall.ENOSYS
	}
	return filterAll(forkFilter())
}

// filterAll gives every thread a filter of system calls.
func filterAll(filter []unix.SockFilter) error {
	return setFilter(filter, unix.SECCOMP_FILTER_FLAG_TSYNC)
}

// filterThread gives one to the calling thread.
func filterThread(filter []unix.SockFilter) error { return setFilter(filter, 0) }

func setFilter(filter []unix.SockFilter, flags uintptr) error {
	prog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	// With TSYNC the kernel gives the filter to all threads at once. The filter is
	// no reason to slow down speculation.
	flags |= unix.SECCOMP_FILTER_FLAG_SPEC_ALLOW
	_, _, errno := syscall.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, uintptr(unsafe.Pointer(&prog)))
	runtime.KeepAlive(filter)
	if errno != 0 {
		return errno
	}
	return nil
}

// Places of struct seccomp_data.
const (
	seccompNumber = 0
	seccompArch   = 4
	seccompArg0   = 16 // low half: the machines we know are little endian
)

func load(at uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: at}
}

func ret(v uint32) unix.SockFilter { return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: v} }

func skipUnless(v uint32, n uint8) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: v, Jf: n}
}

const deny = unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)

// groupFilter lets everything pass but what leaves a process group, and calls of
// another architecture's table.
func groupFilter() []unix.SockFilter {
	f := []unix.SockFilter{
		load(seccompArch),
		skipUnless(nativeArch, 1),
		{Code: unix.BPF_JMP | unix.BPF_JA, K: 1},
		ret(deny),
		load(seccompNumber),
	}
	for _, n := range groupCalls {
		f = append(f, skipUnless(n, 1), ret(deny))
	}
	return append(f, ret(unix.SECCOMP_RET_ALLOW))
}

// forkFilter lets everything pass but new processes: clone(2) without
// CLONE_THREAD, and the calls that can make nothing else. clone3(2) hides its
// flags behind a pointer and is reported missing, as old kernels do: callers
// fall back to clone. Calls of another architecture's table fail.
func forkFilter() []unix.SockFilter {
	f := []unix.SockFilter{
		load(seccompArch),
		skipUnless(nativeArch, 1),
		{Code: unix.BPF_JMP | unix.BPF_JA, K: 1},
		ret(deny),
		load(seccompNumber),
		skipUnless(unix.SYS_CLONE, 4),
		load(seccompArg0),
		{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, K: unix.CLONE_THREAD, Jt: 0, Jf: 1},
		ret(unix.SECCOMP_RET_ALLOW),
		ret(deny),
		skipUnless(unix.SYS_CLONE3, 1),
		ret(unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)),
	}
	for _, n := range forkCalls {
		f = append(f, skipUnless(n, 1), ret(deny))
	}
	return append(f, ret(unix.SECCOMP_RET_ALLOW))
}
