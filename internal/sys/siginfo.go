package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// cldExited is CLD_EXITED: si_status holds an exit code and not a signal.
const cldExited = 1

// siginfoStatus returns si_status of a SIGCHLD siginfo: after three ints and
// padding come pid, uid and status (asm-generic/siginfo.h), on 64-bit machines
// at offset 24.
func siginfoStatus(i *unix.Siginfo) int {
	return int(*(*int32)(unsafe.Add(unsafe.Pointer(i), 24)))
}
