package mworker

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// Master is the process that never serves: it starts workers, keeps their
// listening sockets and answers questions. Run drives it; every other method
// may be called from any goroutine, before, during and after Run.
type Master struct {
	opts    Options
	exe     *executable // what this process runs, and workers unless there is a newer one
	path    string      // of the program; "": unknown
	dir     int         // O_PATH
	signals *Signals
	started time.Time

	inbox     chan message
	done      chan struct{} // closed when Run is about to return
	observers *observers

	// Below, the state of Run's goroutine.
	sup       *supervisor
	processes map[int]*process // by worker number
	snapshots map[int]*snapshot
	contents  contents
	store     store
	keeping   keeping
	wish      *wish               // the program to execute; nil: none
	logs      map[int]*StartupLog // of undecided loads, by worker number
	checkLog  *StartupLog         // of the latest load that was only checked
	grown     bool                // more is kept than when overBudget looked last
	timers    map[timerKey]*timer
	callers   map[int]chan Result
	calls     int
	followUps []input
	reading   int
	ended     bool
	code      int

	// intake is held for reading by who receives a frame, until it is handed over, and
	// locked when everything rests.
	intake sync.RWMutex

	mu       sync.Mutex // guards what follows
	view     view
	crashes  []Crash // the latest
	history  []Generation
	requests []func() // of other goroutines, for Run's
	wake     chan struct{}
}

// view is what queries read: a copy made after every step.
type view struct {
	workers   []WorkerInfo
	info      MasterInfo
	latest    *StartupLog
	processes []*process
	ended     bool
}

// message is an input for Run's goroutine. One that arrives after its end is
// dropped by calling drop.
type message struct {
	in   input
	fds  []*descriptor // of an offer
	call func()        // in place of in
	done func()        // called when it was handled
	drop func()
}

// NewMaster prepares a master: it opens the executable and the working
// directory of workers. It starts nothing.
func NewMaster(o Options) (*Master, error) {
	if o.Snapshot == nil {
		return nil, errors.New("mworker: Options.Snapshot is required")
	}
	if o.SnapshotLimit <= 0 {
		o.SnapshotLimit = defaultSnapshotLimit
	}
	if o.Args == nil {
		o.Args = os.Args
	}
	if len(o.Args) == 0 {
		return nil, errors.New("mworker: Options.Args is empty")
	}
	if o.Env == nil {
		o.Env = os.Environ()
	}
	if o.Legacy != nil {
		return inherit(o)
	}
	path := o.Executable
	if path == "" {
		path = "/proc/self/exe"
	}
	exe, err := openExecutable(path)
	if err != nil {
		return nil, err
	}
	dir := -1
	if o.Dir != "" {
		if dir, err = sys.OpenPath(o.Dir); err != nil {
			exe.fd.release()
			return nil, err
		}
	}
	m := &Master{
		opts: o, exe: exe, path: programPath(&o), dir: dir, signals: o.Signals, started: time.Now(),
		inbox: make(chan message), done: make(chan struct{}),
		sup: newSupervisor(o.Policy), store: store{},
		processes: map[int]*process{}, snapshots: map[int]*snapshot{}, contents: contents{}, logs: map[int]*StartupLog{},
		timers: map[timerKey]*timer{}, callers: map[int]chan Result{}, wake: make(chan struct{}, 1),
	}
	if err := m.adopt(o.Listeners); err != nil {
		exe.fd.release()
		if dir >= 0 {
			sys.Close(dir)
		}
		return nil, err
	}
	m.view.latest = &StartupLog{}
	m.publish()
	return m, nil
}

// inherit prepares a master that goes on.
func inherit(o Options) (*Master, error) {
	m := &Master{opts: o, signals: o.Signals, inbox: make(chan message), done: make(chan struct{}), store: store{},
		processes: map[int]*process{}, snapshots: map[int]*snapshot{}, contents: contents{}, logs: map[int]*StartupLog{},
		timers: map[timerKey]*timer{}, callers: map[int]chan Result{}, wake: make(chan struct{}, 1)}
	if err := m.resume(o.Legacy.saved); err != nil {
		return nil, err
	}
	m.publish()
	return m, nil
}

// adopt files duplicates of the sockets that the master was started with.
func (m *Master) adopt(listeners map[string]int) error {
	for key, fd := range listeners {
		if len(key) > maxKey || !sys.IsSocket(fd) {
			m.store.replace(store{})
			return fmt.Errorf("mworker: listener %q: descriptor %d is not a socket, or the key is too long", key, fd)
		}
		dup, err := sys.Duplicate(fd)
		if err != nil {
			m.store.replace(store{})
			return err
		}
		m.store[key] = own(dup)
		m.sup.store = append(m.sup.store, key)
	}
	slices.Sort(m.sup.store)
	return nil
}

