// Package report writes the lines that a process prints about itself while it
// starts, loads and ends (management guide 3.5, behaviour of the reference):
//
//	[NOTICE]   (4711) : Loading success.
//	[ALERT]    (4712) : config : parsing [a.cfg:3] : unknown keyword ...
//
// The first warning or alert of a process is preceded by two notices that say
// which version and which executable is speaking.
package report

import (
	"fmt"
	"io"
	"os"
	"sync"
)

// Level is the weight of a line.
type Level string

// The levels, by the tags that log parsers look for.
const (
	Diag    Level = "DIAG"
	Notice  Level = "NOTICE"
	Warning Level = "WARNING"
	Alert   Level = "ALERT"
)

// Reporter writes lines. It is safe for concurrent use.
type Reporter struct {
	// PID is printed in every line.
	PID int
	// Version and Path are what the first warning or alert is introduced by; no
	// introduction when Version is empty.
	Version, Path string
	// Out receives every line, with its line feed; usually standard error.
	Out io.Writer
	// Quiet keeps lines from Out; Tee still receives them.
	Quiet bool
	// Tee, if not nil, receives each line without its line feed; SetTee changes it
	// once others may write.
	Tee func(level Level, line string)

	mu         sync.Mutex
	introduced bool
	warnings   int64
}

// New returns a Reporter of this process to standard error.
func New(version string) *Reporter {
	path, err := os.Executable()
	if err != nil {
		path = os.Args[0]
	}
	return &Reporter{PID: os.Getpid(), Version: version, Path: path, Out: &unread{to: os.Stderr, fd: 2}}
}

// Line formats one line without line feed.
func Line(level Level, pid int, text string) string {
	return fmt.Sprintf("%-10s (%d) : %s", "["+string(level)+"]", pid, text)
}

// Printf writes one line.
func (r *Reporter) Printf(level Level, format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.introduced && r.Version != "" && (level == Warning || level == Alert) {
		r.introduced = true
		r.write(Notice, "haproxy version is "+r.Version)
		r.write(Notice, "path to executable is "+r.Path)
	}
	r.write(level, fmt.Sprintf(format, args...))
}

// Noticef, Warningf and Alertf are Printf with their level.
func (r *Reporter) Noticef(format string, args ...any) { r.Printf(Notice, format, args...) }

// Warningf writes a warning.
func (r *Reporter) Warningf(format string, args ...any) { r.Printf(Warning, format, args...) }

// Alertf writes an alert.
func (r *Reporter) Alertf(format string, args ...any) { r.Printf(Alert, format, args...) }

func (r *Reporter) write(level Level, text string) {
	line := Line(level, r.PID, text)
	if level == Warning {
		r.warnings++
	}
	if !r.Quiet && r.Out != nil {
		io.WriteString(r.Out, line+"\n")
	}
	if r.Tee != nil {
		r.Tee(level, line)
	}
}

// SetTee changes who receives each line. The former is not called any more when
// it returns.
func (r *Reporter) SetTee(tee func(level Level, line string)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Tee = tee
}

// Warnings returns how many warnings were written.
func (r *Reporter) Warnings() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.warnings
}

// Started ends the introductions: they are for those who look on while a process
// starts.
func (r *Reporter) Started() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.introduced = true
}

// Again has the next warning or alert introduced anew: a new load begins.
func (r *Reporter) Again() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.introduced = false
}
