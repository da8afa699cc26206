package sys

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// ResidentMemory returns how much of a process is in memory, in bytes.
func ResidentMemory(pid int) (int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, err
	}
	f := strings.Fields(string(b))
	if len(f) < 2 {
		return 0, errors.New("sys: statm without a second field")
	}
	pages, err := strconv.ParseInt(f[1], 10, 64)
	return pages * int64(os.Getpagesize()), err
}
