package sys

import "golang.org/x/sys/unix"

// HungUp tells whether the other end of a connection has gone altogether; one that
// only sends no more has not.
func HungUp(fd int) bool {
	p := []unix.PollFd{{Fd: int32(fd)}}
	n, err := unix.Poll(p, 0)
	return err == nil && n == 1 && p[0].Revents&(unix.POLLHUP|unix.POLLERR) != 0
}

// Established reports whether a socket takes bytes: an outgoing connection does not before
// it is established, and one that failed does not count.
func Established(fd int) bool {
	p := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
	n, err := unix.Poll(p, 0)
	return err == nil && n == 1 && p[0].Revents&(unix.POLLOUT|unix.POLLERR|unix.POLLHUP) == unix.POLLOUT
}
