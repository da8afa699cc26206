package mworker

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// What a master hands over to the program that it executes: everything it knows, and
// the numbers of its descriptors. Descriptors that are shared have one number.
//
//	"MWORKER-STATE", version (uint32, big endian), SHA-256 of the rest, JSON
const (
	savedMagic  = "MWORKER-STATE"
	savedHeader = len(savedMagic) + 4 + sha256.Size
	maxSaved    = 64 << 20
)

// stateVersion changes whenever an older program could not go on with what a newer one
// writes. It is a string so that a test can link a program of another age.
var stateVersion = "1"

func savedVersion() uint32 {
	n, err := strconv.ParseUint(stateVersion, 10, 32)
	if err != nil {
		panic(err)
	}
	return uint32(n)
}

type saved struct {
	Args    []string
	Env     []string
	Dir     int
	Path    string
	Exe     savedExecutable
	Started time.Time
	Store   map[string]int

	Generations []savedGeneration
	Contents    []savedContent
	Processes   []savedProcess
	Timers      []savedTimer
	Supervisor  savedSupervisor

	Latest, CheckLog []byte
	Crashes          []Crash
	History          []Generation
	Signals          []int // that came and were not acted upon

	Product    []byte
	ProductFDs []int
}

type savedExecutable struct {
	FD int
	ID executableID
}

type savedGeneration struct {
	Number          int
	Archive         int
	Exe             savedExecutable
	Hash            string
	Named           int
	Archived, Size  int64
	Partial, Sealed bool
	Files           map[string]int // index of Contents; -1: it was not there
}

type savedContent struct {
	Sum  []byte
	Size int64
	FD   int
}

type savedProcess struct {
	Number, Generation, PID int
	Control, Traces         int
	Started                 time.Time
	Version, Hash           string
	Program                 executableID
	Leaves                  time.Time
	Trace                   []byte
	Unsent                  []savedFrame
}

// savedFrame is a frame that a worker has not taken yet.
type savedFrame struct {
	Packet []byte
	FDs    []int
}

type savedTimer struct {
	Worker int
	Kind   timerKind
	Left   time.Duration
}

// savedSupervisor is a supervisor at rest: no load is under way, and somebody serves.
type savedSupervisor struct {
	Policy                       Policy
	Workers                      []savedWorker
	Current                      int
	Store                        []string
	Good                         []int
	Known                        []int
	Proven                       []int
	Crashes                      int
	Waiting, Idle, Served        bool
	Code                         int
	NextWorker, NextGeneration   int
	Reloads, Failed, Consecutive int
	LastFailed                   bool
}

type savedWorker struct {
	Number, Generation, PID int
	State                   State
	LastOne, Pause          bool
	Phase, Reason           string
	Timeout                 time.Duration
	Kept, Bound             []string
	Reloads, Failed         int
	Exceeds, Kills          int
	Respawned, Signalled    bool
	Asked                   bool
	Missed                  int
	Hung, Spent, Hurried    bool
}

// atRest reports whether the supervisor can be saved.
func (s *supervisor) atRest() bool {
	if s.stopped || s.stop != stopNot || s.reload != nil || s.respawn != nil || s.waiting || len(s.pending) > 0 && !s.holds() || s.current == nil {
		return false
	}
	return !slices.ContainsFunc(s.workers, func(w *worker) bool {
		return w.load != nil || w.state == Loading || w.state == Checked || w.state == Failed
	})
}

func (s *supervisor) save() savedSupervisor {
	v := savedSupervisor{
		Policy: s.policy, Current: s.current.number, Store: s.store, Good: s.good, Known: s.known, Proven: s.proven,
		Crashes: s.crashes, Waiting: s.waiting, Idle: s.idle, Served: s.served, Code: s.code,
		NextWorker: s.nextWorker, NextGeneration: s.nextGeneration,
		Reloads: s.reloads, Failed: s.failed, Consecutive: s.consecutive, LastFailed: s.lastFailed,
	}
	for _, w := range s.workers {
		v.Workers = append(v.Workers, savedWorker{
			Number: w.number, Generation: w.generation, PID: w.pid, State: w.state, LastOne: w.lastOne, Pause: w.pause,
			Phase: w.phase, Reason: w.reason, Timeout: w.timeout, Kept: w.kept, Bound: w.bound,
			Reloads: w.reloads, Failed: w.failed, Exceeds: w.exceeds, Kills: w.kills,
			Respawned: w.respawned, Signalled: w.signalled, Asked: w.asked, Missed: w.missed, Hung: w.hung, Spent: w.spent, Hurried: w.hurried,
		})
	}
	return v
}

