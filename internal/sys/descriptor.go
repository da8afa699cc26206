package sys

import (
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// Duplicate returns a close-on-exec duplicate of fd. It shares the open file
// description: O_NONBLOCK, listen and socket options act on both.
func Duplicate(fd int) (int, error) {
	n, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	return n, os.NewSyscallError("fcntl", err)
}

// OpenPath opens a file or directory as a reference only (O_PATH): it can be
// executed or entered through DescriptorPath even after it was renamed or
// unlinked. Its number is above those that Start gives to a child's files,
// which would otherwise replace it just before it is executed.
func OpenPath(path string) (int, error) {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, &os.PathError{Op: "open", Path: path, Err: err}
	}
	high, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, usualChildFiles)
	Close(fd)
	if err != nil {
		return -1, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return high, nil
}

// DescriptorPath names an open descriptor of this process, or of a child that
// has not yet executed, as a path.
func DescriptorPath(fd int) string { return descriptorDir + strconv.Itoa(fd) }

const descriptorDir = "/proc/self/fd/"

// DuplicateAbove is Duplicate with a number of at least min.
func DuplicateAbove(fd, min int) (int, error) {
	n, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, min)
	return n, os.NewSyscallError("fcntl", err)
}

// FileDescriptor is the number of an open file's descriptor. Unlike os.File.Fd it
// changes nothing about the file.
func FileDescriptor(c syscall.Conn) (n int, err error) {
	rc, err := c.SyscallConn()
	if err != nil {
		return -1, err
	}
	err = rc.Control(func(fd uintptr) { n = int(fd) })
	return n, err
}

// SetCloseOnExec marks an inherited descriptor close-on-exec.
func SetCloseOnExec(fd int) { unix.CloseOnExec(fd) }

// IsSocket reports whether fd is a socket.
func IsSocket(fd int) bool { return CheckSocket(fd) == nil }

// CheckSocket says why a descriptor is no socket: ENOTSOCK or EBADF.
func CheckSocket(fd int) error {
	_, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	return err
}

// SameSocket reports whether two descriptors are duplicates of one socket.
func SameSocket(a, b int) bool {
	var x, y unix.Stat_t
	return unix.Fstat(a, &x) == nil && unix.Fstat(b, &y) == nil && x.Dev == y.Dev && x.Ino == y.Ino && IsSocket(a)
}

// SocketID tells one socket from another, as long as it is open: all its
// duplicates have it.
func SocketID(fd int) (uint64, error) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return 0, os.NewSyscallError("fstat", err)
	}
	return st.Ino, nil
}
