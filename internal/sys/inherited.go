package sys

import (
	"os"
	"slices"
	"strconv"
)

// ListeningDescriptors returns the descriptors above standard error that are
// listening sockets, in rising order: called before a process opens anything,
// those it was started with.
func ListeningDescriptors() []int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return nil // without /proc nothing is found, and nothing else depends on it
	}
	var list []int
	for _, e := range entries {
		if fd, err := strconv.Atoi(e.Name()); err == nil && fd > 2 && IsListening(fd) {
			list = append(list, fd)
		}
	}
	slices.Sort(list)
	return list
}
