// Package loop is the event loop of the data plane: one epoll instance, its
// timers and its buffers, driven by one goroutine.
//
// Everything that happens to a descriptor, a timer or a buffer of a loop
// happens on that loop's goroutine; other goroutines reach it only by Post.
//
//	       ┌────────────► poll ≤ 2 ms, unseen by the scheduler ──┐
//	       │                                                      │ events
//	turn ──┤  (nothing for 2 ms) ──► wait, scheduler may park us ─┤
//	       │                                                      ▼
//	       └── flush hooks ◄── timers ◄── posted functions ◄── handlers
//
// Raw polls save the scheduler's hand-over on a busy loop; they are kept short
// because a stop-the-world has to wait for them.
package loop

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// rawPoll is how long, in milliseconds, a poll unseen by the scheduler may last.
const rawPoll = 2

// Handler is told that its descriptor is ready. Bits are those of package sys.
type Handler interface {
	OnEvents(bits uint32)
}

// Token names a registration: a slot and its generation, so that an event that
// was already fetched for a closed descriptor cannot reach its successor.
type Token uint64

type slot struct {
	h   Handler
	gen uint32
}

// MaxEvents is how many events one poll returns unless SetMaxEvents says
// otherwise.
const MaxEvents = 256

// Loop is an event loop. Make one with New, run it with Run.
type Loop struct {
	ID int

	// Buf is where the loop's handlers receive into, Out where they compose what
	// they send. Both are only good until the handler returns.
	Buf []byte
	Out []byte
	// MaxKept is how much of what came a handler may leave for later, at least what Buf
	// holds.
	MaxKept int

	ep, wake int
	slots    []slot
	free     []uint32
	events   []sys.EpollEvent
	timers   timerHeap
	now      int64 // monotonic ns, read once a turn
	wall     int64 // unix ns of the same moment

	mu     sync.Mutex
	posted []func()
	spare  []func()
	closed bool
	woken  atomic.Bool

	hooks   []func()
	again   []Runner
	running []Runner
	stopped bool

	// Load counts the connections that live here; whoever accepts gives the next
	// one to the least loaded loop.
	Load atomic.Int64
	// Turns counts turns; a watchdog sees a stuck loop by it standing still
	// while Busy.
	Turns atomic.Uint64
	Busy  atomic.Bool
	// Thread is the kernel's number of the thread that runs the loop, 0 before Run.
	Thread atomic.Int32

	// CPUs, when any is set, are where the loop's thread runs. Busy polling
	// (Spin) never waits. Both are settled before Run.
	CPUs sys.CPUMask
	Spin bool
	// Unbound is told when the kernel does not grant CPUs.
	Unbound func(error)

	// Poison overwrites buffers that are given back, so that a test sees who
	// still reads them.
	Poison bool

	bufs bufPool
}

// SetMaxEvents changes how many events one poll brings at most. Call it before
// Run.
func (l *Loop) SetMaxEvents(n int) { l.events = make([]sys.EpollEvent, max(n, 1)) }

// BufSize is the size of the loops' shared buffers: what one receive may take.
const BufSize = 64 << 10

// New returns a loop that does not run yet.
func New(id int) (*Loop, error) {
	ep, err := sys.EpollCreate()
	if err != nil {
		return nil, err
	}
	wake, err := sys.Eventfd()
	if err != nil {
		sys.Close(ep)
		return nil, err
	}
	l := &Loop{ID: id, ep: ep, wake: wake, Buf: make([]byte, BufSize), Out: make([]byte, 0, BufSize+BufSize/2), events: make([]sys.EpollEvent, MaxEvents)}
	l.tick()
	tok := l.reserve(wakeHandler{l})
	if err := sys.EpollAdd(ep, wake, sys.In, uint64(tok)); err != nil {
		sys.Close(ep)
		sys.Close(wake)
		return nil, err
	}
	return l, nil
}

type wakeHandler struct{ l *Loop }

func (w wakeHandler) OnEvents(uint32) { sys.EventfdClear(w.l.wake) }

// Now is the monotonic clock in nanoseconds, as of this turn.
func (l *Loop) Now() int64 { return l.now }

// Wall is the wall clock in unix nanoseconds, as of this turn.
func (l *Loop) Wall() int64 { return l.wall }

func (l *Loop) tick() {
	l.now = sys.Monotonic()
	l.wall = time.Now().UnixNano()
}

// Register has h told of bits on fd. The loop does not own fd: Unregister
// before closing it.
func (l *Loop) Register(fd int, h Handler, bits uint32) (Token, error) {
	tok := l.reserve(h)
	if err := sys.EpollAdd(l.ep, fd, bits, uint64(tok)); err != nil {
		l.release(tok)
		return 0, err
	}
	return tok, nil
}

// Unregister ends a registration; no event of it is delivered any more, not
// even one of the batch in hand.
func (l *Loop) Unregister(fd int, tok Token) {
	_ = sys.EpollDel(l.ep, fd) // fails only when it was never registered
	l.release(tok)
}

// Forget ends a registration like Unregister. The descriptor is about to be
// closed and has no duplicate, so that the kernel drops its side by itself.
func (l *Loop) Forget(tok Token) { l.release(tok) }

