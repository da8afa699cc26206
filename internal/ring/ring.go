// Package ring takes lines of events from any goroutine without making it wait, and
// keeps them for whoever asks later or has them printed (management guide 9.3, "show
// events").
package ring

import (
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Sink is where events go.
type Sink struct {
	Name, Kind, About string
	dropped           atomic.Int64

	mu    sync.Mutex
	lines []Line // the last ones, the oldest at first; of a buffer
	first int
	bytes int

	out    io.Writer // nil: it is a buffer
	queue  chan []byte
	writer sync.Once
}

// Line is an event and when it happened.
type Line struct {
	At   time.Time
	Text string
}

// maxBytes bounds what a buffer keeps, the bookkeeping of a line included.
const maxBytes = 1 << 20

const perLine = 48

// Buffer makes a sink that keeps its last lines in memory.
func Buffer(name string) *Sink {
	return &Sink{Name: name, Kind: "buffer", About: "in-memory ring buffer"}
}

// Printer makes a sink that writes its lines, one at a time, on a goroutine of its own
// that begins with the first. What comes faster than it can write is dropped.
func Printer(name, about string, out io.Writer) *Sink {
	return &Sink{Name: name, Kind: "fd", About: about, out: out, queue: make(chan []byte, 1024)}
}

// The sinks of the process.
var (
	Stdout = Printer("stdout", "standard output (fd#1)", os.Stdout)
	Stderr = Printer("stderr", "standard output (fd#2)", os.Stderr) // so it says there
	Buf0   = Buffer("buf0")
)

// All lists them.
func All() []*Sink { return []*Sink{Stdout, Stderr, Buf0} }

// Find finds a sink of the process; nil: there is none of that name.
func Find(name string) *Sink {
	for _, s := range All() {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// Dropped counts the lines that were lost.
func (s *Sink) Dropped() int64 { return s.dropped.Load() }

// Add takes a line, which has no end of line. It keeps no reference to text.
func (s *Sink) Add(at time.Time, text []byte) {
	if s.out != nil {
		s.writer.Do(func() { go s.print() })
		select {
		case s.queue <- append(append(make([]byte, 0, len(text)+1), text...), '\n'):
		default:
			s.dropped.Add(1)
		}
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, Line{at, string(text)})
	s.bytes += len(text) + perLine
	for s.bytes > maxBytes {
		s.bytes -= len(s.lines[s.first].Text) + perLine
		s.lines[s.first] = Line{}
		s.first++
	}
	if s.first > 64 && s.first > len(s.lines)/2 {
		s.lines = append(s.lines[:0:0], s.lines[s.first:]...)
		s.first = 0
	}
}

// Lines are those that a buffer has, the oldest at first.
func (s *Sink) Lines() []Line {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Line(nil), s.lines[s.first:]...)
}

func (s *Sink) print() {
	for b := range s.queue {
		if _, err := s.out.Write(b); err != nil {
			s.dropped.Add(1)
		}
	}
}
