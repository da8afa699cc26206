package harness

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Stat is what /proc/PID/stat tells.
type Stat struct {
	Pid, Parent, Group int
	State              byte
	Name               string
	CPU                time.Duration // user and system time of all threads
}

// clockTick: USER_HZ is 100 on every Linux port that Go supports.
const clockTick = 10 * time.Millisecond

// ReadStat reads one process; an error when it does not exist.
func ReadStat(pid int) (Stat, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return Stat{}, err
	}
	open, end := strings.IndexByte(string(b), '('), strings.LastIndexByte(string(b), ')')
	if open < 0 || end < open {
		return Stat{}, fmt.Errorf("/proc/%d/stat: %q", pid, b)
	}
	f := strings.Fields(string(b[end+1:]))
	if len(f) < 13 {
		return Stat{}, fmt.Errorf("/proc/%d/stat: %q", pid, b)
	}
	n := func(i int) int { v, _ := strconv.Atoi(f[i]); return v }
	return Stat{
		Pid: pid, State: f[0][0], Parent: n(1), Group: n(2), Name: string(b[open+1 : end]),
		CPU: time.Duration(n(11)+n(12)) * clockTick,
	}, nil
}

// Processes lists the living processes of the program's group.
func (p *Program) Processes() []int {
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	var pids []int
	for _, d := range dirs {
		pid, _ := strconv.Atoi(filepath.Base(d))
		if s, err := ReadStat(pid); err == nil && s.Group == p.Pid && s.State != 'Z' {
			pids = append(pids, pid)
		}
	}
	return pids
}

// Alive tells whether a process exists and is not a zombie.
func Alive(pid int) bool {
	s, err := ReadStat(pid)
	return err == nil && s.State != 'Z'
}

// AwaitGone waits for the end of a process that need not be a child.
func (p *Program) AwaitGone(pid int, within time.Duration) {
	p.TB.Helper()
	p.pollAlways(time.Now().Add(within), fmt.Sprintf("end of process %d", pid), func() bool { return !Alive(pid) })
}

// CPUDuring measures the CPU time a process uses in a span of time.
func CPUDuring(tb testing.TB, pid int, span time.Duration) time.Duration {
	tb.Helper()
	before, err := ReadStat(pid)
	if err != nil {
		tb.Fatalf("CPU time of %d: %v", pid, err)
	}
	time.Sleep(span)
	after, err := ReadStat(pid)
	if err != nil {
		tb.Fatalf("CPU time of %d: %v", pid, err)
	}
	return after.CPU - before.CPU
}

// RSS is the resident memory of a process in bytes.
func RSS(tb testing.TB, pid int) int64 {
	tb.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		tb.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "VmRSS:" {
			kb, _ := strconv.ParseInt(f[1], 10, 64)
			return kb << 10
		}
	}
	tb.Fatalf("no VmRSS in\n%s", b)
	return 0
}

// Descriptors lists what a process has open, one "fd -> target" each; sockets
// and pipes without their numbers, so that two lists can be compared.
func Descriptors(tb testing.TB, pid int) []string {
	tb.Helper()
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	ents, err := os.ReadDir(dir)
	if err != nil {
		tb.Fatal(err)
	}
	var fds []string
	for _, e := range ents {
		if to, err := os.Readlink(filepath.Join(dir, e.Name())); err == nil {
			if kind, _, ok := strings.Cut(to, ":["); ok {
				to = kind
			}
			fds = append(fds, e.Name()+" -> "+to)
		}
	}
	return fds
}

// LimitDescriptors lowers RLIMIT_NOFILE of a running process.
func LimitDescriptors(tb testing.TB, pid int, n uint64) {
	tb.Helper()
	var old unix.Rlimit
	if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, nil, &old); err != nil {
		tb.Fatal(err)
	}
	if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: n, Max: old.Max}, nil); err != nil {
		tb.Fatal(err)
	}
}

// LimitHard lowers RLIMIT_NOFILE of a running process for good: neither it nor
// what it starts can raise it.
func LimitHard(tb testing.TB, pid int, n uint64) {
	tb.Helper()
	if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: n, Max: n}, nil); err != nil {
		tb.Skipf("limits of another process: %v", err)
	}
}

// Kill sends a signal to a process of the program.
func (p *Program) Kill(pid int, s syscall.Signal) {
	p.TB.Helper()
	if st, err := ReadStat(pid); err != nil || st.Group != p.Pid {
		p.TB.Fatalf("process %d is not one of the program's: %+v %v", pid, st, err)
	}
	if err := syscall.Kill(pid, s); err != nil {
		p.TB.Fatal(err)
	}
	if s == syscall.SIGSTOP {
		p.pollAlways(time.Now().Add(startDeadline), "standstill of the process", func() bool { return StandsStill(pid) })
	}
}

// StandsStill says whether every thread of a process has stopped, which is not so
// at once after a SIGSTOP: until then it may accept a connection.
func StandsStill(pid int) bool {
	names, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		if _, state, _ := strings.Cut(string(b), ") "); !strings.HasPrefix(state, "T") && !strings.HasPrefix(state, "t") {
			return false
		}
	}
	return true
}

// Pending says whether a process has a signal that it has not taken.
func Pending(pid int) bool {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(b)) {
		name, mask, _ := strings.Cut(strings.TrimSpace(line), ":")
		if (name == "ShdPnd" || name == "SigPnd") && strings.Trim(mask, "0 \t") != "" {
			return true
		}
	}
	return false
}

// Waits lists the kernel functions in which the threads of a process wait.
func Waits(pid int) (names []string) {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/wchan", pid))
	for _, file := range files {
		if b, err := os.ReadFile(file); err == nil && len(b) > 1 {
			names = append(names, string(b))
		}
	}
	return names
}
