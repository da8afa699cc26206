package sys

import (
	"time"

	"golang.org/x/sys/unix"
)

// Writable waits until a write to fd will not block, at most the time given. It is true
// also where a write would fail.
func Writable(fd int, within time.Duration) bool {
	until := time.Now().Add(within)
	for {
		p := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
		n, err := unix.Poll(p, int(max(time.Until(until), 0)/time.Millisecond))
		if err != unix.EINTR {
			return err != nil || n > 0
		}
	}
}
