package mworker

import (
	"errors"
	"net"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// publish copies what queries may read. They never wait for Run's goroutine.
func (m *Master) publish() {
	var v view
	for _, w := range m.sup.workers {
		v.workers = append(v.workers, m.complete(m.sup.info(w)))
	}
	for _, p := range m.processes {
		v.processes = append(v.processes, p)
	}
	s := m.sup
	v.info = MasterInfo{
		PID: os.Getpid(), Started: m.started, Reloads: s.reloads, FailedReloads: s.failed,
		ConsecutiveFailed: s.consecutive, LastLoadFailed: s.lastFailed, Loading: s.reload != nil,
		Stopping: s.stop != stopNot, Listeners: len(m.store), HangTimeout: s.policy.HangTimeout, Program: m.exe.id.String(),
	}
	if s.current != nil {
		v.info.Generation = s.current.generation
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	v.latest, v.ended = m.view.latest, m.view.ended
	m.view = v
}

// complete adds what only the shell knows.
func (m *Master) complete(w WorkerInfo) WorkerInfo {
	if p := m.processes[w.Number]; p != nil {
		w.Started, w.Version, w.Hash, w.Program = p.started, p.version, p.hash, p.program.String()
		w.Control = p.control.Descriptor()
		if w.State == Draining && p.leaves.IsZero() {
			p.leaves = time.Now()
		}
		w.Leaves = p.leaves
	}
	if t := m.timers[timerKey{w.Number, timerDrain}]; t != nil {
		w.Deadline = t.at
	}
	return w
}

// Workers describes every worker that has not ended, oldest first. A candidate
// whose files are still being read has no PID.
func (m *Master) Workers() []WorkerInfo {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.view.workers)
}

// Info describes the master.
func (m *Master) Info() MasterInfo {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.view.info
}

// StartupLog returns the messages of the latest load, also of one that failed
// or is under way.
func (m *Master) StartupLog() []byte {
	m.mu.Lock()
	l := m.view.latest
	m.mu.Unlock()
	return l.Bytes()
}

// Reload asks for a load and returns where its one Result will come. The load
// reads the files after this call: while another load is under way the request
// waits for its end, together with all others.
func (m *Master) Reload(kind ReloadKind) <-chan Result { return m.Load(Request{Kind: kind}) }

// Load is Reload with more to say. Requests that want the same of a load share it.
func (m *Master) Load(r Request) <-chan Result {
	return m.request(masterInput{kind: inReload, hard: r.Kind&ReloadHard != 0, forced: r.Kind&ReloadForced != 0,
		check: r.Kind&ReloadCheck != 0, from: r.From, by: cut(printable(r.By), maxReason)})
}

// Cancel gives up the reload that is under way: its callers get a Result that is
// not OK. Reloads asked for meanwhile are done next. The Result that comes here
// is OK, with the generation given up, if there was something to cancel.
func (m *Master) Cancel() <-chan Result { return m.request(masterInput{kind: inCancel}) }

// request has the supervisor answer an input.
func (m *Master) request(in masterInput) <-chan Result {
	to := make(chan Result, 1)
	asked := m.ask(func() {
		m.calls++
		m.callers[m.calls] = to
		in.caller = m.calls
		m.stepMaster(in)
	})
	if !asked {
		to <- Result{Reason: "the master ended"}
	}
	return to
}

// Signal does what the signal would do if the master received it.
func (m *Master) Signal(sig syscall.Signal) {
	m.ask(func() { m.stepMaster(masterInput{kind: inSignal, signal: sig}) })
}

// ErrNoWorker is returned for a PID that is no worker's that can be talked to.
var ErrNoWorker = errors.New("mworker: no such worker")

// Session connects to a worker: the other end of the connection is passed to
// its Handler.Session with the level given. The worker with that PID must have
// reported READY. The caller closes the connection.
func (m *Master) Session(pid int, level string) (*net.UnixConn, error) {
	p := m.talkable(pid)
	if p == nil {
		return nil, ErrNoWorker
	}
	if len(level) > maxLevel {
		return nil, errors.New("mworker: level too long")
	}
	ours, theirs, err := sys.StreamPair()
	if err != nil {
		return nil, err
	}
	if !p.toControl.push(frameSession, appendString(nil, level), own(theirs)) {
		ours.Close()
		return nil, errors.New("mworker: the worker does not read its control channel")
	}
	return ours, nil
}

func (m *Master) talkable(pid int) *process {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, w := range m.view.workers {
		if w.PID != pid || pid == 0 || w.State == Loading || w.State == Failed {
			continue
		}
		for _, p := range m.view.processes {
			if p.number == w.Number {
				return p
			}
		}
	}
	return nil
}

// logFor returns the startup log of a worker's load.
func (m *Master) logFor(worker int) *StartupLog {
	if m.logs[worker] == nil {
		m.logs[worker] = &StartupLog{}
	}
	return m.logs[worker]
}

// tell passes an event on to the observer.
func (m *Master) tell(e Event) {
	e.Worker = m.complete(e.Worker)
	m.note(&e)
	if e.Kind == EventReloading && e.Check {
		m.checkLog = m.logFor(e.Worker.Number)
	} else if e.Kind == EventReloading {
		m.mu.Lock()
		m.view.latest = m.logFor(e.Worker.Number)
		m.mu.Unlock()
	}
	switch e.Kind {
	case EventCurrentExited, EventFormerExited, EventFailed:
		m.noteCrash(&e)
	}
	switch e.Startup = m.logs[e.Worker.Number]; {
	case e.Startup != nil:
	case e.Kind == EventLog: // of a worker whose load is decided: no part of another one's log
		e.Startup = &StartupLog{}
	default:
		e.Startup = m.view.latest // written by this goroutine only
	}
	if e.Kind == EventReady { // what comes later belongs to the latest load
		delete(m.logs, e.Worker.Number)
	}
	m.observers.push(delivery{event: e})
}

// reply answers a caller, behind the events that led to it.
func (m *Master) reply(e effect) {
	to := m.callers[e.caller]
	delete(m.callers, e.caller)
	log := m.view.latest
	if e.check {
		log = m.checkLog
	}
	m.observers.push(delivery{to: to, log: log,
		result: Result{OK: e.ok, Generation: e.generation, Reason: e.text, InPlace: e.inPlace}})
}
