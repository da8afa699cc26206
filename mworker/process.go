package mworker

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// process is the shell's side of a worker: the child and its two channels.
type process struct {
	number, generation int
	child              *sys.Child
	startup, control   *sys.Packets
	toStartup          *outbox
	toControl          *outbox
	started            time.Time
	version            string
	hash               string    // of its files
	leaves             time.Time // since when it drains
	program            executableID
	offered            store       // until it serves; then the master's store has them
	proposal           *descriptor // sealed changes; nil: none
	traces             *os.File    // the pipe that a crash is told through
	trace              *StartupLog // what came
	readers            sync.WaitGroup
}

// launchOrder is all that a process is started with, held until it is.
type launchOrder struct {
	hello   hello
	exe     *executable
	args    []string
	env     []string
	dir     string
	archive *descriptor
	keys    []string
	given   []*descriptor
	// What is kept of files that an earlier load of the generation read.
	held   []string
	bytes  []*descriptor
	absent []string
	// The same of the generation that serves, if changes of it may be proposed.
	former *launchOrder
}

// hold adds the files of a generation.
func (o *launchOrder) hold(files map[string]*content) {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if c := files[name]; c != nil {
			o.held, o.bytes = append(o.held, name), append(o.bytes, c.fd.hold())
		} else {
			o.absent = append(o.absent, name)
		}
	}
}

// ControlDescriptor is the number of the descriptor, in a worker, through which its
// master talks to it.
const ControlDescriptor = 4

// channelVariable flags a worker and names its channels' descriptors.
const channelVariable = "MWORKER_CHANNELS"

// The descriptors of the channels in a new worker.
const (
	startupFD = 3
	controlFD = ControlDescriptor
	crashFD   = 5
)

func (o *launchOrder) release() {
	o.archive.release()
	if o.exe != nil {
		o.exe.fd.release()
	}
	releaseAll(o.given)
	releaseAll(o.bytes)
	if o.former != nil {
		o.former.release()
	}
}

// launch starts a worker and queues what it is to be told first. It may take
// as long as the executable takes to load, and so runs on a goroutine.
func launch(o *launchOrder) (p *process, err error) {
	startup, theirStartup, err := channel()
	if err != nil {
		return nil, err
	}
	defer sys.Close(theirStartup)
	control, theirControl, err := channel()
	if err != nil {
		startup.Close()
		return nil, err
	}
	defer sys.Close(theirControl)
	traces, theirTraces, err := os.Pipe()
	if err != nil {
		startup.Close()
		control.Close()
		return nil, err
	}
	defer theirTraces.Close()
	flag := fmt.Sprintf("%s=%d:%d:%d:%d", channelVariable, frameVersion, startupFD, controlFD, crashFD)
	child, err := sys.Start(sys.Spec{
		Path: sys.DescriptorPath(o.exe.fd.fd), Argv: o.args, Env: append(slices.Clip(o.env), flag), Dir: o.dir,
		Files: []int{0, 1, 2, startupFD: theirStartup, controlFD: theirControl, crashFD: int(theirTraces.Fd())},
	})
	if err != nil {
		startup.Close()
		control.Close()
		traces.Close()
		return nil, err
	}
	p = &process{
		number: o.hello.number, generation: o.hello.generation, child: child,
		startup: startup, control: control, started: time.Now(), offered: store{},
		toStartup: newOutbox(startup, true), toControl: newOutbox(control, false),
		traces: traces, trace: &StartupLog{},
	}
	p.toStartup.push(frameHello, o.hello.append(nil), o.archive.hold())
	p.give(frameGiven, false, o.keys, o.given)
	p.give(frameHeld, true, o.held, o.bytes)
	p.give(frameHeld, false, o.absent, nil)
	if f := o.former; f != nil {
		p.toStartup.push(frameFormer, nil, f.archive.hold())
		p.give(frameFormerHeld, true, f.held, f.bytes)
		p.give(frameFormerHeld, false, f.absent, nil)
	}
	p.toStartup.push(frameGo, nil)
	return p, nil
}

