package mworker

import (
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// fault ends a test worker as a Go program ends that has a mistake.
func fault(kind string) {
	switch kind {
	case "panic":
		panic("a mistake")
	case "nil":
		var p *int
		*p = 1
	case "throw": // nothing can recover from these
		var m sync.Mutex
		m.Unlock()
	case "overflow":
		debug.SetMaxStack(1 << 16)
		var deeper func(int) int
		deeper = func(n int) int { return deeper(n+1) + 1 }
		os.Exit(deeper(0))
	case "bus": // memory that a file lost its part of
		f, _ := os.CreateTemp("", "")
		os.Remove(f.Name())
		f.Truncate(4096)
		b, err := syscall.Mmap(int(f.Fd()), 0, 4096, syscall.PROT_READ, syscall.MAP_SHARED)
		f.Truncate(0)
		if err == nil {
			os.Exit(int(b[0]))
		}
	}
}

// The status of a worker that comes to grief: whatever the Go runtime finds is a 2,
// a signal from outside is 128 and its number, and the trace says what it was. (The
// runtime writes the first line of what nothing can recover from to standard error
// only.)
func TestCrashStatus(t *testing.T) {
	for _, c := range []struct {
		how   string
		code  int
		trace string
	}{
		{"fault panic", 2, "panic: a mistake"},
		{"fault nil", 2, "panic: runtime error: invalid memory address or nil pointer dereference"},
		{"fault throw", 2, "internal/sync.fatal("},
		{"fault overflow", 2, "runtime stack:"},
		{"fault bus", 2, "[signal SIGBUS: bus error"},
		{"kill ABRT", 134, "SIGABRT: stacks of all goroutines"},
		{"kill SEGV", 139, "SIGSEGV: stacks of all goroutines"},
		{"kill BUS", 135, "SIGBUS: stacks of all goroutines"},
		{"kill FPE", 136, "SIGFPE: stacks of all goroutines"},
		{"kill ILL", 132, "SIGILL: stacks of all goroutines"},
		{"kill TRAP", 133, "SIGTRAP: stacks of all goroutines"},
		{"kill SYS", 159, "SIGSYS: stacks of all goroutines"},
		{"kill KILL", 137, ""},
		{"kill HUP", 129, ""},
		{"exit 7", 7, ""},
	} {
		t.Run(c.how, func(t *testing.T) {
			r := newRig(t, c.how, nil)
			e := r.wait(EventFailed)
			if e.Status.Code != c.code {
				t.Errorf("%v, want %d", e.Status, c.code)
			}
			switch {
			case c.trace == "" && e.Crash != nil && len(e.Crash.Trace) > 0:
				t.Errorf("a trace of what leaves none: %.200s", e.Crash.Trace)
			case c.trace != "" && (e.Crash == nil || !strings.Contains(string(e.Crash.Trace), c.trace)):
				t.Errorf("no %q in %+v", c.trace, e.Crash)
			}
			r.end(c.code)
		})
	}
}
