package mworker

import (
	"slices"
	"time"
)

// supervisor is the pure part of the master: inputs in, effects out. It does no
// I/O, has no clock and starts nothing, so that every history can be replayed in
// a test. The shell (Master) carries its effects out in order and reports what
// came of them as further inputs.
type supervisor struct {
	table   *[numStates][numInputs]cell
	policy  Policy
	workers []*worker  // every process that has not ended, oldest first
	current *worker    // the one that serves; nil: nobody
	reload  *load      // the load that was asked for
	respawn *load      // the load that replaces a crashed worker
	pending []*request // asked for while reload was busy, in order
	store   []string   // keys of the listeners kept, sorted

	good      []int // generations to fall back to, the one serving last
	known     []int // generations whose files the shell holds
	proven    []int // generations that have been stable
	crashes   int   // in a row
	waiting   bool  // timerRespawn runs
	idle      bool  // timerUnserved runs
	measuring bool  // timerMemory runs, or its measurement

	stop    stopMode
	stopped bool // doExit was given
	code    int  // to exit with
	served  bool // some worker has served: a failed load does not end the master

	nextWorker, nextGeneration   int
	reloads, failed, consecutive int
	lastFailed                   bool

	effects []effect

	// hold keeps loads that nobody waits for the result of, until the master has
	// executed another program.
	hold bool

	delivered func(State, inputKind) // set by tests
}

type stopMode uint8

const (
	stopNot   stopMode = iota
	stopDrain          // exit when everything begun is finished; a reload cancels it
	stopNow
)

// worker is one process, from the request for it to its end.
type worker struct {
	number     int
	generation int
	pid        int
	state      State
	load       *load // of which it is the candidate; nil once decided
	spawning   bool  // doSpawn was given and not answered
	committing bool  // serve was sent: it may be accepting already
	lastOne    bool  // it served when the master was told to stop
	pause      bool  // it pauses as soon as it serves
	phase      string
	reason     string // why it leaves or failed
	discovered []byte
	sentResult bool          // discovered was received
	timeout    time.Duration // of its load
	extended   bool          // timeout is its own wish
	apply      func(*Policy)
	given      []string // listeners it was started with
	kept       []string // of those, the ones it will serve
	bound      []string // its own
	reloads    int
	failed     int
	exceeds    int // the limit that ended it; -1: none
	kills      int // SIGKILLs sent
	respawned  bool
	signalled  bool // it was sent a signal that ends it
	asked      bool // ping was sent and not answered
	missed     int  // probes since
	hung       bool // it was killed for that
	hurried    bool // its time to drain is over
	former     int  // the generation that it may propose changes of; 0: it may not
	proposed   int  // the worker that was asked to make them, and has not answered
	exited     bool // meanwhile
	ended      Status
	spent      bool // its load is decided, and it is not to serve
}

// load is an attempt to get a candidate to serve.
type load struct {
	worker  *worker
	hard    bool
	respawn bool
	first   bool
	forced  bool
	check   bool // it is given up when it has succeeded
	from    int  // the generation whose files it reads again; 0: those of the disk
	callers []int
}

// request is what was asked for and has not begun.
type request struct {
	hard    bool
	forced  bool
	check   bool
	from    int
	by      []string // who asked
	pause   bool     // asked for since: its worker pauses as soon as it serves
	callers []int
}

// newSupervisor returns a supervisor that has done nothing yet.
func newSupervisor(p Policy) *supervisor {
	return &supervisor{table: makeTable(), policy: p.withDefaults()}
}

// worker takes an input of one worker and returns what to do.
func (s *supervisor) worker(in input) []effect {
	if s.stopped {
		return nil
	}
	w := s.find(in.worker)
	if w == nil { // its record is gone; what arrives late meets the last row
		w = &worker{number: in.worker, state: Gone}
	}
	s.deliver(w, in)
	return s.settle()
}

// deliver looks the input up in the table.
func (s *supervisor) deliver(w *worker, in input) {
	if s.delivered != nil {
		s.delivered(w.state, in.kind)
	}
	s.table[w.state][in.kind](s, w, in)
}