// restore is the supervisor that was saved.
func (v *savedSupervisor) restore() (*supervisor, error) {
	s := newSupervisor(v.Policy)
	s.store, s.good, s.known, s.proven = v.Store, v.Good, v.Known, v.Proven
	s.crashes, s.waiting, s.idle, s.served, s.code = v.Crashes, v.Waiting, v.Idle, v.Served, v.Code
	s.nextWorker, s.nextGeneration = v.NextWorker, v.NextGeneration
	s.reloads, s.failed, s.consecutive, s.lastFailed = v.Reloads, v.Failed, v.Consecutive, v.LastFailed
	for _, o := range v.Workers {
		if int(o.State) >= numStates || o.PID <= 0 || s.find(o.Number) != nil {
			return nil, fmt.Errorf("worker %d: state %d, process %d", o.Number, o.State, o.PID)
		}
		w := &worker{
			number: o.Number, generation: o.Generation, pid: o.PID, state: o.State, lastOne: o.LastOne, pause: o.Pause,
			phase: o.Phase, reason: o.Reason, timeout: o.Timeout, kept: o.Kept, bound: o.Bound,
			reloads: o.Reloads, failed: o.Failed, exceeds: o.Exceeds, kills: o.Kills,
			respawned: o.Respawned, signalled: o.Signalled, asked: o.Asked, missed: o.Missed, hung: o.Hung, spent: o.Spent, hurried: o.Hurried,
		}
		s.workers = append(s.workers, w)
		if w.number == v.Current {
			s.current = w
		}
	}
	if s.current == nil || !s.current.state.serving() || len(s.good) == 0 {
		return nil, errors.New("nobody serves")
	}
	return s, nil
}

// transient are the members of the supervisor and its workers that mean nothing at
// rest; a test finds one that is neither saved nor here.
var transient = map[string]string{
	"supervisor.table": "code", "supervisor.reload": "at rest", "supervisor.respawn": "at rest", "supervisor.pending": "at rest",
	"supervisor.stop": "at rest", "supervisor.stopped": "at rest", "supervisor.effects": "handed out", "supervisor.delivered": "tests", "supervisor.hold": "it is over", "supervisor.measuring": "it begins anew",
	"worker.load": "at rest", "worker.spawning": "of a load", "worker.committing": "of a load", "worker.discovered": "of a load",
	"worker.sentResult": "of a load", "worker.extended": "of a load", "worker.apply": "of a load", "worker.given": "of a load",
	"worker.former": "of a load", "worker.proposed": "of a load", "worker.exited": "of a load", "worker.ended": "of a load",
}

// encode is the state as it is sealed.
func (v *saved) encode() ([]byte, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	b := binary.BigEndian.AppendUint32([]byte(savedMagic), savedVersion())
	sum := sha256.Sum256(body)
	return append(append(b, sum[:]...), body...), nil
}

var errSaved = errors.New("mworker: the state of the former master")

// decodeSaved reads what encode wrote, maybe in another version of the program. It
// trusts nothing.
func decodeSaved(b []byte) (*saved, error) {
	if len(b) < savedHeader || string(b[:len(savedMagic)]) != savedMagic {
		return nil, fmt.Errorf("%w is cut short or something else", errSaved)
	}
	if n := binary.BigEndian.Uint32(b[len(savedMagic):]); n != savedVersion() {
		return nil, fmt.Errorf("%w has version %d, this program reads %d", errSaved, n, savedVersion())
	}
	sum, body := b[len(savedMagic)+4:savedHeader], b[savedHeader:]
	if is := sha256.Sum256(body); !bytes.Equal(sum, is[:]) {
		return nil, fmt.Errorf("%w was changed on its way", errSaved)
	}
	v := &saved{}
	if err := unmarshal(body, v); err != nil {
		return nil, fmt.Errorf("%w: %w", errSaved, err)
	}
	if err := v.check(); err != nil {
		return nil, fmt.Errorf("%w: %w", errSaved, err)
	}
	return v, nil
}

func unmarshal(body []byte, v *saved) error { return json.Unmarshal(body, v) }