// Run starts the first worker and supervises until the master has to end. It
// returns the exit status for the process. The end of ctx is a SIGTERM. It may
// be called once.
func (m *Master) Run(ctx context.Context) int {
	if m.signals == nil {
		m.signals = CatchSignals()
	}
	m.signals.attach()
	defer m.signals.stop()
	m.observers = newObservers(m.opts.Observer)
	if l := m.opts.Legacy; l != nil {
		m.goOn(l.saved)
	} else {
		m.stepMaster(masterInput{kind: inStart})
	}
	cancelled := ctx.Done()
	for !m.ended {
		select {
		case msg := <-m.inbox:
			// What came before it goes before it: an interrupt from the keyboard
			// reaches the workers as well, and their end must not look like a
			// crash; a request belongs to the next load, not to the one after.
			m.runSignals()
			m.runRequests()
			m.handle(msg)
		case <-m.wake:
			m.runRequests()
		case <-m.signals.wake:
			m.runSignals()
		case <-cancelled:
			cancelled = nil
			m.stepMaster(masterInput{kind: inSignal, signal: syscall.SIGTERM})
		}
	}
	m.shutDown()
	return m.code
}

// ask queues a request for Run's goroutine; false: it has ended.
func (m *Master) ask(request func()) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.view.ended {
		return false
	}
	m.requests = append(m.requests, request)
	select {
	case m.wake <- struct{}{}:
	default:
	}
	return true
}

func (m *Master) runSignals() {
	for _, sig := range m.signals.take() {
		m.stepMaster(masterInput{kind: inSignal, signal: sig})
	}
}

func (m *Master) runRequests() {
	m.mu.Lock()
	requests := m.requests
	m.requests = nil
	m.mu.Unlock()
	for _, request := range requests {
		request()
	}
}

// post hands a message to Run's goroutine; it waits, which is what slows a
// worker down that talks too much.
func (m *Master) post(msg message) {
	select {
	case m.inbox <- msg:
	case <-m.done:
		if msg.drop != nil {
			msg.drop()
		}
	}
}

func (m *Master) handle(msg message) {
	if msg.done != nil {
		defer msg.done()
	}
	switch {
	case msg.call != nil:
		msg.call()
	case msg.in.worker == 0: // an optional frame that was skipped
	case msg.in.kind == inOffered:
		m.step(m.takeOffer(msg))
	default:
		if msg.in.kind == inProposed {
			msg.in = m.takeProposal(msg)
		}
		if msg.in.kind == inReady {
			if p := m.processes[msg.in.worker]; p != nil {
				p.version = msg.in.text
				p.toStartup.close()
			}
		}
		m.step(msg.in)
	}
}

// takeOffer files the descriptors of an offer with their worker, or turns the
// offer into the report of a broken protocol.
func (m *Master) takeOffer(msg message) input {
	p := m.processes[msg.in.worker]
	bad := func(why string) input {
		releaseAll(msg.fds)
		return input{kind: inBadFrame, worker: msg.in.worker, text: why}
	}
	if p == nil {
		return bad("an offer from nobody")
	}
	if len(p.offered)+len(msg.fds) > maxListeners {
		return bad("more than 16384 listeners")
	}
	for i, k := range msg.in.keys {
		if p.offered[k] != nil || slices.Contains(msg.in.keys[:i], k) {
			return bad("a listener offered twice")
		}
		if msg.in.kept && !m.store.genuine(k, msg.fds[i].fd) {
			return bad("a kept listener was exchanged")
		}
	}
	for i, k := range msg.in.keys {
		p.offered[k] = msg.fds[i]
	}
	return msg.in
}

// step gives an input to the supervisor and carries out what it answers, and
// what follows from that.
func (m *Master) step(in input) { m.carryOut(m.sup.worker(in)) }

func (m *Master) stepMaster(in masterInput) { m.carryOut(m.sup.master(in)) }

func (m *Master) carryOut(effects []effect) {
	for {
		m.publish() // first: who is told of an event must find it true
		for _, e := range effects {
			m.effect(e)
		}
		if len(m.followUps) == 0 {
			if !m.overBudget() {
				break
			}
			effects = m.sup.master(masterInput{kind: inOverBudget})
			continue
		}
		in := m.followUps[0]
		m.followUps = m.followUps[1:]
		effects = m.sup.worker(in)
	}
	m.publish()
	m.considerUpgrade()
}

// follow queues an input that an effect led to at once; it is taken after the
// effects at hand.
func (m *Master) follow(in input) { m.followUps = append(m.followUps, in) }

// shutDown lets go of everything. Workers still there (none, unless not even
// SIGKILL ended them) see the end of their channels.
func (m *Master) shutDown() {
	m.mu.Lock()
	m.view.ended = true
	m.mu.Unlock()
	m.runRequests() // the supervisor has stopped: they get their refusal below
	close(m.done)
	for _, p := range m.processes {
		p.child.Signal(syscall.SIGKILL)
		m.drop(p)
	}
	for _, t := range m.timers {
		t.stop()
	}
	for _, g := range m.sup.known {
		m.forget(g)
	}
	m.store.replace(store{})
	for _, to := range m.callers {
		m.observers.push(delivery{to: to, result: Result{Reason: "the master ended"}, log: m.view.latest})
	}
	m.exe.fd.release()
	if m.dir >= 0 {
		sys.Close(m.dir)
	}
	m.observers.close()
	select { // an observer that is stuck does not keep the process
	case <-m.observers.done:
	case <-time.After(observerGrace):
	}
}

const observerGrace = 2 * time.Second
