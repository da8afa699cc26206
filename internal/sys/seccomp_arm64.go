package sys

import "golang.org/x/sys/unix"

const nativeArch = unix.AUDIT_ARCH_AARCH64

// forkCalls are the calls besides clone that make processes: none here.
var forkCalls []uint32

// groupCalls leave a process group.
var groupCalls = []uint32{unix.SYS_SETPGID, unix.SYS_SETSID}
