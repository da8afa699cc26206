// Package hook runs the program that is told of reloads (mworker-on-reload): one
// after the other, each in a sandbox and bounded in time, on a goroutine that nobody
// waits for.
package hook

import (
	"bytes"
	"io"
	"os"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// Limits of a run.
const (
	// Limit is how long it may take.
	Limit = 10 * time.Second
	// MaxOutput is how much is kept of what it says.
	MaxOutput = 4 << 10
	// maxWaiting is how many runs wait; what comes then is skipped.
	maxWaiting = 64
	// outputGrace is how long after its end what it said may take to be read.
	outputGrace = time.Second
)

// Run is a program to be run.
type Run struct {
	Command  []string // Command[0] is an absolute path
	UID, GID int      // negative: those of this process
	Env      []string
	Input    []byte // on its standard input
}

// Outcome is what became of a run.
type Outcome struct {
	Result Result
	PID    int // 0: it was not started
	Code   int
	Signal syscall.Signal
	Output []byte // of standard output and error; its first MaxOutput bytes
	More   bool   // there was more
	Err    error  // why it was not started
}

// Result sums an outcome up.
type Result string

// The results. Skipped is that of a run for which too many others waited.
const (
	Success Result = "success"
	Failure Result = "failure"
	Timeout Result = "timeout"
	Skipped Result = "skipped"
)

// Queue runs programs. Its methods may be called from any goroutine.
type Queue struct {
	tell  func(Run, Outcome)
	limit time.Duration

	mu      sync.Mutex
	waiting []Run
	running bool
	child   *sys.Child // nil: none
	closed  bool
	idle    sync.Cond // running has become false
	counts  map[Result]int
}

// New returns a queue; tell is told of each outcome when there is one, by the goroutine
// of the queue or, of a run that is skipped, by that of Add. It must not call Close.
func New(tell func(Run, Outcome)) *Queue {
	q := &Queue{tell: tell, limit: Limit, counts: map[Result]int{}}
	q.idle.L = &q.mu
	return q
}

// Add has a program run when those before it have ended. It never waits.
func (q *Queue) Add(r Run) {
	q.mu.Lock()
	full := !q.closed && len(q.waiting) >= maxWaiting
	switch {
	case q.closed:
	case full:
		q.counts[Skipped]++
	default:
		q.waiting = append(q.waiting, r)
		if !q.running {
			q.running = true
			go q.run()
		}
	}
	q.mu.Unlock()
	if full {
		q.tell(r, Outcome{Result: Skipped})
	}
}

// Counts returns how many runs had which result.
func (q *Queue) Counts() map[Result]int {
	q.mu.Lock()
	defer q.mu.Unlock()
	counts := map[Result]int{}
	for r, n := range q.counts {
		counts[r] = n
	}
	return counts
}

// Close kills what runs, drops what waits and returns when nothing is left.
func (q *Queue) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.waiting = nil
	if q.child != nil {
		q.child.KillGroup()
	}
	for q.running {
		q.idle.Wait()
	}
}

func (q *Queue) run() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) > 0 {
		next := q.waiting[0]
		q.waiting = q.waiting[1:]
		q.mu.Unlock()
		o := q.execute(next)
		q.mu.Lock()
		q.counts[o.Result]++
		if !q.closed { // otherwise it is its end that ended it
			q.mu.Unlock()
			q.tell(next, o)
			q.mu.Lock()
		}
	}
	q.running = false
	q.idle.Broadcast()
}

// execute runs a program to its end.
func (q *Queue) execute(r Run) Outcome {
	child, out, err := start(r)
	if err != nil {
		return Outcome{Result: Failure, Err: err}
	}
	defer out.Close()
	q.mu.Lock()
	if q.child = child; q.closed {
		child.KillGroup()
	}
	q.mu.Unlock()
	late := make(chan struct{})
	timer := time.AfterFunc(q.limit, func() { close(late); child.KillGroup() })
	said := make(chan []byte, 1)
	go func() {
		b, _ := io.ReadAll(io.LimitReader(out, MaxOutput+1)) // an error is the end
		_, _ = io.Copy(io.Discard, out)
		said <- b
	}()
	code, sig, err := child.Wait() // and nobody of its group is left
	q.mu.Lock()
	q.child = nil
	q.mu.Unlock()
	o := Outcome{Result: Success, PID: child.PID, Code: code, Signal: sig}
	if code != 0 || sig != 0 || err != nil {
		o.Result = Failure
	}
	if !timer.Stop() {
		<-late
		if o.Result == Failure {
			o.Result = Timeout
		}
	}
	_ = out.SetReadDeadline(time.Now().Add(outputGrace)) // pipes have them
	o.Output = <-said
	if o.More = len(o.Output) > MaxOutput; o.More {
		o.Output = o.Output[:MaxOutput]
	}
	return o
}

// start starts this executable, which becomes the program (Main). What the program says can
// be read from the pipe.
func start(r Run) (*sys.Child, *os.File, error) {
	input, err := sys.SealedMemfd("reload", r.Input)
	if err != nil {
		return nil, nil, err
	}
	defer sys.Close(input)
	if _, err := syscall.Seek(input, 0, io.SeekStart); err != nil { // it stands behind what was written
		return nil, nil, err
	}
	out, theirs, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	defer theirs.Close()
	argv := slices.Concat([]string{"sluice", Word, strconv.Itoa(r.UID), strconv.Itoa(r.GID)}, r.Command)
	fd := int(theirs.Fd())
	child, err := sys.Start(sys.Spec{
		Path: "/proc/self/exe", Argv: argv, Env: r.Env, Files: []int{input, fd, fd},
		DieWith: syscall.SIGKILL, Session: true,
	})
	if err != nil {
		out.Close()
		return nil, nil, err
	}
	return child, out, nil
}

// Lines are what a program said, without what would spoil a log.
func (o *Outcome) Lines() (lines []string) {
	for line := range bytes.Lines(o.Output) {
		text := string(bytes.Map(func(r rune) rune {
			if r < ' ' && r != '\t' || r == 0x7f || r == '\uFFFD' {
				return '?'
			}
			return r
		}, bytes.TrimRight(line, "\r\n")))
		if text != "" {
			lines = append(lines, text)
		}
	}
	if o.More {
		lines = append(lines, "...")
	}
	return lines
}
