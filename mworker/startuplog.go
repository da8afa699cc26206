package mworker

import (
	"bytes"
	"fmt"
	"sync"
)

// StartupLog holds the messages of one load, one a line. When more arrives than
// it holds, the first and the last lines are kept and the gap is told: the first
// error is usually the one that explains the others. It is safe for concurrent
// use.
type StartupLog struct {
	mu      sync.Mutex
	head    []byte
	tail    [][]byte
	tailLen int
	dropped int
}

const (
	startupHead = 32 << 10 // bytes
	startupTail = 32 << 10
	maxLogLine  = 8 << 10
)

// Add appends a message. Line feeds within it are kept; one at its end is
// added if missing. A message longer than 8 KiB is cut.
func (l *StartupLog) Add(line string) {
	if len(line) > maxLogLine {
		line = line[:maxLogLine]
	}
	b := append([]byte(line), '\n')
	if bytes.HasSuffix(b, []byte("\n\n")) {
		b = b[:len(b)-1]
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.tail == nil && len(l.head)+len(b) <= startupHead {
		l.head = append(l.head, b...)
		return
	}
	l.tail = append(l.tail, b)
	l.tailLen += len(b)
	for l.tailLen > startupTail {
		l.tailLen -= len(l.tail[0])
		l.tail[0] = nil
		l.tail = l.tail[1:]
		l.dropped++
	}
}

// Bytes returns the messages, at most 64 KiB and the line that tells of a gap.
func (l *StartupLog) Bytes() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := bytes.Clone(l.head)
	if l.dropped > 0 {
		out = fmt.Appendf(out, "... %d messages left out ...\n", l.dropped)
	}
	for _, line := range l.tail {
		out = append(out, line...)
	}
	return out
}
