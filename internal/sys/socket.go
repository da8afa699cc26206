package sys

import (
	"net/netip"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The calls below never block (the descriptors are non-blocking) and so go
// straight to the kernel, unseen by the scheduler.

// Recv reads what is waiting on a stream socket: n bytes, 0 at end of file, or
// an errno (EAGAIN: nothing yet).
func Recv(fd int, b []byte) (int, syscall.Errno) {
	for {
		n, _, errno := syscall.RawSyscall6(syscall.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)), unix.MSG_DONTWAIT, 0, 0)
		if errno == syscall.EINTR {
			continue
		}
		if errno != 0 {
			return 0, errno
		}
		return int(n), 0
	}
}

// Peek is Recv that leaves the bytes where they are.
func Peek(fd int, b []byte) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall6(syscall.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)), unix.MSG_DONTWAIT|unix.MSG_PEEK, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), 0
}

// Send writes what the socket takes now. more says that further bytes follow
// at once (MSG_MORE).
func Send(fd int, b []byte, more bool) (int, syscall.Errno) {
	flags := uintptr(unix.MSG_DONTWAIT | unix.MSG_NOSIGNAL)
	if more {
		flags |= unix.MSG_MORE
	}
	for {
		n, _, errno := syscall.RawSyscall6(syscall.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)), flags, 0, 0)
		if errno == syscall.EINTR {
			continue
		}
		if errno != 0 {
			return 0, errno
		}
		return int(n), 0
	}
}

// Send2 is Send for two pieces in one call.
func Send2(fd int, a, b []byte) (int, syscall.Errno) {
	var iov [2]unix.Iovec
	iov[0].Base, iov[0].Len = unsafe.SliceData(a), uint64(len(a))
	iov[1].Base, iov[1].Len = unsafe.SliceData(b), uint64(len(b))
	msg := unix.Msghdr{Iov: &iov[0], Iovlen: 2}
	for {
		n, _, errno := syscall.RawSyscall(syscall.SYS_SENDMSG, uintptr(fd), uintptr(unsafe.Pointer(&msg)), unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
		if errno == syscall.EINTR {
			continue
		}
		if errno != 0 {
			return 0, errno
		}
		return int(n), 0
	}
}

// Accept takes one connection, non-blocking and close-on-exec, and its peer's
// address (the zero AddrPort when it is not an IP one).
func Accept(fd int) (int, netip.AddrPort, syscall.Errno) {
	var sa rawAddr
	size := uint32(unsafe.Sizeof(sa))
	for {
		n, _, errno := syscall.RawSyscall6(syscall.SYS_ACCEPT4, uintptr(fd), uintptr(unsafe.Pointer(&sa)), uintptr(unsafe.Pointer(&size)), unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0, 0)
		if errno == syscall.EINTR {
			continue
		}
		if errno != 0 {
			return -1, netip.AddrPort{}, errno
		}
		return int(n), sa.addrPort(), 0
	}
}

// StreamSocket opens a non-blocking, close-on-exec stream socket.
func StreamSocket(family int) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall(syscall.SYS_SOCKET, uintptr(family), unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if errno != 0 {
		return -1, errno
	}
	return int(n), 0
}

// MultipathSocket opens a socket as StreamSocket does, of multipath TCP. It
// speaks plain TCP with peers that do not know it.
func MultipathSocket(family int) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall(syscall.SYS_SOCKET, uintptr(family), unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, unix.IPPROTO_MPTCP)
	if errno != 0 {
		return -1, errno
	}
	return int(n), 0
}

// Connect starts a connection; EINPROGRESS means that writability will tell.
func Connect(fd int, to *Sockaddr) syscall.Errno {
	_, _, errno := syscall.RawSyscall(syscall.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&to.raw)), uintptr(to.size))
	return errno
}

// ShutdownWrite sends end of file after what was written.
func ShutdownWrite(fd int) syscall.Errno {
	_, _, errno := syscall.RawSyscall(syscall.SYS_SHUTDOWN, uintptr(fd), unix.SHUT_WR, 0)
	return errno
}

// Close closes a descriptor. Errors are not worth reporting: it is closed.
func Close(fd int) { syscall.RawSyscall(syscall.SYS_CLOSE, uintptr(fd), 0, 0) }

// SocketError returns and clears the pending error of a socket (SO_ERROR).
func SocketError(fd int) syscall.Errno {
	v, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil {
		if errno, ok := err.(syscall.Errno); ok {
			return errno
		}
		return syscall.EINVAL
	}
	return syscall.Errno(v)
}

// LocalAddr is getsockname(2) for IP sockets; zero for others.
func LocalAddr(fd int) netip.AddrPort {
	var sa rawAddr
	size := uint32(unsafe.Sizeof(sa))
	_, _, errno := syscall.RawSyscall(syscall.SYS_GETSOCKNAME, uintptr(fd), uintptr(unsafe.Pointer(&sa)), uintptr(unsafe.Pointer(&size)))
	if errno != 0 {
		return netip.AddrPort{}
	}
	return sa.addrPort()
}
