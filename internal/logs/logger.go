package logs

import (
	"fmt"
	"sync"
	"time"
)

// Logger logs from any goroutine: health checks, servers going up and down,
// proxies that stop. What it gets is sent at once, or a little later when a
// receiver is slow.
type Logger struct {
	mu     sync.Mutex
	sink   *Sink
	armed  bool
	closed bool
}

// loggerRetry is how long a slow receiver is left alone.
const loggerRetry = 10 * time.Millisecond

// NewLogger returns a logger with sockets of its own. now is the wall clock in
// unix ns.
func (h *Hub) NewLogger(now func() int64) *Logger { return &Logger{sink: h.NewSink(now)} }

// Message logs text to o.
func (l *Logger) Message(o *Output, level Level, text string) {
	if o.Silent() {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	l.sink.Message(o, level, text)
	l.flush()
}

// flush sends what it can; called with mu held.
func (l *Logger) flush() {
	if l.sink.Flush() && !l.armed {
		l.armed = true
		time.AfterFunc(loggerRetry, l.again)
	}
}

func (l *Logger) again() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.armed = false
	if !l.closed {
		l.flush()
	}
}

// Messagef is Message with a format.
func (l *Logger) Messagef(o *Output, level Level, format string, a ...any) {
	if !o.Silent() {
		l.Message(o, level, fmt.Sprintf(format, a...))
	}
}

// Close sends what it can and closes the sockets. Later messages are dropped.
func (l *Logger) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.closed = true
		l.sink.Close()
	}
}
