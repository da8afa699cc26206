package logs

import (
	"fmt"
	"sync"
)

// Logger logs from any goroutine: health checks, servers going up and down,
// proxies that stop. What it gets is sent at once.
type Logger struct {
	mu   sync.Mutex
	sink *Sink
}

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
	l.sink.Message(o, level, text)
	l.sink.Flush()
}

// Messagef is Message with a format.
func (l *Logger) Messagef(o *Output, level Level, format string, a ...any) {
	if !o.Silent() {
		l.Message(o, level, fmt.Sprintf(format, a...))
	}
}

// Flush tries again to send what a receiver left behind before.
func (l *Logger) Flush() (pending bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sink.Flush()
}

// Close sends what it can and closes the sockets.
func (l *Logger) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sink.Close()
}
