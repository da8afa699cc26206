package programs

import (
	"syscall"
	"time"

	"github.com/sluice-proxy/sluice/internal/config/discovery"
	"github.com/sluice-proxy/sluice/mworker"
)

// process is a program that runs or waits to be started again.
type process struct {
	discovery.Program
	child    child // nil: it waits
	pid      int
	began    time.Time
	reloads  int
	former   bool // a reload was asked for since
	kept     bool // but the configuration wants it to go on
	failures int  // in a row
	timer    *time.Timer
}

// signal is lost on a process that has just ended, which is what it was for.
func (p *process) signal(sig syscall.Signal) {
	if p.child != nil {
		_ = p.child.Signal(sig)
	}
}

// giveUp reports whether the program was only waiting, which it does no more.
func (p *process) giveUp() bool {
	if p.timer == nil {
		return false
	}
	p.timer.Stop()
	p.timer = nil
	return true
}

// failed tells a failure from an end: 0, or one of the signals that ask for it,
// of which SIGUSR1 is sent at reloads only.
func (p *process) failed(status mworker.Status) bool {
	switch status.Code {
	case 0, 128 + int(syscall.SIGTERM), 128 + int(syscall.SIGINT):
		return false
	case 128 + int(syscall.SIGUSR1):
		return !p.former
	}
	return true
}

// delay is how long a program that has failed is left alone.
func (p *process) delay() time.Duration {
	if time.Since(p.began) >= stableAfter {
		p.failures = 0
	}
	d := restartDelay
	for n := 0; n < p.failures && d < restartMax; n++ {
		d *= 2
	}
	p.failures++
	return min(d, restartMax)
}