func (l *Loop) reserve(h Handler) Token {
	var i uint32
	if n := len(l.free); n > 0 {
		i = l.free[n-1]
		l.free = l.free[:n-1]
	} else {
		i = uint32(len(l.slots))
		l.slots = append(roomy(l.slots), slot{})
	}
	l.slots[i].h = h
	return Token(uint64(l.slots[i].gen)<<32 | uint64(i))
}

// roomy makes room for as many again: append by itself grows large slices by a
// quarter, and what it leaves behind on the way to many connections is four times
// what they need.
func roomy[T any](s []T) []T {
	if len(s) == cap(s) {
		return slices.Grow(s, max(len(s), 64))
	}
	return s
}

func (l *Loop) release(tok Token) {
	i := uint32(tok)
	s := &l.slots[i]
	if s.gen != uint32(tok>>32) || s.h == nil {
		return
	}
	s.h = nil
	s.gen++
	l.free = append(l.free, i)
}

// Post runs f on the loop's goroutine, soon, in the order of the calls. It is
// safe from every goroutine, the loop's own included. False means that the loop
// has ended and f will not run.
func (l *Loop) Post(f func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false // its descriptors are others' by now
	}
	l.posted = append(l.posted, f)
	if !l.woken.Swap(true) {
		sys.EventfdWake(l.wake)
	}
	return true
}

// Runner is work that a handler puts off to the end of the turn.
type Runner interface{ Run() }

// Again runs r once the handlers of this turn are through, on this loop. A
// handler that holds the shared buffers uses it instead of calling another
// handler, which would overwrite them. Only the loop's goroutine may call it.
func (l *Loop) Again(r Runner) { l.again = append(l.again, r) }

// AfterTurn has f called at the end of every turn in which something happened.
func (l *Loop) AfterTurn(f func()) { l.hooks = append(l.hooks, f) }

// Stop ends Run after the current turn. Call it on the loop.
func (l *Loop) Stop() { l.stopped = true }

// Run drives the loop until Stop. It binds its goroutine to a thread.
func (l *Loop) Run() {
	runtime.LockOSThread()
	l.Thread.Store(int32(sys.ThreadID()))
	if l.CPUs == (sys.CPUMask{}) {
		defer runtime.UnlockOSThread()
	} else if err := sys.SetAffinity(l.CPUs); err != nil && l.Unbound != nil {
		// Still locked when it ends, the thread ends with the loop: nobody else
		// should inherit its CPUs.
		l.Unbound(err)
	}
	for !l.stopped {
		n, errno := l.poll()
		if errno == syscall.EINTR {
			// The runtime interrupts us when it wants to stop the world.
			runtime.Gosched()
			continue
		}
		if errno != 0 {
			panic("epoll_pwait: " + errno.Error()) // EBADF, EINVAL: a bug here
		}
		l.turn(n)
	}
	l.Close()
}

func (l *Loop) poll() (int, syscall.Errno) {
	wait := l.timers.wait(l.now)
	if l.Spin {
		runtime.Gosched() // others may have to run here, too
	}
	if wait == 0 || l.Spin || len(l.again) > 0 {
		return sys.EpollPoll(l.ep, l.events, 0)
	}
	raw := rawPoll
	if wait > 0 && wait < rawPoll {
		raw = wait
	}
	n, errno := sys.EpollPoll(l.ep, l.events, raw)
	if n != 0 || errno != 0 || raw == wait {
		return n, errno
	}
	if wait > 0 {
		wait -= raw
	}
	return sys.EpollWait(l.ep, l.events, wait)
}

func (l *Loop) turn(n int) {
	l.Busy.Store(true)
	l.tick()
	for i := range l.events[:n] {
		ev := &l.events[i]
		tok := Token(ev.Value())
		s := &l.slots[uint32(tok)]
		if s.gen == uint32(tok>>32) && s.h != nil {
			s.h.OnEvents(ev.Events)
		}
	}
	if l.woken.Load() {
		l.runPosted()
	}
	l.timers.fire(l.now)
	l.runAgain()
	for _, f := range l.hooks {
		f()
	}
	l.Turns.Add(1)
	l.Busy.Store(false)
}

// Step runs a turn without waiting and without events, at the moment now (both
// clocks): for tests that drive what lives on a loop by hand.
func (l *Loop) Step(now int64) {
	l.now, l.wall = now, now
	if l.woken.Load() {
		l.runPosted()
	}
	l.timers.fire(l.now)
	l.runAgain()
	for _, f := range l.hooks {
		f()
	}
}

// SetClock sets both clocks, for tests that call handlers by hand.
func (l *Loop) SetClock(now int64) { l.now, l.wall = now, now }

func (l *Loop) runPosted() {
	l.woken.Store(false)
	l.mu.Lock()
	fs := l.posted
	l.posted = l.spare[:0]
	l.mu.Unlock()
	for i, f := range fs {
		f()
		fs[i] = nil
	}
	l.spare = fs[:0]
}

// runAgain runs what was put off until now; what that puts off waits for the
// next turn, so that a busy pair of connections cannot starve the others.
func (l *Loop) runAgain() {
	l.running, l.again = l.again, l.running[:0]
	for i, r := range l.running {
		l.running[i] = nil
		r.Run()
	}
}

// Close releases the descriptors of a loop that does not run (any more). What
// was posted and did not run is dropped.
func (l *Loop) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	l.closed, l.posted = true, nil
	sys.Close(l.ep)
	sys.Close(l.wake)
}
