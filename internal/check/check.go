// Package check watches servers (manual 5.2 "check", 4.2 "option httpchk"): it
// connects to them at intervals, judges what it sees, and says when one goes
// down or comes back. Checks are ordinary goroutines, started when they are due.
package check

import (
	"math/rand/v2"
	"sync"
	"time"
)

// Spec says how one server is checked.
type Spec struct {
	Target
	Multipath       bool          // connections are of multipath TCP
	Backend, Server string        // names, for expressions
	Script          *Script       // nil: a connection is enough
	State           func() string // the line of "http-check send-state"

	Inter      time.Duration
	FastInter  time.Duration // while the state is about to change; 0: Inter
	DownInter  time.Duration // while down; 0: Inter
	Rise, Fall int
	Connect    time.Duration // "timeout connect"; 0: Inter bounds it
	Read       time.Duration // "timeout check"; 0: Inter bounds the whole check
	Slots      chan struct{} // holds a place for each check in progress; nil: no limit
	Spread     int           // percent of random change of every interval ("spread-checks")
}

// Result is the outcome of one check.
type Result struct {
	Status string // as in "show stat": L4OK, L7STS, ...
	Code   int    // of the protocol, an HTTP status say; counts if HasCode(Status)
	Info   string // what was seen, when it says more than Status
	Took   time.Duration
}

// OK tells whether the server passed, under a condition or not.
func (r *Result) OK() bool {
	o := outcomeOf(r.Status)
	return o == passed || o == conditional
}

// Checker checks one server until it is stopped.
type Checker struct {
	spec Spec
	dial dialer
	told func(r Result, h State, change Change)

	mu      sync.Mutex
	state   State
	timer   *time.Timer
	stopped bool
	busy    sync.WaitGroup
}

// Start begins to check after delay. told is called after every check, from a
// goroutine, never twice at a time.
func Start(spec Spec, delay time.Duration, told func(Result, State, Change)) *Checker {
	if spec.FastInter == 0 {
		spec.FastInter = spec.Inter
	}
	if spec.DownInter == 0 {
		spec.DownInter = spec.Inter
	}
	c := &Checker{spec: spec, dial: newDialer(spec.Multipath), told: told, state: Initial(spec.Rise, spec.Fall)}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.timer = time.AfterFunc(delay, c.run)
	return c
}

// Stop ends the checks; it waits for one in progress to have told its result.
func (c *Checker) Stop() {
	c.mu.Lock()
	c.stopped = true
	c.timer.Stop()
	c.mu.Unlock()
	c.busy.Wait()
}

func (c *Checker) run() {
	c.mu.Lock()
	if c.stopped {
		c.mu.Unlock()
		return
	}
	c.busy.Add(1)
	c.mu.Unlock()
	defer c.busy.Done()

	if slots := c.spec.Slots; slots != nil {
		slots <- struct{}{}
		defer func() { <-slots }()
	}
	began := time.Now()
	r := c.spec.check(c.dial)
	r.Took = time.Since(began)

	c.mu.Lock()
	change := c.state.Apply(r.OK())
	s := c.state
	c.mu.Unlock()
	c.told(r, s, change)

	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.stopped {
		// The interval runs from the start of a check; a slow one delays the next.
		c.timer.Reset(max(c.spec.spread(c.spec.interval(s))-time.Since(began), time.Millisecond))
	}
}

// spread changes an interval at random by up to Spread percent either way.
func (spec *Spec) spread(d time.Duration) time.Duration {
	if spec.Spread <= 0 || d <= 0 {
		return d
	}
	by := int64(d) * int64(min(spec.Spread, 50)) / 100
	return d + time.Duration(rand.Int64N(2*by+1)-by)
}

// interval is the time to the next check in state s.
func (spec *Spec) interval(s State) time.Duration {
	switch {
	case s.Steady():
		return spec.Inter
	case s.Health == 0:
		return spec.DownInter
	}
	return spec.FastInter
}
