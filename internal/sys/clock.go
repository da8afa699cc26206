package sys

import (
	"time"

	"golang.org/x/sys/unix"
)

var start = time.Now()

// Monotonic returns nanoseconds that never go backwards. Its zero is some
// moment before the process's first call.
func Monotonic() int64 { return int64(time.Since(start)) }

// KernelMonotonic returns CLOCK_MONOTONIC, which processes of one machine have in
// common.
func KernelMonotonic() time.Duration {
	var ts unix.Timespec
	if unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts) != nil {
		return 0
	}
	return time.Duration(ts.Nano())
}

// ThreadID returns the kernel's number of the calling thread.
func ThreadID() int { return unix.Gettid() }

// ThreadTime returns the CPU time that a thread of this process has used, 0 when
// there is no such thread.
func ThreadTime(id int) time.Duration {
	var ts unix.Timespec
	// The clock of a thread is made of its number (clock_getres(2), "Dynamic
	// clocks"): inverted, above the bits for "of one thread, by the scheduler".
	if unix.ClockGettime(^int32(id)<<3|6, &ts) != nil {
		return 0
	}
	return time.Duration(ts.Nano())
}
