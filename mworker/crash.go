package mworker

import (
	"bufio"
	"io"
	"slices"
	"time"
)

// Crash describes a worker that did not end as it was meant to.
type Crash struct {
	Time       time.Time // of its end
	PID        int
	Number     int // of the worker
	Generation int
	State      State // in which it ended
	Age        time.Duration
	Status     Status
	Reason     string // why the master ended it, if it did
	// Trace is what the Go runtime wrote about the crash, or what the worker wrote
	// about its goroutines on SIGABRT: its first and its last lines, together at
	// most 64 KiB. It is empty when the process ended without a word (SIGKILL).
	Trace []byte
}

// keptCrashes is how many are kept.
const keptCrashes = 8

// crash marks an event as one of a crash; the shell fills it in.
func crash(is bool) *Crash {
	if !is {
		return nil
	}
	return &Crash{}
}

// Crashes returns the latest crashes of workers, at most 8, oldest first.
func (m *Master) Crashes() []Crash {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.crashes)
}

// noteCrash completes an event of the end of a process and keeps what is known
// of a crash. A trace makes any end a crash.
func (m *Master) noteCrash(e *Event) {
	p := m.processes[e.Worker.Number]
	if p == nil {
		e.Crash = nil // there never was a process
		return
	}
	trace := p.trace.Bytes()
	if e.Crash == nil && len(trace) == 0 {
		return
	}
	e.Crash = &Crash{
		Time: time.Now(), PID: e.Worker.PID, Number: e.Worker.Number, Generation: e.Generation, State: e.Worker.State,
		Age: time.Since(p.started), Status: e.Status, Reason: e.Worker.Reason, Trace: trace,
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.crashes = append(m.crashes, *e.Crash)
	if n := len(m.crashes) - keptCrashes; n > 0 {
		m.crashes = slices.Delete(m.crashes, 0, n)
	}
}

// readTrace keeps the first and the last lines that come from a worker's crash
// pipe.
func (p *process) readTrace() {
	defer p.readers.Done()
	readLines(p.traces, p.trace)
}

func readLines(from io.Reader, to *StartupLog) {
	r := bufio.NewReaderSize(from, 4096)
	for {
		line, _, err := r.ReadLine()
		if err != nil {
			return
		}
		to.Add(string(line))
	}
}
