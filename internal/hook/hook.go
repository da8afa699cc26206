// Package hook runs the program that is told of reloads (mworker-on-reload): one
// after the other, each in a sandbox and bounded in time, on a goroutine that nobody
// waits for.
package hook

import (
	"bytes"
	"io"
	"maps"
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

// Queue runs programs. Its methods may be called from any goroutine. A nil one runs
// nothing.
type Queue struct {
	tell  func(Run, Outcome)
	limit time.Duration

	mu      sync.Mutex
	changed sync.Cond // any of the following
	waiting []Run
	works   bool     // work is under way
	current *running // what is not decided yet
	closed  bool
	resting bool // see Rest
	busy    bool // a program is being started, or told of, and is not in current
	counts  map[Result]int
}

// New returns a queue; tell is told of each outcome when there is one, by the goroutine
// of the queue or, of a run that is skipped, by that of Add. It must not call the queue.
func New(tell func(Run, Outcome)) *Queue {
	q := &Queue{tell: tell, limit: Limit, counts: map[Result]int{}}
	q.changed.L = &q.mu
	return q
}

// Add has a program run when those before it have ended. It never waits.
func (q *Queue) Add(r Run) {
	if q == nil {
		return
	}
	q.mu.Lock()
	full := !q.closed && len(q.waiting) >= maxWaiting
	switch {
	case q.closed:
	case full:
		q.counts[Skipped]++
	default:
		q.waiting = append(q.waiting, r)
		q.begin()
	}
	q.mu.Unlock()
	if full {
		q.tell(r, Outcome{Result: Skipped})
	}
}

// begin has somebody work.
func (q *Queue) begin() {
	if !q.works {
		q.works = true
		go q.work()
	}
}

// Counts returns how many runs had which result.
func (q *Queue) Counts() map[Result]int {
	if q == nil {
		return nil
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return maps.Clone(q.counts)
}

// Close kills what runs, drops what waits and returns when nothing is left.
func (q *Queue) Close() {
	if q == nil {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed, q.resting = true, false
	q.waiting = nil
	q.changed.Broadcast()
	if q.current != nil {
		q.current.child.KillGroup()
	}
	for q.works {
		q.changed.Wait()
	}
}

// work runs one program after the other.
func (q *Queue) work() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		for q.resting {
			q.changed.Wait()
		}
		if q.current == nil && len(q.waiting) == 0 {
			q.works = false
			q.changed.Broadcast()
			return
		}
		if q.current == nil {
			next := q.waiting[0]
			q.waiting = q.waiting[1:]
			q.busy = true
			q.mu.Unlock()
			r, err := start(next)
			q.mu.Lock()
			if err != nil {
				q.decided(next, Outcome{Result: Failure, Err: err})
				continue
			}
			q.current, q.busy = r, false
			q.changed.Broadcast()
		}
		q.attend(q.current)
	}
}

// attend waits for the end of a program. It is called with mu held.
func (q *Queue) attend(r *running) {
	go r.read()
	if q.closed {
		r.child.KillGroup()
	}
	q.mu.Unlock()
	timer := time.AfterFunc(q.limit-time.Since(r.began), r.child.KillGroup)
	code, sig, err := r.child.Await()
	timer.Stop()
	late := time.Since(r.began) >= q.limit
	q.mu.Lock()
	for q.resting { // who goes on finds the process as it is
		q.changed.Wait()
	}
	q.current, q.busy = nil, true
	q.mu.Unlock()
	r.child.Reap() // and nobody of its group is left
	o := Outcome{Result: Success, PID: r.child.PID, Code: code, Signal: sig}
	switch failed := code != 0 || sig != 0 || err != nil; {
	case failed && late:
		o.Result = Timeout
	case failed:
		o.Result = Failure
	}
	o.Output, o.More = r.said()
	q.mu.Lock()
	q.decided(r.run, o)
}

// decided counts and tells an outcome, after which nobody is busy. It is called with
// mu held.
func (q *Queue) decided(r Run, o Outcome) {
	q.counts[o.Result]++
	if !q.closed { // otherwise it is its end that ended it
		q.mu.Unlock()
		q.tell(r, o)
		q.mu.Lock()
	}
	q.busy = false
	q.changed.Broadcast()
}

// start starts this executable, which becomes the program (Main).
func start(r Run) (*running, error) {
	input, err := sys.SealedMemfd("reload", r.Input)
	if err != nil {
		return nil, err
	}
	defer sys.Close(input)
	if _, err := syscall.Seek(input, 0, io.SeekStart); err != nil { // it stands behind what was written
		return nil, err
	}
	out, theirs, err := os.Pipe()
	if err != nil {
		return nil, err
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
		return nil, err
	}
	return &running{run: r, child: child, out: out, began: time.Now(), stopped: make(chan struct{})}, nil
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
