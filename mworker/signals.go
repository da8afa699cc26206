package mworker

import (
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// Signals holds the signals that arrived since CatchSignals, each once and in
// the order of their first arrival, until a master runs.
type Signals struct {
	in, urgent chan os.Signal // apart, so that a storm of reloads cannot displace a stop
	mu         sync.Mutex
	pending    []syscall.Signal
	attached   bool
	wake       chan struct{}
	quit       chan struct{}
	flushes    chan chan struct{}
}

// caught are the signals that a master handles; QUIT and PIPE it ignores.
// Catching, not ignoring: an ignored signal stays ignored in the workers.
var (
	caught       = []os.Signal{syscall.SIGUSR2, syscall.SIGHUP, syscall.SIGTTOU, syscall.SIGTTIN, syscall.SIGQUIT, syscall.SIGPIPE}
	caughtUrgent = []os.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGUSR1}
)

// CatchSignals starts to hold signals for a master. A program calls it before
// anything that takes time, in place of having their default action end it half
// started. Until Run is called there is nothing to stop: TERM and INT end the
// process as they end one that does not catch them. The signals of faults, when
// somebody sends them, end it with their own status at any time.
func CatchSignals() *Signals {
	if s := early; s != nil {
		early = nil
		return s
	}
	s := &Signals{
		in: make(chan os.Signal, 64), urgent: make(chan os.Signal, 16),
		wake: make(chan struct{}, 1), quit: make(chan struct{}), flushes: make(chan chan struct{}),
	}
	signal.Notify(s.in, caught...)
	signal.Notify(s.urgent, caughtUrgent...)
	sys.OutsideFaults(nil)
	go s.run()
	return s
}

func (s *Signals) run() {
	for {
		select {
		case sig := <-s.urgent:
			s.add(sig.(syscall.Signal))
		case sig := <-s.in:
			s.add(sig.(syscall.Signal))
		case done := <-s.flushes:
			s.drain()
			close(done)
		case <-s.quit:
			return
		}
	}
}

// drain takes what has come.
func (s *Signals) drain() {
	for {
		select {
		case sig := <-s.urgent:
			s.add(sig.(syscall.Signal))
		case sig := <-s.in:
			s.add(sig.(syscall.Signal))
		default:
			return
		}
	}
}

func (s *Signals) add(sig syscall.Signal) {
	if sig == syscall.SIGQUIT || sig == syscall.SIGPIPE {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.attached {
		if sig == syscall.SIGTERM || sig == syscall.SIGINT {
			sys.DieOf(sig)
			os.Exit(128 + int(sig)) // the first process of a container outlives its own signals
		}
	}
	for _, p := range s.pending {
		if p == sig {
			return
		}
	}
	s.pending = append(s.pending, sig)
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// attach hands the signals to a master from now on.
func (s *Signals) attach() {
	s.mu.Lock()
	s.attached = true
	s.mu.Unlock()
}

// take returns what is pending; wake has a value after each arrival.
func (s *Signals) take() []syscall.Signal {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pending
	s.pending = nil
	return p
}

// stop gives the signals their former actions back.
func (s *Signals) stop() {
	signal.Stop(s.in)
	signal.Stop(s.urgent)
	close(s.quit)
}