// check finds what does not fit together.
func (v *saved) check() error {
	sup, err := v.Supervisor.restore()
	if err != nil {
		return err
	}
	if len(v.Args) == 0 {
		return errors.New("no arguments")
	}
	numbers := map[int]bool{}
	for _, g := range v.Generations {
		if g.Archive < 3 || g.Exe.FD < 3 || numbers[g.Number] {
			return fmt.Errorf("generation %d", g.Number)
		}
		numbers[g.Number] = true
		for name, at := range g.Files {
			if at < -1 || at >= len(v.Contents) {
				return fmt.Errorf("generation %d, file %q", g.Number, name)
			}
		}
	}
	for _, c := range v.Contents {
		if len(c.Sum) != sha256.Size || c.FD < 3 || c.Size < 0 {
			return errors.New("a content without its sum")
		}
	}
	seen := map[int]bool{}
	for _, p := range v.Processes {
		w := sup.find(p.Number)
		if w == nil || w.pid != p.PID || seen[p.Number] || p.Control < 3 {
			return fmt.Errorf("process %d of worker %d", p.PID, p.Number)
		}
		seen[p.Number] = true
	}
	if len(seen) != len(sup.workers) {
		return errors.New("a worker without a process")
	}
	for _, g := range sup.good {
		if !numbers[g] {
			return fmt.Errorf("generation %d is not there", g)
		}
	}
	for _, t := range v.Timers {
		if int(t.Kind) >= len(timerNames) {
			return fmt.Errorf("timer %d", t.Kind)
		}
	}
	for _, k := range sup.store {
		if v.Store[k] < 3 {
			return fmt.Errorf("listener %q", k)
		}
	}
	return nil
}

// descriptors lists every descriptor that is handed over, each once.
func (v *saved) descriptors() (fds []int) {
	add := func(list ...int) {
		for _, fd := range list {
			if fd > 2 && !slices.Contains(fds, fd) {
				fds = append(fds, fd)
			}
		}
	}
	add(v.Dir, v.Exe.FD)
	for _, fd := range v.Store {
		add(fd)
	}
	for _, g := range v.Generations {
		add(g.Archive, g.Exe.FD)
	}
	for _, c := range v.Contents {
		add(c.FD)
	}
	for _, p := range v.Processes {
		add(p.Control, p.Traces)
		for _, f := range p.Unsent {
			add(f.FDs...)
		}
	}
	add(v.ProductFDs...)
	return fds
}

// save collects the state of a master at rest. The outboxes have stopped.
func (m *Master) save(unsent map[int][]outFrame) *saved {
	v := &saved{
		Args: m.opts.Args, Env: m.opts.Env, Dir: m.dir, Path: m.path, Started: m.started,
		Store: map[string]int{}, Supervisor: m.sup.save(), Latest: m.view.latest.Bytes(),
	}
	if m.checkLog != nil {
		v.CheckLog = m.checkLog.Bytes()
	}
	m.mu.Lock()
	v.Crashes, v.History = slices.Clone(m.crashes), slices.Clone(m.history)
	m.mu.Unlock()
	for k, d := range m.store {
		v.Store[k] = d.fd
	}
	index := map[*content]int{}
	for _, c := range m.contents {
		index[c] = len(v.Contents)
		v.Contents = append(v.Contents, savedContent{Sum: c.sum[:], Size: c.size, FD: c.fd.fd})
	}
	for n, s := range m.snapshots {
		if s.archive == nil {
			continue
		}
		g := savedGeneration{Number: n, Archive: s.archive.fd, Exe: savedExecutable{s.exe.fd.fd, s.exe.id}, Hash: s.hash, Named: s.named,
			Archived: s.archived, Size: s.size, Partial: s.partial, Sealed: s.sealed, Files: map[string]int{}}
		for name, c := range s.files {
			g.Files[name] = -1
			if c != nil {
				g.Files[name] = index[c]
			}
		}
		v.Generations = append(v.Generations, g)
	}
	for _, p := range m.processes {
		o := savedProcess{Number: p.number, Generation: p.generation, PID: p.child.PID, Control: p.control.Descriptor(),
			Started: p.started, Version: p.version, Hash: p.hash, Program: p.program, Leaves: p.leaves, Trace: p.trace.Bytes()}
		if fd, err := sys.FileDescriptor(p.traces); err == nil {
			o.Traces = fd
		}
		for _, f := range unsent[p.number] {
			frame := savedFrame{Packet: f.packet}
			for _, d := range f.fds {
				frame.FDs = append(frame.FDs, d.fd)
			}
			o.Unsent = append(o.Unsent, frame)
		}
		v.Processes = append(v.Processes, o)
	}
	for k, t := range m.timers {
		v.Timers = append(v.Timers, savedTimer{k.worker, k.kind, max(time.Until(t.at), 0)})
	}
	return v
}
