package mworker

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// Upgrader lets a master execute another program and go on as the same process: after
// a reload whose worker was started from a program that has taken the place of the
// master's own. The new program finds what was handed over by [TakeOver].
type Upgrader interface {
	// Rest brings everything to rest that the product's state depends on (sessions of
	// clients, above all) and returns that state, and the descriptors that it names.
	// It is called on a goroutine of its own and may take a while; the master goes on.
	// An error puts the upgrade off.
	Rest() (state []byte, fds []int, err error)
	// Resume ends the rest: nothing came of the upgrade yet. An error is why.
	Resume(err error)
}

// stateVariable tells a program of the state that it is to take over ("3"), or to say
// whether it could ("check:3").
const stateVariable = "MWORKER_STATE"

const (
	upgradeRetry = 50 * time.Millisecond // after something came between
	upgradePause = time.Second           // after an attempt that was hopeless
	checkTime    = 5 * time.Second       // that a program may take to read a state
)

// wish is a program that the master is to execute.
type wish struct {
	exe     *executable
	resting bool
	waits   bool // for a retry
	stale   bool // the program in force is the master's own again
}

// want notes that a load brought a new program.
func (m *Master) want(exe *executable) {
	if m.opts.Upgrader == nil || exe.id == m.exe.id {
		if m.wish != nil {
			m.wish.stale = true
		}
		m.unwant()
		return
	}
	resting := false
	if m.wish != nil {
		resting = m.wish.resting
		m.wish.exe.fd.release()
	}
	m.wish = &wish{exe: exe.hold(), resting: resting}
	m.sup.hold = true
}

func (m *Master) unwant() {
	if m.wish != nil && !m.wish.resting {
		m.wish.exe.fd.release()
		m.wish = nil
		m.sup.hold = false
	}
}

// considerUpgrade begins when everything is at rest. It is called after each step.
func (m *Master) considerUpgrade() {
	if m.wish == nil || m.wish.resting || m.wish.waits || !m.sup.atRest() || m.keeping.busy || m.ended {
		return
	}
	m.wish.resting = true
	go func() {
		state, fds, err := m.opts.Upgrader.Rest()
		if err == nil {
			m.observers.drain(time.Second)
			m.intake.Lock() // nobody receives a frame any more
		}
		m.post(message{call: func() { m.rested(state, fds, err) }, drop: func() {
			if err == nil {
				m.intake.Unlock()
			}
		}})
	}()
}

// rested executes the new program, unless something came between.
func (m *Master) rested(state []byte, fds []int, err error) {
	locked := err == nil
	m.runSignals()
	m.runRequests()
	if err == nil {
		err = m.execute(state, fds)
	}
	if locked {
		m.intake.Unlock()
	}
	w, retry := m.wish, upgradeRetry
	w.resting, w.waits = false, true
	var failed *upgradeError
	if errors.As(err, &failed) || m.ended || w.stale {
		m.unwant()
	}
	if !errors.Is(err, errBusy) { // it may take long, and reloads must not wait for it
		retry, m.sup.hold = upgradePause, false
	}
	if failed != nil {
		m.sup.event(Event{Kind: EventNotUpgraded, Text: failed.Error()})
	}
	m.carryOut(m.sup.settle())
	go func() {
		m.opts.Upgrader.Resume(err)
		time.Sleep(retry)
		m.post(message{call: func() {
			if m.wish != nil {
				m.wish.waits = false
				m.considerUpgrade()
			}
		}})
	}()
}

// upgradeError is a failure that another attempt would not mend.
type upgradeError struct{ error }

var errBusy = errors.New("something came between")

