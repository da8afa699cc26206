package mworker

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// Inherited returns the worker that this process is, or nil if it is none. It
// is the first thing a program calls: it removes the variable that flags a
// worker from the environment and starts to watch for the master's end, upon
// which the process exits with status 1.
//
// A flag that is in the environment for another reason (somebody exported it)
// is removed and otherwise ignored.
func Inherited() (*Worker, error) {
	value, flagged := os.LookupEnv(channelVariable)
	if !flagged {
		return nil, nil
	}
	os.Unsetenv(channelVariable)
	var version, startupFD, controlFD, crashFD int
	if n, err := fmt.Sscanf(value, "%d:%d:%d:%d", &version, &startupFD, &controlFD, &crashFD); n != 4 || err != nil {
		return nil, nil
	}
	if startupFD < 3 || controlFD < 3 || crashFD < 3 || !sys.IsPacketSocket(startupFD) || !sys.IsPacketSocket(controlFD) {
		return nil, nil
	}
	if version != frameVersion {
		return nil, fmt.Errorf("mworker: the master speaks version %d, this program %d", version, frameVersion)
	}
	control, err := sys.OpenPackets(controlFD)
	if err != nil {
		return nil, err
	}
	startup, err := sys.OpenPackets(startupFD)
	if err != nil {
		return nil, err
	}
	w := &Worker{startup: startup, control: control, given: map[string]int{}, held: map[string]int{}}
	w.cond.L = &w.mu
	go w.readControl()
	if err := tellCrashes(crashFD); err != nil {
		return nil, err
	}
	keepName()
	// A closed standard error must not end a worker: see os/signal on SIGPIPE.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	if err := w.readStartup(); err != nil {
		return nil, err
	}
	return w, nil
}

// keepName gives the process the name that its argv suggests: it was executed
// by descriptor, and would be called by its number in ps and top.
func keepName() {
	name := filepath.Base(os.Args[0])
	if i := strings.IndexAny(name, " :"); i > 0 {
		name = name[:i]
	}
	_ = os.WriteFile("/proc/self/comm", []byte(cut(name, 15)), 0)
}

// readStartup takes what the master sends first: who this worker is, its
// files, and the listeners kept.
func (w *Worker) readStartup() error {
	buffer := make([]byte, frameHeader+maxPayload)
	for {
		n, fds, err := w.startup.Recv(buffer)
		if err != nil {
			return fmt.Errorf("mworker: startup channel: %w", err)
		}
		f, err := parseFrame(buffer[:n], len(fds), maxPayload)
		if err != nil {
			return fmt.Errorf("mworker: startup channel: %w", err)
		}
		switch f.kind {
		case frameHello:
			err = w.takeHello(f, fds)
		case frameGiven:
			err = w.takeGiven(f, fds)
		case frameHeld:
			err = takeHeld(w.held, f, fds)
		case frameFormer, frameFormerHeld:
			err = w.takeFormer(f, fds)
		case frameGo:
			if w.number == 0 {
				return errors.New("mworker: startup channel: no hello")
			}
			return nil
		default:
			err = unknownFrame(f)
		}
		if err != nil && !errors.Is(err, errOptional) {
			return fmt.Errorf("mworker: startup channel: %w", err)
		}
	}
}

func (w *Worker) takeHello(f frame, fds []int) error {
	h, err := parseHello(f.payload)
	if err != nil || len(fds) != 1 {
		return errFrame
	}
	defer sys.CloseAll(fds)
	w.number, w.generation, w.respawn, w.forced = h.number, h.generation, h.respawn, h.forced
	w.check, w.again = h.check, h.again
	b, err := sys.ReadSealed(fds[0], 1<<40)
	if err != nil {
		return err
	}
	w.files, err = parseFiles(b)
	return err
}

func (w *Worker) takeGiven(f frame, fds []int) error {
	l, err := parseKeyList(f.payload)
	if err != nil || len(l.keys) != len(fds) {
		sys.CloseAll(fds)
		return errFrame
	}
	for i, k := range l.keys {
		w.given[k] = fds[i]
	}
	return nil
}

// readControl runs for the worker's whole life. The end of the channel is the
// end of the master, and of this process: at once and whatever it is doing.
func (w *Worker) readControl() {
	buffer := make([]byte, frameHeader+maxControlPayload)
	for {
		n, fds, err := w.control.Recv(buffer)
		if err == nil {
			var f frame
			if f, err = parseFrame(buffer[:n], len(fds), maxControlPayload); err == nil {
				err = w.order(f, fds)
			}
		}
		if err != nil {
			if err != io.EOF {
				fmt.Fprintf(os.Stderr, "mworker: control channel: %v\n", err)
			}
			os.Exit(1)
		}
	}
}