// give queues keys with their descriptors.
func (p *process) give(kind frameKind, flag bool, keys []string, fds []*descriptor) {
	for _, list := range chunks(keys) {
		var with []*descriptor
		if fds != nil {
			with = slices.Clone(fds[:len(list)])
			fds = fds[len(list):]
		}
		for _, d := range with {
			d.hold()
		}
		p.toStartup.push(kind, keyList{flag: flag, keys: list}.append(nil), with...)
	}
}

// channel makes a channel, of which our end tells who sent a frame.
func channel() (ours *sys.Packets, theirs int, err error) {
	ours, theirs, err = sys.PacketPair()
	if err == nil {
		if err = ours.IdentifySenders(); err != nil {
			ours.Close()
			sys.Close(theirs)
		}
	}
	return ours, theirs, err
}

// close ends both channels and the pipe, and so the readers.
func (p *process) close() {
	if p.traces != nil {
		p.traces.Close()
	}
	if p.proposal != nil {
		p.proposal.release()
		p.proposal = nil
	}
	p.toStartup.close()
	p.toControl.close()
}

// exitGrace is how long after a process's end its channels are read: whatever
// it sent is in the kernel's buffers already.
const exitGrace = time.Second

// watch reports the end of the process, after what it had said.
func (m *Master) watch(p *process) {
	code, sig, err := p.child.Await()
	if err != nil { // cannot be for a child of ours; never leave a load undecided
		code, sig = 1, 0
	}
	read := make(chan struct{})
	go func() {
		p.readers.Wait()
		close(read)
	}()
	select {
	case <-read:
	case <-time.After(exitGrace):
	}
	m.post(message{in: input{kind: inExited, worker: p.number, status: exitStatus(code, sig)},
		done: p.child.Reap, // until then another program could ask for the status again
		drop: p.child.Reap})
}

// readChannel turns the packets of a channel into messages until it ends.
func (m *Master) readChannel(p *process, from *sys.Packets, limit int, end inputKind, parse func(*process, frame, []int) (message, bool)) {
	defer p.readers.Done()
	buffer := make([]byte, frameHeader+limit)
	for {
		if !m.receive(p, from, buffer, limit, end, parse) {
			return
		}
	}
}

// receive takes one packet and hands over what it says, with the intake held: what was
// received and not handed over would be lost to another program. False: it was the
// last one.
func (m *Master) receive(p *process, from *sys.Packets, buffer []byte, limit int, end inputKind, parse func(*process, frame, []int) (message, bool)) bool {
	n, fds, pid, locked, err := from.RecvGuarded(buffer, m.intake.RLocker())
	if !locked {
		m.intake.RLock()
	}
	defer m.intake.RUnlock()
	if err == nil && pid != p.child.PID {
		// The worker's descriptors may be taken from it (pidfd_getfd(2)), but what
		// it has to say it says itself.
		sys.CloseAll(fds)
		m.post(message{in: input{kind: inBadFrame, worker: p.number, text: fmt.Sprintf("a frame of process %d", pid)}})
		return false
	}
	if err != nil {
		in := input{kind: end, worker: p.number}
		if errors.Is(err, sys.ErrRightsDropped) || errors.Is(err, sys.ErrPacketTooLong) {
			in = input{kind: inBadFrame, worker: p.number, text: err.Error()}
		} else if err := p.toStartup.failure(); err != nil && end == inStartupEOF {
			in.text = "cannot hand the files and listeners to the worker: " + err.Error()
		}
		m.post(message{in: in})
		return false
	}
	f, err := parseFrame(buffer[:n], len(fds), limit)
	if err == nil {
		msg, last := parse(p, f, fds)
		m.post(msg)
		return !last
	}
	sys.CloseAll(fds)
	m.post(message{in: input{kind: inBadFrame, worker: p.number, text: err.Error()}})
	return false
}
