package sys

import "time"

var start = time.Now()

// Monotonic returns nanoseconds that never go backwards. Its zero is some
// moment before the process's first call.
func Monotonic() int64 { return int64(time.Since(start)) }
