package sys

import (
	"fmt"
	"os"
	"sort"
	"strconv"
)

// OpenDescriptors lists the open descriptors of a process (0: this one) with what
// each refers to, for ledgers of leaks in tests and for diagnostics.
func OpenDescriptors(pid int) (map[int]string, error) {
	dir := "/proc/self/fd"
	if pid != 0 {
		dir = fmt.Sprintf("/proc/%d/fd", pid)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	open := make(map[int]string, len(entries))
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		to, err := os.Readlink(dir + "/" + e.Name())
		if err != nil {
			continue // the descriptor of this very listing, or closed meanwhile
		}
		open[fd] = to
	}
	return open, nil
}

// NewDescriptors returns, one a line and in order, what is open in after and
// was not in before.
func NewDescriptors(before, after map[int]string) []string {
	var leaked []int
	for fd, to := range after {
		if before[fd] != to {
			leaked = append(leaked, fd)
		}
	}
	sort.Ints(leaked)
	lines := make([]string, len(leaked))
	for i, fd := range leaked {
		lines[i] = fmt.Sprintf("%d -> %s", fd, after[fd])
	}
	return lines
}