// master takes an input of the master and returns what to do.
func (s *supervisor) master(in masterInput) []effect {
	if s.stopped {
		return nil
	}
	switch in.kind {
	case inStart:
		s.request(&request{by: []string{"start"}})
	case inReload:
		r := &request{hard: in.hard, forced: in.forced, check: in.check, from: in.from, callers: []int{in.caller}}
		if in.by != "" {
			r.by = []string{in.by}
		}
		s.request(r)
	case inMeasure:
		s.do(effect{kind: doMeasure})
	case inMeasured:
		s.measured(in.bytes)
	case inOverBudget:
		s.forgetOldest()
	case inCancel:
		s.cancel(in.caller)
	case inSignal:
		s.onSignal(in.signal)
	case inRespawn:
		s.waiting = false
		s.startRespawn()
	case inUnserved:
		s.onUnserved()
	}
	return s.settle()
}

// settle restores what must hold after every input, and hands the effects out.
func (s *supervisor) settle() []effect {
	s.workers = slices.DeleteFunc(s.workers, func(w *worker) bool { return w.state == Gone })
	for len(s.pending) > 0 && !s.holds() && s.reload == nil && s.stop != stopNow && !s.stopped {
		p := s.pending[0]
		s.pending = slices.Delete(s.pending, 0, 1)
		s.beginReload(p)
	}
	s.orphaned()
	s.watchService()
	s.govern()
	s.forget()
	if s.finished() {
		s.event(Event{Kind: EventAllExited, Status: Status{Code: s.code}})
		s.exit(s.code)
	}
	out := s.effects
	s.effects = nil
	return out
}

// finished says that the master has nothing left to live for.
func (s *supervisor) finished() bool {
	if s.stopped || len(s.workers) > 0 || s.reload != nil {
		return false
	}
	return s.stop != stopNot || s.served && s.policy.ExitOnFailure
}

func (s *supervisor) exit(code int) {
	s.do(effect{kind: doExit, code: code})
	s.stopped = true
}

// forget releases the files of generations that nobody can need again.
func (s *supervisor) forget() {
	s.known = slices.DeleteFunc(s.known, func(g int) bool {
		needed := slices.Contains(s.good, g) ||
			slices.ContainsFunc(s.workers, func(w *worker) bool { return w.generation == g })
		if !needed {
			s.do(effect{kind: doForget, generation: g})
		}
		return !needed
	})
}

func (s *supervisor) find(number int) *worker {
	for _, w := range s.workers {
		if w.number == number {
			return w
		}
	}
	return nil
}

func (s *supervisor) newWorker(generation int, l *load) *worker {
	s.nextWorker++
	w := &worker{number: s.nextWorker, generation: generation, load: l, respawned: l.respawn, exceeds: -1, phase: "starting", timeout: s.policy.LoadTimeout}
	l.worker = w
	s.workers = append(s.workers, w)
	return w
}

func (s *supervisor) do(e effect) { s.effects = append(s.effects, e) }

func (s *supervisor) event(e Event) {
	if e.Kind != EventFormerExited {
		e.ExceedsMaxReloads = -1
	}
	s.do(effect{kind: doEvent, event: &e})
}

// report is event with what is known about a worker.
func (s *supervisor) report(w *worker, e Event) {
	e.Worker, e.Generation = s.info(w), w.generation
	e.Respawn = w.respawned
	e.Check = w.spent || w.load != nil && w.load.check
	s.event(e)
}

func (s *supervisor) info(w *worker) WorkerInfo {
	return WorkerInfo{
		Number: w.number, PID: w.pid, State: w.state, Generation: w.generation,
		Current: w == s.current, Spent: w.spent,
		Leaving: w.state == Draining && !w.spent, Reason: w.reason, Phase: w.phase,
		Reloads: w.reloads, FailedReloads: w.failed, Respawn: w.respawned,
		Listeners: len(w.kept) + len(w.bound), Hurried: w.hurried,
	}
}

func (s *supervisor) arm(w *worker, t timerKind) {
	after := s.policy.StopTimeout
	if t == timerStable {
		after = s.policy.StableAfter
	}
	s.do(effect{kind: doArm, worker: w.number, timer: t, after: after})
}

// end takes a worker out: its process is gone or beyond reach.
func (s *supervisor) end(w *worker) {
	w.state = Gone
	if s.current == w {
		s.current = nil
	}
	s.do(effect{kind: doRelease, worker: w.number})
}
