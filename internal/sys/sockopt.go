package sys

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

func setInt(fd, level, opt int, v int32) syscall.Errno {
	_, _, errno := syscall.RawSyscall6(syscall.SYS_SETSOCKOPT, uintptr(fd), uintptr(level), uintptr(opt), uintptr(unsafe.Pointer(&v)), 4, 0)
	return errno
}

// SetNoDelay turns Nagle's algorithm off.
func SetNoDelay(fd int) { setInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1) }

// SetQuickAck turns delayed acknowledgements on or off for the moment.
func SetQuickAck(fd int, on bool) {
	v := int32(0)
	if on {
		v = 1
	}
	setInt(fd, unix.IPPROTO_TCP, unix.TCP_QUICKACK, v)
}

// SetLingerReset makes the next close send a reset.
func SetLingerReset(fd int) {
	l := unix.Linger{Onoff: 1}
	syscall.RawSyscall6(syscall.SYS_SETSOCKOPT, uintptr(fd), unix.SOL_SOCKET, unix.SO_LINGER, uintptr(unsafe.Pointer(&l)), 8, 0)
}

// SetKeepAlive turns TCP keep-alive probes on.
func SetKeepAlive(fd int) { setInt(fd, unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1) }

// SetRecvBuf and SetSendBuf ask for a kernel buffer of n bytes.
func SetRecvBuf(fd, n int) { setInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, int32(n)) }

// SetSendBuf asks for a kernel send buffer of n bytes.
func SetSendBuf(fd, n int) { setInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF, int32(n)) }

// RaiseDescriptors raises the soft limit of open descriptors to want, and the
// hard one where that is allowed; 0 asks for all that is allowed. It returns
// the limit in force.
func RaiseDescriptors(want int) (int, error) {
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &l); err != nil {
		return 1024, err
	}
	soft := l.Max
	if want > 0 && uint64(want) > l.Max {
		higher := unix.Rlimit{Cur: uint64(want), Max: uint64(want)}
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &higher); err == nil {
			return want, nil
		}
	} else if want > 0 {
		soft = max(uint64(want), l.Cur)
	}
	err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: soft, Max: l.Max})
	if err == nil && want > int(soft) {
		err = unix.EPERM
	}
	return int(min(soft, 1<<30)), err
}

// DescriptorLimit returns the limit of open descriptors in force.
func DescriptorLimit() int {
	var l unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &l) != nil {
		return 0
	}
	return int(min(l.Cur, 1<<30))
}
