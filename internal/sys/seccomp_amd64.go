package sys

import "golang.org/x/sys/unix"

const nativeArch = unix.AUDIT_ARCH_X86_64

// forkCalls are the calls besides clone that make processes; those of the x32
// table are the same with a bit.
var forkCalls = []uint32{unix.SYS_FORK, unix.SYS_VFORK, 1<<30 | unix.SYS_CLONE, 1<<30 | unix.SYS_FORK, 1<<30 | unix.SYS_VFORK, 1<<30 | unix.SYS_CLONE3}

// groupCalls leave a process group.
var groupCalls = []uint32{unix.SYS_SETPGID, unix.SYS_SETSID, 1<<30 | unix.SYS_SETPGID, 1<<30 | unix.SYS_SETSID}
