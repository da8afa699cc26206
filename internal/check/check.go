// Package check watches servers (manual 5.2 "check", "agent-check", "observe",
// "track"; 4.2 "option httpchk" and its like): it asks them at intervals, judges
// what it hears, keeps the state of each server and says when it changes. Checks
// are ordinary goroutines, started when they are due; between two of them a
// server costs a timer.
package check

import (
	"math/rand/v2"
	"sync"
	"time"

	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// Spec says how one server is checked.
type Spec struct {
	Target
	Moved           Moved
	Multipath       bool                // connections are of multipath TCP
	Via             *proxy.Transport    // how else connections are made; nil: plainly
	Announce        *proxy.Announcement // of PROXY protocol headers of version 2; nil: nothing
	NeverLocal      bool                // they are not LOCAL ("pp2-never-send-local")
	ViaSocks        bool                // through the SOCKS4 proxy of Via
	Backend, Server string              // names, for expressions
	UniqueID        *logs.Format        // what checks identify themselves by; nil: nothing
	Script          *Script             // nil: a connection is enough
	State           func() string       // the line of "http-check send-state"
	Lax             bool                // "option accept-unsafe-violations-in-http-response"
	Buffer          int                 // bytes of an answer that are kept ("tune.bufsize"); 0: 16384
	// down tells that the server is: then a 404 is a failure whatever
	// "disable-on-404" says.
	down func() bool
	// Run replaces the script: an external program, say.
	Run func() Result

	Inter     time.Duration
	FastInter time.Duration // while the state is about to change; 0: Inter
	DownInter time.Duration // while down; 0: Inter
	Connect   time.Duration // "timeout connect"; 0: Inter bounds it
	Read      time.Duration // "timeout check"; 0: Inter bounds the whole check
	Slots     chan struct{} // holds a place for each check in progress; nil: no limit
	Spread    int           // percent of random change of every interval ("spread-checks")
}

// Result is the outcome of one check.
type Result struct {
	Status string // as in "show stat": L4OK, L7STS, ...
	Code   int    // of the protocol, an HTTP status say; counts if HasCode(Status)
	Info   string // what was seen, when it says more than Status
	Took   time.Duration
	agent  *agentAnswer
}

// OK tells whether the server passed, under a condition or not.
func (r *Result) OK() bool {
	o := outcomeOf(r.Status)
	return o == passed || o == conditional
}

// checker asks one server, or its agent, until it is stopped.
type checker struct {
	spec  Spec
	dial  dialer
	begun func()
	told  func(Result)
	every func(*Spec) time.Duration

	mu      sync.Mutex
	timer   *time.Timer
	paused  bool
	stopped bool
	running bool
	due     time.Time
	busy    sync.WaitGroup
}

// start begins to check after delay. told is called after every check, from a
// goroutine, never twice at a time; every says when the next one is due.
func (c *checker) start(delay time.Duration) {
	if c.spec.FastInter == 0 {
		c.spec.FastInter = c.spec.Inter
	}
	if c.spec.DownInter == 0 {
		c.spec.DownInter = c.spec.Inter
	}
	if c.dial == nil {
		c.dial = newDialer(&c.spec)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.due = time.Now().Add(delay)
	c.timer = time.AfterFunc(delay, c.run)
}

// stop ends the checks; it waits for one in progress to have told its result.
func (c *checker) stop() {
	c.mu.Lock()
	c.stopped = true
	c.timer.Stop()
	c.mu.Unlock()
	c.busy.Wait()
}

// pause keeps checks from beginning, or lets them begin again.
func (c *checker) pause(on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.paused == on {
		return
	}
	c.paused = on
	if !on && !c.running && !c.stopped {
		c.schedule(0)
	}
}

// hurry has the next check come no later than after "fastinter".
func (c *checker) hurry() {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.spec.FastInter
	if !c.running && !c.paused && !c.stopped && time.Until(c.due) > d {
		c.schedule(d)
	}
}

func (c *checker) schedule(d time.Duration) {
	d = max(d, time.Millisecond)
	c.due = time.Now().Add(d)
	c.timer.Reset(d)
}

// change replaces where and how is checked, from the next check on.
func (c *checker) change(f func(*Spec)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(&c.spec)
}

func (c *checker) run() {
	c.mu.Lock()
	if c.stopped || c.paused {
		c.mu.Unlock()
		return
	}
	c.busy.Add(1)
	c.running = true
	spec := c.spec
	c.mu.Unlock()
	defer c.busy.Done()

	if slots := spec.Slots; slots != nil {
		slots <- struct{}{}
		defer func() { <-slots }()
	}
	began := time.Now()
	c.begun()
	var r Result
	if spec.Run != nil {
		r = spec.Run()
	} else {
		r = spec.check(c.dial)
	}
	r.Took = time.Since(began)
	c.told(r)
	next := spec.spread(c.every(&spec)) // asked without the lock: it takes that of the monitor

	c.mu.Lock()
	defer c.mu.Unlock()
	c.running = false
	if !c.stopped && !c.paused {
		// The interval runs from the start of a check; a slow one delays the next.
		c.schedule(next - time.Since(began))
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
