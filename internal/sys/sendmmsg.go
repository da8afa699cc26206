package sys

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sendBatch is how many datagrams one sendmmsg(2) carries. Their headers live
// on the stack: 64 bytes each.
const sendBatch = 64

// mmsghdr is the kernel's struct mmsghdr.
type mmsghdr struct {
	hdr unix.Msghdr
	_   uint32 // bytes sent
}

// DatagramSocket opens a non-blocking, close-on-exec datagram socket.
func DatagramSocket(family int) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall(syscall.SYS_SOCKET, uintptr(family), unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if errno != 0 {
		return -1, errno
	}
	return int(n), 0
}

// Sendmmsg sends msgs, a datagram each, on a connected socket without ever
// waiting. It returns how many the kernel took; when that is not all of them,
// errno says why msgs[n] was refused (EAGAIN: no room now).
func Sendmmsg(fd int, msgs [][]byte) (n int, errno syscall.Errno) {
	for n < len(msgs) {
		k, errno := sendmmsg(fd, msgs[n:min(len(msgs), n+sendBatch)])
		if errno == syscall.EINTR {
			continue
		}
		if errno != 0 {
			return n, errno
		}
		// A short count hides the error of the first one refused; the next
		// call meets it again.
		n += k
	}
	return n, 0
}

func sendmmsg(fd int, msgs [][]byte) (int, syscall.Errno) {
	var hdrs [sendBatch]mmsghdr
	var iovs [sendBatch]unix.Iovec
	for i, m := range msgs {
		iovs[i].Base = unsafe.SliceData(m)
		iovs[i].SetLen(len(m))
		hdrs[i].hdr.Iov = &iovs[i]
		hdrs[i].hdr.SetIovlen(1)
	}
	n, _, errno := syscall.RawSyscall6(unix.SYS_SENDMMSG, uintptr(fd), uintptr(unsafe.Pointer(&hdrs)), uintptr(len(msgs)), unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), 0
}

// OutputKind says how to write to a descriptor without waiting.
type OutputKind uint8

const (
	OutputFile   OutputKind = iota // regular file: writes never wait for a reader
	OutputSocket                   // MSG_DONTWAIT does
	OutputStream                   // pipe, terminal: O_NONBLOCK on a description of our own
)

// OpenOutput prepares descriptor fd, which others may share, for writes that
// never wait, and returns the descriptor to use. Setting O_NONBLOCK on fd
// itself would change it under everybody who inherited it, so a pipe or a
// terminal is opened again; own says that the caller has to close the result.
// Where that is not possible (no /proc, no permission) fd itself comes back as
// OutputStream with own false, and Write asks poll(2) first.
func OpenOutput(fd int) (out int, kind OutputKind, own bool, errno syscall.Errno) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return -1, 0, false, errnoOf(err)
	}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		return fd, OutputFile, false, 0
	case unix.S_IFSOCK:
		return fd, OutputSocket, false, 0
	}
	again, err := unix.Open(DescriptorPath(fd), unix.O_WRONLY|unix.O_NONBLOCK|unix.O_CLOEXEC|unix.O_NOCTTY, 0)
	if err != nil {
		return fd, OutputStream, false, 0
	}
	return again, OutputStream, true, 0
}

// Write writes what fd takes now: n bytes, or EAGAIN when it takes none. ask
// says that fd may block and has to be asked first.
func Write(fd int, b []byte, ask bool) (int, syscall.Errno) {
	if ask {
		p := unix.PollFd{Fd: int32(fd), Events: unix.POLLOUT}
		n, _, errno := syscall.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&p)), 1, uintptr(unsafe.Pointer(&unix.Timespec{})), 0, 0, 0)
		if errno != 0 {
			return 0, errno
		}
		if n == 0 {
			return 0, syscall.EAGAIN
		}
	}
	for {
		n, _, errno := syscall.RawSyscall(syscall.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
		if errno == syscall.EINTR {
			continue
		}
		if errno != 0 {
			return 0, errno
		}
		return int(n), 0
	}
}

// WriteFile writes to a regular file. The disk may take its time: the scheduler
// is told.
func WriteFile(fd int, b []byte) (int, syscall.Errno) {
	for {
		n, err := syscall.Write(fd, b)
		if err == syscall.EINTR {
			continue
		}
		return max(n, 0), errnoOf(err)
	}
}
