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
