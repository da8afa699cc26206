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

// SetUnsentLowat has the kernel take no more bytes of a TCP socket while n wait
// unsent.
func SetUnsentLowat(fd, n int) { setInt(fd, unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, int32(n)) }

// SetSendBuf asks for a kernel send buffer of n bytes.
func SetSendBuf(fd, n int) { setInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF, int32(n)) }
