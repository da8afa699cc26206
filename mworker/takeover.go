package mworker

import (
	"encoding/hex"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// Legacy is what the program that this process ran before has left to this one.
type Legacy struct {
	// State is what its Upgrader.Rest returned. The descriptors that it names are open
	// and close-on-exec.
	State []byte
	saved *saved
}

// early catches the signals of a process that goes on as a master: until they are
// caught, some end it.
var early *Signals

func init() {
	if value := os.Getenv(stateVariable); value != "" && !strings.HasPrefix(value, "check:") {
		// What has waited is taken before os/signal is asked for it: that unblocks a
		// signal before it handles it, and TTIN and TTOU stop a process.
		waited := sys.TakePending(caughtSignals())
		for _, sig := range []syscall.Signal{syscall.SIGTTIN, syscall.SIGTTOU} {
			sys.Ignore(sig)
		}
		s := CatchSignals()
		for _, sig := range waited {
			s.add(sig)
		}
		early = s
	}
}

// TakeOver returns what the former program of this process has left, nil if there was
// none. Like Inherited it is called before anything else. In a process that was started
// only to be asked whether it could take over it answers and does not return;
// understands is asked about the product's part of the state, nil until a product
// state exists.
func TakeOver(understands func(state []byte) error) (*Legacy, error) {
	value, set := os.LookupEnv(stateVariable)
	if !set {
		return nil, nil
	}
	os.Unsetenv(stateVariable)
	number, asked := strings.CutPrefix(value, "check:")
	fd, err := strconv.Atoi(number)
	if err != nil || fd < 3 || !sys.IsSealed(fd) {
		return nil, nil // exported by somebody else
	}
	b, err := sys.ReadSealed(fd, maxSaved)
	if err != nil {
		return nil, err
	}
	v, err := decodeSaved(b)
	if err == nil && understands != nil && v.Product != nil {
		err = understands(v.Product)
	}
	if asked {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Print(takeOverAnswer(hex.EncodeToString(b[len(savedMagic)+4 : savedHeader])))
		os.Exit(0)
	}
	sys.Close(fd)
	if err != nil {
		return nil, err
	}
	for _, fd := range v.descriptors() {
		sys.SetCloseOnExec(fd)
	}
	keepName()
	return &Legacy{State: v.Product, saved: v}, nil
}

// resume makes a new master what the former program was.
func (m *Master) resume(v *saved) error {
	open := map[int]*descriptor{}
	share := func(fd int) *descriptor {
		if d := open[fd]; d != nil {
			return d.hold()
		}
		open[fd] = own(fd)
		return open[fd]
	}
	program := func(x savedExecutable) *executable { return &executable{fd: share(x.FD), id: x.ID} }
	sup, err := v.Supervisor.restore()
	if err != nil {
		return err
	}
	m.sup, m.started, m.path, m.dir = sup, v.Started, v.Path, v.Dir
	m.opts.Args, m.opts.Env = v.Args, v.Env
	m.exe = program(v.Exe)
	for k, fd := range v.Store {
		m.store[k] = share(fd)
	}
	var all []*content
	for _, c := range v.Contents {
		one := &content{sum: sum(c.Sum), size: c.Size, fd: share(c.FD)}
		m.contents[one.sum] = one
		all = append(all, one)
	}
	for _, g := range v.Generations {
		s := &snapshot{exe: program(g.Exe), archive: share(g.Archive), hash: g.Hash, cancel: func() {}, named: g.Named,
			archived: g.Archived, size: g.Size, partial: g.Partial, sealed: g.Sealed}
		for name, at := range g.Files {
			if s.files == nil {
				s.files = map[string]*content{}
			}
			s.files[name] = nil
			if at >= 0 {
				s.files[name] = all[at]
				all[at].uses++
			}
		}
		m.snapshots[g.Number] = s
	}
	m.view.latest = &StartupLog{head: v.Latest}
	m.checkLog = &StartupLog{head: v.CheckLog}
	m.crashes, m.history = v.Crashes, v.History
	for _, o := range v.Processes {
		control, err := sys.OpenPackets(o.Control)
		if err != nil {
			return fmt.Errorf("the channel to worker %d: %w", o.PID, err)
		}
		child, err := sys.AdoptChild(o.PID)
		if err != nil {
			return fmt.Errorf("worker %d: %w", o.PID, err)
		}
		p := &process{number: o.Number, generation: o.Generation, child: child, control: control, started: o.Started,
			version: o.Version, hash: o.Hash, program: o.Program, leaves: o.Leaves, offered: store{}, trace: &StartupLog{head: o.Trace}}
		var unsent []outFrame
		for _, f := range o.Unsent {
			frame := outFrame{packet: f.Packet}
			for _, fd := range f.FDs {
				frame.fds = append(frame.fds, share(fd))
			}
			unsent = append(unsent, frame)
		}
		p.toControl = newOutbox(control, false, unsent...)
		if o.Traces > 2 {
			p.traces = os.NewFile(uintptr(o.Traces), "traces")
		}
		m.processes[o.Number] = p
	}
	return nil
}

// goOn starts what a resumed master does by itself.
func (m *Master) goOn(v *saved) {
	for _, p := range m.processes {
		if p.traces != nil {
			p.readers.Add(1)
			go p.readTrace()
		}
		p.readers.Add(1)
		go m.readChannel(p, p.control, maxControlPayload, inControlEOF, parseControl)
		go m.watch(p)
	}
	for _, t := range v.Timers {
		m.arm(timerKey{t.Worker, t.Kind}, t.Left)
	}
	m.sup.event(Event{Kind: EventUpgraded})
	m.carryOut(m.sup.settle())
}
