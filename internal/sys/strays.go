package sys

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// Strays reaps processes that are children of this one only because their own
// parents have ended, as happens to the first process of a PID namespace.
// Nobody waits for those, whereas a child of Start is reaped at once when it
// ends: so a process that was seen as a zombie twice is a stray.
type Strays struct{ seen map[int]bool }

// Reap reaps what it also saw when it was called last, and returns how many that
// were. Calls should be seconds apart.
func (s *Strays) Reap() (n int) {
	former := s.seen
	s.seen = map[int]bool{}
	for _, pid := range zombies(os.Getpid()) {
		if !former[pid] {
			s.seen[pid] = true
			continue
		}
		if got, _ := unix.Wait4(pid, nil, unix.WNOHANG, nil); got == pid {
			n++
		}
	}
	return n
}

// zombies lists the children of a process that have ended and were not reaped.
func zombies(parent int) (pids []int) {
	files, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is good
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			continue // gone meanwhile
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if state, ppid, ok := parseStat(b); ok && err == nil && state == "Z" && ppid == parent {
			pids = append(pids, pid)
		}
	}
	return pids
}

// parseStat reads the state and the parent out of /proc/PID/stat: "1 (name) S 0
// ...", where the name may hold anything.
func parseStat(b []byte) (state string, parent int, ok bool) {
	f := bytes.Fields(b[bytes.LastIndexByte(b, ')')+1:])
	if len(f) < 2 {
		return "", 0, false
	}
	parent, err := strconv.Atoi(string(f[1]))
	return string(f[0]), parent, err == nil
}
