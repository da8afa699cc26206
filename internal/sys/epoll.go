package sys

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Readiness bits of an epoll registration (epoll_ctl(2)).
const (
	In        = unix.EPOLLIN
	Out       = unix.EPOLLOUT
	RDHup     = unix.EPOLLRDHUP
	Hup       = unix.EPOLLHUP
	Err       = unix.EPOLLERR
	Edge      = 1 << 31
	Exclusive = unix.EPOLLEXCLUSIVE
)

// EpollEvent is the kernel's struct epoll_event: the readiness bits and 64
// bits of the caller's own.
type EpollEvent struct {
	Events uint32
	Data   [8]byte // not a uint64: the kernel's struct is packed on amd64
}

// SetData stores the caller's 64 bits.
func (e *EpollEvent) SetData(v uint64) {
	*(*[8]byte)(unsafe.Pointer(&e.Data)) = *(*[8]byte)(unsafe.Pointer(&v))
}

// Value returns the caller's 64 bits.
func (e *EpollEvent) Value() (v uint64) {
	*(*[8]byte)(unsafe.Pointer(&v)) = e.Data
	return v
}

// EpollCreate returns a close-on-exec epoll descriptor.
func EpollCreate() (int, error) { return unix.EpollCreate1(unix.EPOLL_CLOEXEC) }

// EpollAdd registers fd for events, with data handed back by EpollWait.
func EpollAdd(ep, fd int, events uint32, data uint64) error {
	return epollCtl(ep, unix.EPOLL_CTL_ADD, fd, events, data)
}

// EpollMod changes a registration.
func EpollMod(ep, fd int, events uint32, data uint64) error {
	return epollCtl(ep, unix.EPOLL_CTL_MOD, fd, events, data)
}

// EpollDel removes a registration. It must precede every close or hand-over: a
// registration outlives close() while another process holds a duplicate.
func EpollDel(ep, fd int) error { return epollCtl(ep, unix.EPOLL_CTL_DEL, fd, 0, 0) }

func epollCtl(ep, op, fd int, events uint32, data uint64) error {
	e := EpollEvent{Events: events}
	e.SetData(data)
	_, _, errno := syscall.RawSyscall6(syscall.SYS_EPOLL_CTL, uintptr(ep), uintptr(op), uintptr(fd), uintptr(unsafe.Pointer(&e)), 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// EpollPoll waits at most ms milliseconds without telling the Go scheduler.
// Keep ms small: a collection has to wait for the call to end.
func EpollPoll(ep int, ev []EpollEvent, ms int) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall6(syscall.SYS_EPOLL_PWAIT, uintptr(ep), uintptr(unsafe.Pointer(&ev[0])), uintptr(len(ev)), uintptr(ms), 0, 0)
	return int(n), errno
}

// EpollWait waits at most ms milliseconds (-1: for ever); the scheduler may
// run other goroutines meanwhile.
func EpollWait(ep int, ev []EpollEvent, ms int) (int, syscall.Errno) {
	n, _, errno := syscall.Syscall6(syscall.SYS_EPOLL_PWAIT, uintptr(ep), uintptr(unsafe.Pointer(&ev[0])), uintptr(len(ev)), uintptr(ms), 0, 0)
	return int(n), errno
}

// Eventfd returns a non-blocking, close-on-exec eventfd(2).
func Eventfd() (int, error) { return unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK) }

// EventfdWake makes an eventfd readable.
func EventfdWake(fd int) {
	one := [8]byte{1}
	syscall.RawSyscall(syscall.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&one)), 8)
}

// EventfdClear makes an eventfd unreadable again.
func EventfdClear(fd int) {
	var b [8]byte
	syscall.RawSyscall(syscall.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&b)), 8)
}
