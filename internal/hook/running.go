package hook

import (
	"errors"
	"os"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// running is a program that was started.
type running struct {
	run   Run
	child *sys.Child
	began time.Time

	out     *os.File
	output  []byte        // read from it so far; one byte more than is kept tells that there was more
	stopped chan struct{} // closed when read has returned; output is then whoever's
}

// read reads what the program says until its end, or a deadline.
func (r *running) read() {
	defer close(r.stopped)
	b := make([]byte, MaxOutput)
	for {
		n, err := r.out.Read(b)
		r.output = append(r.output, b[:min(n, MaxOutput+1-len(r.output))]...)
		if err != nil {
			return
		}
	}
}

// pause stops read, and goOn starts it again.
func (r *running) pause() {
	_ = r.out.SetReadDeadline(time.Unix(1, 0)) // pipes have deadlines
	<-r.stopped
}

func (r *running) goOn() {
	r.stopped = make(chan struct{})
	_ = r.out.SetReadDeadline(time.Time{})
	go r.read()
}

// said returns what the ended program said.
func (r *running) said() (output []byte, more bool) {
	_ = r.out.SetReadDeadline(time.Now().Add(outputGrace))
	<-r.stopped
	r.out.Close()
	if len(r.output) > MaxOutput {
		return r.output[:MaxOutput], true
	}
	return r.output, false
}

// State is a Queue as another program of the same process takes it over.
type State struct {
	Waiting []Run          `json:"waiting,omitempty"`
	Running *RunningState  `json:"running,omitempty"`
	Counts  map[Result]int `json:"counts"`
}

// RunningState is a program that runs.
type RunningState struct {
	Run    Run       `json:"run"`
	PID    int       `json:"pid"`
	Began  time.Time `json:"began"`
	FD     int       `json:"fd"` // of the pipe for what it says
	Output []byte    `json:"output,omitempty"`
}

// Check reports what cannot be a state.
func (s *State) Check() error {
	list := s.Waiting
	if r := s.Running; r != nil {
		if r.PID < 1 || r.FD < 3 || len(r.Output) > MaxOutput+1 {
			return errors.New("a hook without its process")
		}
		list = append(list[:len(list):len(list)], r.Run)
	}
	for _, r := range list {
		if len(r.Command) == 0 || len(list) > maxWaiting+1 {
			return errors.New("hooks that cannot be run")
		}
	}
	return nil
}

// Rest returns the state, with a descriptor in it that belongs to the caller. Until
// Resume nothing is started and nobody's end is acted upon.
func (q *Queue) Rest() (s State, err error) {
	if q == nil {
		return s, nil
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.resting = true
	for q.busy {
		q.changed.Wait()
	}
	s.Waiting, s.Counts = q.waiting, q.counts
	r := q.current
	if r == nil {
		return s, nil
	}
	r.pause()
	s.Running = &RunningState{Run: r.run, PID: r.child.PID, Began: r.began, Output: r.output}
	conn, err := r.out.SyscallConn()
	if err == nil {
		_ = conn.Control(func(fd uintptr) { s.Running.FD, err = sys.Duplicate(int(fd)) }) // it is open
	}
	return s, err
}

// Resume ends a Rest.
func (q *Queue) Resume() {
	if q == nil {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.resting && q.current != nil {
		q.current.goOn()
	}
	q.resting = false
	q.changed.Broadcast()
}

// Restore makes a state that of a new queue.
func (q *Queue) Restore(s State) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = s.Waiting
	for r, n := range s.Counts {
		q.counts[r] += n
	}
	if r := s.Running; r != nil {
		out := os.NewFile(uintptr(r.FD), "hook")
		if child, err := sys.AdoptSession(r.PID); err == nil {
			q.current = &running{run: r.Run, child: child, began: r.Began, out: out, output: r.Output, stopped: make(chan struct{})}
		} else { // nobody can tell any more
			out.Close()
			q.counts[Failure]++
		}
	}
	if q.current != nil || len(q.waiting) > 0 {
		q.begin()
	}
}
