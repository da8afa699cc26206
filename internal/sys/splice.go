package sys

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// Pipe is a kernel pipe used to splice bytes between sockets.
type Pipe struct {
	R, W int
	Size int // bytes the pipe can hold, as the kernel granted
}

// NewPipe opens a non-blocking pipe and asks for size bytes. The kernel may
// grant less (pipe-user-pages-soft): Size says how much.
func NewPipe(size int) (Pipe, error) {
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		return Pipe{}, err
	}
	got, err := unix.FcntlInt(uintptr(p[1]), unix.F_SETPIPE_SZ, size)
	if err != nil {
		if got, err = unix.FcntlInt(uintptr(p[1]), unix.F_GETPIPE_SZ, 0); err != nil {
			got = 65536
		}
	}
	return Pipe{R: p[0], W: p[1], Size: got}, nil
}

// Close closes both ends.
func (p Pipe) Close() {
	Close(p.R)
	Close(p.W)
}

// Splice moves up to n bytes from one descriptor to the other, one of which is
// a pipe: the bytes moved, 0 at end of file, or an errno. more is a hint that
// further bytes follow.
func Splice(from, to, n int, more bool) (int, syscall.Errno) {
	flags := uintptr(unix.SPLICE_F_MOVE | unix.SPLICE_F_NONBLOCK)
	if more {
		flags |= unix.SPLICE_F_MORE
	}
	for {
		r, _, errno := syscall.RawSyscall6(syscall.SYS_SPLICE, uintptr(from), 0, uintptr(to), 0, uintptr(n), flags)
		if errno == syscall.EINTR {
			continue
		}
		if errno != 0 {
			return 0, errno
		}
		return int(r), 0
	}
}
