// Package programs runs the commands that a configuration has beside its workers
// (the program sections of HAProxy 2.0 to 3.2): it starts them, tells them of
// reloads and of the end, and starts those again that fail.
package programs

import (
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/sluice-proxy/sluice/internal/config/discovery"
	"github.com/sluice-proxy/sluice/internal/sys"
	"github.com/sluice-proxy/sluice/mworker"
)

// How a program that fails is started again: after a delay that doubles, and
// begins anew for one that has run for a while.
const (
	restartDelay = time.Second
	restartMax   = time.Minute
	stableAfter  = time.Minute
)

// How long programs may take to end when they have to, and the kernel when it
// kills them.
const (
	endGrace  = 10 * time.Second
	killGrace = time.Second
)

// Set is the programs of a master. Its methods may be called from any goroutine.
type Set struct {
	env   func() []string
	tell  func(Event)
	start func(sys.Spec) (child, int, error)

	mu      sync.Mutex
	running bool          // run is
	resume  chan struct{} // closed by Resume
	calls   chan func()
	done    chan struct{}

	// Below, the state of run's goroutine.
	processes []*process // the youngest first, those of one reload in their order
	stopping  bool
	change    Change
	empty     chan struct{} // closed when no process is left; nil: nobody waits
}

// child is a *sys.Child.
type child interface {
	Signal(syscall.Signal) error
	Await() (int, syscall.Signal, error)
	Reap()
}

// Change is how a new configuration takes over from the former one.
type Change struct {
	First         bool // there was none before
	Hard          bool // former programs get SIGTERM in place of SIGUSR1
	MaxReloads    int  // those that outlive more reloads get SIGTERM; negative: no limit
	ExitOnFailure bool // a failure of a program is Failed, and nothing is started again
}

// Info describes a program that runs.
type Info struct {
	Name    string
	PID     int
	Reloads int // since it was started
	Former  bool
	Started time.Time
}

// New returns a set without programs. They are started with the environment that
// env returns; what happens is told in order, on a goroutine that must not call
// the set.
func New(env func() []string, tell func(Event)) *Set {
	return &Set{
		env: env, tell: tell, start: startChild,
		calls: make(chan func()), done: make(chan struct{}),
	}
}

// Replace makes the programs of a new configuration those that run: the former
// ones are told, and the new ones started: on a reload not those with "no option
// start-on-reload", which are expected to run.
func (s *Set) Replace(list []discovery.Program, c Change) {
	if len(list) > 0 {
		s.begin()
	}
	s.call(func() { s.replace(list, c) })
}

// Stop tells every program that the master is about to end; none is started any
// more, unless Replace is called.
func (s *Set) Stop(sig syscall.Signal) {
	s.call(func() {
		s.stopping = true
		s.processes = slices.DeleteFunc(s.processes, (*process).giveUp)
		for _, p := range s.processes {
			p.signal(sig)
		}
	})
}

// End ends every program, by SIGKILL if it has to, and returns when that is done.
// Nothing is started any more. A second call does nothing.
func (s *Set) End() {
	empty := make(chan struct{})
	s.Stop(syscall.SIGTERM)
	if !s.call(func() { s.empty = empty; s.settle() }) {
		return // there never was one
	}
	select {
	case <-empty:
	case <-time.After(endGrace):
		s.call(func() {
			for _, p := range s.processes {
				s.tell(Event{Kind: Unresponsive, Name: p.Name, PID: p.pid})
				p.signal(syscall.SIGKILL)
			}
		})
		select {
		case <-empty:
		case <-time.After(killGrace):
		}
	}
	close(s.done)
}

// List describes the programs that run, the youngest first.
func (s *Set) List() (list []Info) {
	s.call(func() {
		for _, p := range s.processes {
			if p.child != nil {
				list = append(list, Info{p.Name, p.pid, p.reloads, p.former, p.began})
			}
		}
	})
	return list
}

func (s *Set) replace(list []discovery.Program, c Change) {
	s.change, s.stopping = c, false
	for _, p := range s.processes {
		p.kept = false
		for _, to := range list {
			if to.Name == p.Name && to.NoStartOnReload {
				p.Program, p.kept = to, true
			}
		}
	}
	s.processes = slices.DeleteFunc(s.processes, func(p *process) bool { return !p.kept && p.giveUp() })
	for _, p := range s.processes {
		s.reloaded(p)
	}
	var started []*process
	for _, to := range list {
		if c.First || !to.NoStartOnReload {
			p := &process{Program: to}
			started = append(started, p)
		}
	}
	s.processes = append(started, s.processes...)
	for _, p := range started {
		s.launch(p)
	}
}

// reloaded tells a program of a reload.
func (s *Set) reloaded(p *process) {
	if p.child == nil {
		return // it waits to be started again, with its new command
	}
	p.former = true
	p.reloads++
	switch {
	case s.change.Hard:
		p.signal(syscall.SIGTERM)
	case !p.kept && s.change.MaxReloads >= 0 && p.reloads > s.change.MaxReloads:
		p.signal(syscall.SIGTERM)
	default:
		p.signal(syscall.SIGUSR1)
	}
}

func (s *Set) launch(p *process) {
	p.former, p.reloads, p.began = false, 0, time.Now()
	c, pid, err := s.execute(p.Program)
	if err != nil {
		s.tell(Event{Kind: Unstartable, Name: p.Name, Command: p.Command[0], Err: err})
		s.ended(p, mworker.Status{Code: 1})
		return
	}
	p.child, p.pid = c, pid
	s.tell(Event{Kind: Started, Name: p.Name, PID: pid})
	s.await(p)
}

// await acts upon the end of a program's process. It stays a zombie until then: another
// program of this process could ask for its status again.
func (s *Set) await(p *process) {
	c, pid := p.child, p.pid
	go func() {
		code, sig, err := c.Await()
		status := mworker.Status{Code: code}
		if sig != 0 {
			status = mworker.Status{Code: 128 + int(sig), Signal: sig}
		}
		if err != nil { // cannot be for a child of ours
			status = mworker.Status{Code: 1}
		}
		defer c.Reap()
		s.call(func() {
			s.tell(Event{Kind: Exited, Name: p.Name, PID: pid, Former: p.former, Status: status})
			s.ended(p, status)
		})
	}()
}

// ended decides what becomes of a program that has no process any more.
func (s *Set) ended(p *process, status mworker.Status) {
	p.child, p.pid = nil, 0
	switch {
	case s.stopping || !p.failed(status) || p.former && !p.kept:
	case s.change.ExitOnFailure:
		if !p.former {
			s.tell(Event{Kind: Failed, Name: p.Name, Status: status})
		}
	default:
		delay := p.delay()
		s.tell(Event{Kind: Restarting, Name: p.Name, Delay: delay})
		s.again(p, delay)
		return
	}
	s.processes = slices.DeleteFunc(s.processes, func(q *process) bool { return p == q })
	s.settle()
}

// again starts a program after a delay.
func (s *Set) again(p *process, delay time.Duration) {
	p.timer = time.AfterFunc(delay, func() { s.call(func() { s.restart(p) }) })
}

func (s *Set) restart(p *process) {
	if p.timer != nil { // otherwise it was given up as the timer fired
		p.timer = nil
		s.launch(p)
	}
}

// settle tells who waits for the end of all programs.
func (s *Set) settle() {
	if s.empty != nil && len(s.processes) == 0 {
		close(s.empty)
		s.empty = nil
	}
}
