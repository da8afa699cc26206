package line

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// Write adds raw text to the answer; it is sent when the buffer is full, before the next read, or by Flush. Errors
// are those of the connection: a long dump may stop at the first one.
func (s *Session) Write(p []byte) (int, error) { return s.out.Write(p) }

// WriteString is Write for a string.
func (s *Session) WriteString(text string) (int, error) { return s.out.WriteString(text) }

// WriteLines adds a text whose lines come from elsewhere, without the empty ones: one of those would end the answer.
func (s *Session) WriteLines(text string) {
	for l := range strings.SplitSeq(text, "\n") {
		if l != "" {
			s.out.WriteString(l)
			s.out.WriteByte('\n')
		}
	}
}

// Printf adds formatted text.
func (s *Session) Printf(format string, args ...any) { fmt.Fprintf(s.out, format, args...) }

// Flush sends what has been written, so that a client sees the progress of a slow command.
func (s *Session) Flush() error { return s.out.Flush() }

// Message answers with one message, to which the session's severity output applies.
func (s *Session) Message(v Severity, text string) {
	s.out.WriteString(s.severity.prefix(v))
	s.out.WriteString(text)
	if text == "" || text[len(text)-1] != '\n' {
		s.out.WriteByte('\n')
	}
}

// Err answers with an error message.
func (s *Session) Err(text string) { s.Message(SeverityErr, text) }

// Info answers with an informative message.
func (s *Session) Info(text string) { s.Message(SeverityInfo, text) }

// Level returns what the session may do.
func (s *Session) Level() Level { return s.level }

// Lower reduces the level; false when that would raise it.
func (s *Session) Lower(l Level) bool {
	if l > s.level {
		return false
	}
	s.level = l
	return true
}

// Expert and Experimental tell which modes are on.
func (s *Session) Expert() bool { return s.expert }

// Experimental tells whether the experimental mode is on.
func (s *Session) Experimental() bool { return s.experimental }

// Interactive tells whether the session goes on after this line.
func (s *Session) Interactive() bool { return s.mode != ModeSingle }

// SetIdle changes the idle time-out of this session; 0 means never.
func (s *Session) SetIdle(d time.Duration) { s.idle = d }

// HangUp ends the session after the current command; the rest of the line is dropped.
func (s *Session) HangUp() { s.closing, s.hungUp = true, true }

// Conn returns the client's connection.
func (s *Session) Conn() io.ReadWriter { return s.conn }

type readDeadliner interface{ SetReadDeadline(time.Time) error }

type writeDeadliner interface{ SetWriteDeadline(time.Time) error }

// deadlineWriter gives each write of a session the idle time-out, so that a client that does not read cannot hold it.
type deadlineWriter struct{ s *Session }

func (w deadlineWriter) Write(p []byte) (int, error) {
	if d, ok := w.s.conn.(writeDeadliner); ok {
		var at time.Time
		if w.s.idle > 0 {
			at = time.Now().Add(w.s.idle)
		}
		if err := d.SetWriteDeadline(at); err != nil {
			return 0, err
		}
	}
	return w.s.conn.Write(p)
}

// wait prepares a read from the client: what was answered goes out, and the time-out starts.
func (s *Session) wait() error {
	if err := s.out.Flush(); err != nil {
		return err
	}
	if d, ok := s.conn.(readDeadliner); ok {
		var at time.Time
		if s.idle > 0 {
			at = time.Now().Add(s.idle)
		}
		if err := d.SetReadDeadline(at); err != nil {
			return err
		}
		if s.suspension.asked() { // whose deadline this one has just replaced
			return os.ErrDeadlineExceeded
		}
	}
	return nil
}

// Limits of hangUp.
const (
	lingerBytes = 256 * 1024
	lingerTime  = 200 * time.Millisecond
)

// hangUp announces the end and swallows what the client had still sent: closing a TCP socket with unread input resets
// the connection, which destroys the end of the answer on its way.
func (s *Session) hangUp() {
	half, ok := s.conn.(interface{ CloseWrite() error })
	d, timed := s.conn.(readDeadliner)
	if !ok || !timed || half.CloseWrite() != nil || d.SetReadDeadline(time.Now().Add(lingerTime)) != nil {
		return
	}
	io.CopyN(io.Discard, s.conn, lingerBytes) // best effort
}
