package stream

import (
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// Options say what an engine is made of.
type Options struct {
	Threads   int          // event loops; at least 1
	Servers   int          // servers of all backends: one more than the highest Num
	MaxConn   int64        // client connections at a time; 0: no limit
	MaxAccept int          // connections taken per wake-up of a listener; 0: 64
	Limits    http1.Limits // of heads
	Hub       *logs.Hub    // where logs go; nil: nowhere
	Tuning    Tuning
	// Logf reports what an administrator should know of: exhausted resources,
	// contained panics. It is called from loops and must not block.
	Logf func(format string, args ...any)
	// Events is where each request, answer and end is shown ("-d"); nil: nowhere.
	Events io.Writer
}

// Engine is the data plane of a worker: its threads and what they share.
type Engine struct {
	threads   []*Thread
	servers   int
	limits    http1.Limits
	lax       http1.Limits // the same, where violations are accepted
	maxConn   atomic.Int64
	maxAccept int
	hub       *logs.Hub
	log       func(format string, args ...any)
	events    *events // nil: nobody looks on
	serials   atomic.Int64
	shown     atomic.Uint64

	tune               Tuning
	connRate, sessRate proxy.Limiter
	upstreams          atomic.Int64 // connections to servers
	pipes, freePipes   atomic.Int64
	spliced            atomic.Int64 // bytes that went through pipes

	Conns    proxy.Gauge // client connections
	streams  atomic.Int64
	stopping atomic.Bool
	spread   atomic.Int64 // ns over which a soft stop closes connections
	hurried  atomic.Bool  // it is not to take its time any more
	held     atomic.Bool  // accepting is suspended: maxconn or no descriptors
	short    atomic.Bool  // accepting is suspended: memory is short
	idle     chan struct{}
	warned   atomic.Int64 // unix s of the last report of exhaustion
	Panics   atomic.Int64
	Invalids atomic.Uint64 // messages that broke the rules of HTTP
	Blocked  atomic.Int64  // warnings of threads that hang
	quit     chan struct{}
	started  time.Time
	usage    usage

	stopWatch sync.Once
	// Requests numbers the requests of the process from 0, for logs and unique ids.
	Requests atomic.Int64

	provers   *provers // nil: loops hash passwords themselves
	serving   registry
	inquiry   atomic.Pointer[Inquiry] // requests to be explained; nil: none
	listeners atomic.Int64            // in service, or not yet left to the end
	run       sync.WaitGroup
}

// New makes an engine; Start runs it.
func New(o Options) (*Engine, error) {
	e := &Engine{started: time.Now(), servers: o.Servers, lax: laxLimits(o.Limits), limits: o.Limits, maxAccept: o.MaxAccept, hub: o.Hub, log: o.Logf, tune: o.Tuning, idle: make(chan struct{}, 1), quit: make(chan struct{}), provers: newProvers()}
	e.maxConn.Store(o.MaxConn)
	e.connRate.Max, e.sessRate.Max = o.Tuning.ConnRate, o.Tuning.SessRate
	if o.Events != nil {
		e.events = &events{o.Events}
	}
	if e.maxAccept == 0 {
		e.maxAccept = 64
	}
	if e.log == nil {
		e.log = func(string, ...any) {}
	}
	for i := range max(o.Threads, 1) {
		t, err := newThread(e, i)
		if err != nil {
			return nil, err
		}
		if o.Hub != nil {
			t.sink = o.Hub.NewSink(t.Wall)
		}
		e.threads = append(e.threads, t)
	}
	return e, nil
}

// Threads returns the number of event loops.
func (e *Engine) Threads() int { return len(e.threads) }

// Streams returns how many streams are in progress.
func (e *Engine) Streams() int64 { return e.streams.Load() }

// StreamsTotal returns how many streams there have been.
func (e *Engine) StreamsTotal() int64 {
	var n int64
	for _, t := range e.threads {
		n += t.begun.Load()
	}
	return n
}

// Start runs the threads.
func (e *Engine) Start() {
	for _, t := range e.threads {
		e.run.Go(t.Run)
	}
	if d := e.tune.BlockedAfter; d > 0 {
		e.run.Go(func() { e.watch(d) })
	}
}

// Stop ends the threads and closes what they hold. Connections are cut.
func (e *Engine) Stop() {
	e.stopWatch.Do(func() { close(e.quit) })
	for _, t := range e.threads {
		t.Post(func() {
			for t.first != nil {
				c := t.first
				if c.st != nil {
					c.st.abort('K', c.st.stateNow())
				}
				c.close()
			}
			t.closeIdle()
			t.endTurn()
			t.pipe.close()
			t.Loop.Stop()
		})
	}
	e.run.Wait()
}

// CheckIdle sends on SoftStop's channel if no connection is left and none can
// come any more: a listener that is being left may still bring some.
func (e *Engine) CheckIdle() {
	if e.listeners.Load() == 0 && e.Conns.Load() == 0 {
		select {
		case e.idle <- struct{}{}:
		default:
		}
	}
}

// Collect runs f once for each thread, on that thread, one after the other: the
// way to read what a thread counts. False when a thread did not answer within
// the time.
func (e *Engine) Collect(within time.Duration, f func(thread int)) bool {
	deadline := time.NewTimer(within)
	defer deadline.Stop()
	for i, t := range e.threads {
		done := make(chan struct{})
		var mu sync.Mutex
		late := false
		t.Post(func() {
			mu.Lock()
			defer mu.Unlock()
			if e.tune.ContStats {
				t.accountRunning()
			}
			if !late { // else the caller is gone, and what f writes to is its own again
				f(i)
			}
			close(done)
		})
		select {
		case <-done:
		case <-deadline.C:
			mu.Lock()
			defer mu.Unlock()
			late = true
			return false
		}
	}
	return true
}

func (e *Engine) logf(format string, args ...any) { e.log(format, args...) }

// exhausted reports a lack of resources, at most once a second.
func (e *Engine) exhausted(what string, errno syscall.Errno) {
	e.seldom("%s: %v", what, error(errno))
}

// seldom logs what may happen again and again, at most once a second.
func (e *Engine) seldom(format string, args ...any) {
	now := time.Now().Unix()
	if was := e.warned.Load(); was != now && e.warned.CompareAndSwap(was, now) {
		e.log(format, args...)
	}
}

// panicked reports a contained panic.
func (e *Engine) panicked(reason any, st *stream) {
	e.Panics.Add(1)
	where := "no stream"
	if st != nil {
		where = fmt.Sprintf("frontend %s, phase %v", st.fe.Name, st.phase)
		if r := st.result.Rule; r != nil {
			where += ", rule at " + r.Pos.String()
		}
	}
	e.log("a stream was ended by an internal error (%s): %v\n%s", where, reason, debug.Stack())
}