// execute replaces the program of this process; it returns only if that fails.
func (m *Master) execute(state []byte, fds []int) error {
	if !m.sup.atRest() || m.keeping.busy || m.ended || m.wish.stale || !m.observers.empty() {
		return errBusy
	}
	unsent := map[int][]outFrame{}
	for n, p := range m.processes {
		unsent[n] = p.toControl.stop()
	}
	defer func() { // it failed
		for n, p := range m.processes {
			p.toControl = newOutbox(p.control, false, unsent[n]...)
		}
	}()
	v := m.save(unsent)
	v.Product, v.ProductFDs, v.Exe = state, fds, savedExecutable{m.wish.exe.fd.fd, m.wish.exe.id}
	sealed, sum, err := v.seal()
	if err != nil {
		return &upgradeError{err}
	}
	defer sys.Close(sealed)
	if err := canTakeOver(m.wish.exe, m.opts.Args[0], m.opts.Env, sealed, sum); err != nil {
		return &upgradeError{err}
	}
	env := append(withoutState(os.Environ()), stateVariable+"="+strconv.Itoa(sealed))
	err = sys.ExecuteAs(m.wish.exe.fd.fd, m.opts.Args, env, append(v.descriptors(), sealed), caughtSignals(), func() []syscall.Signal {
		again := m.signals.flush()
		if len(m.sup.pending) > 0 { // asked for by signals, and held back
			again = append(again, syscall.SIGUSR2)
		}
		return again
	})
	if errors.Is(err, sys.ErrSignalPending) {
		return errBusy
	}
	return &upgradeError{fmt.Errorf("the new program cannot be executed: %w", err)}
}

func caughtSignals() []os.Signal { return slices.Concat(caught, caughtUrgent) }

func withoutState(env []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(e string) bool { return strings.HasPrefix(e, stateVariable+"=") })
}

// seal returns the state in a memfd, and its sum.
func (v *saved) seal() (fd int, sum string, err error) {
	b, err := v.encode()
	if err != nil {
		return -1, "", err
	}
	if len(b) > maxSaved {
		return -1, "", fmt.Errorf("the state has %d bytes, at most %d can be handed over", len(b), maxSaved)
	}
	if fd, err = sys.SealedMemfd("mworker-state", b); err != nil {
		return -1, "", err
	}
	return fd, hex.EncodeToString(b[len(savedMagic)+4 : savedHeader]), nil
}

// proveProgram has a program that a load was started from read the state of this
// moment: one that could not take over is no program to load with.
func (m *Master) proof(exe *executable) func() error {
	if m.opts.Upgrader == nil || exe == nil || exe.id == m.exe.id || m.sup.current == nil {
		return func() error { return nil }
	}
	v := m.save(nil)
	v.Exe = savedExecutable{exe.fd.fd, exe.id}
	held, arg, env := exe.hold(), m.opts.Args[0], m.opts.Env
	return func() error {
		defer held.fd.release()
		fd, sum, err := v.seal()
		if err != nil {
			return err
		}
		defer sys.Close(fd)
		return canTakeOver(held, arg, env, fd, sum)
	}
}

// canTakeOver starts a program that is only to say whether it reads a state.
func canTakeOver(exe *executable, name string, env []string, state int, sum string) error {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	out, theirs, err := os.Pipe()
	if err != nil {
		return err
	}
	defer out.Close()
	defer theirs.Close()
	child, err := sys.Start(sys.Spec{Path: sys.DescriptorPath(exe.fd.fd), Argv: []string{name, "--takeover-check"},
		Env:   append(withoutState(env), stateVariable+"=check:3"),
		Files: []int{int(null.Fd()), int(theirs.Fd()), int(theirs.Fd()), state}})
	if err != nil {
		return fmt.Errorf("the new program cannot be executed: %w", err)
	}
	theirs.Close()
	late := time.AfterFunc(checkTime, func() { child.Signal(syscall.SIGKILL) })
	defer late.Stop()
	said, _ := io.ReadAll(io.LimitReader(out, maxReason))
	out.Close()
	code, sig, err := child.Wait()
	switch {
	case err != nil:
		return err
	case sig == 0 && code == 0 && string(said) == takeOverAnswer(sum):
		return nil
	}
	text := strings.TrimSpace(printable(string(said)))
	if text == "" {
		text = exitStatus(code, sig).String()
	}
	return fmt.Errorf("the new program cannot take over from this one: %s", text)
}

func takeOverAnswer(sum string) string { return "mworker: can take over " + sum + "\n" }

// flush returns the signals that were caught and not acted upon; no others come
// meanwhile.
func (s *Signals) flush() []syscall.Signal {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGUSR2)
	signal.Stop(c) // returns when everything that was caught is in its channel
	done := make(chan struct{})
	select {
	case s.flushes <- done:
		<-done
	case <-s.quit:
	}
	return s.take()
}
