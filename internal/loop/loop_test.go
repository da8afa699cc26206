package loop

import (
	"math/rand/v2"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

func start(t *testing.T) *Loop {
	t.Helper()
	l, err := New(0)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { l.Run(); close(done) }()
	t.Cleanup(func() {
		l.Post(l.Stop)
		<-done
	})
	return l
}

// on runs f on the loop and waits.
func on(l *Loop, f func()) {
	done := make(chan struct{})
	l.Post(func() { f(); close(done) })
	<-done
}

func TestPostKeepsOrderFromManyGoroutines(t *testing.T) {
	l := start(t)
	var got [4][]int
	var wg sync.WaitGroup
	for g := range got {
		wg.Go(func() {
			for i := range 1000 {
				l.Post(func() { got[g] = append(got[g], i) })
			}
		})
	}
	wg.Wait()
	on(l, func() {})
	for g := range got {
		if len(got[g]) != 1000 {
			t.Fatalf("goroutine %d: %d of 1000 posts ran", g, len(got[g]))
		}
		for i, v := range got[g] {
			if v != i {
				t.Fatalf("goroutine %d: post %d ran at place %d", g, v, i)
			}
		}
	}
}

type handler func(bits uint32)

func (h handler) OnEvents(bits uint32) { h(bits) }

func pair(t *testing.T) (int, int) {
	t.Helper()
	p, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sys.Close(p[0]); sys.Close(p[1]) })
	return p[0], p[1]
}

func TestEventsReachTheirHandlerUntilUnregistered(t *testing.T) {
	l := start(t)
	a, b := pair(t)
	seen := make(chan uint32, 10)
	var tok Token
	on(l, func() {
		var err error
		if tok, err = l.Register(a, handler(func(bits uint32) { seen <- bits }), sys.In|sys.Edge); err != nil {
			t.Error(err)
		}
	})
	sys.Send(b, []byte("x"), false)
	if bits := <-seen; bits&sys.In == 0 {
		t.Fatalf("bits %x", bits)
	}
	on(l, func() { l.Unregister(a, tok) })
	sys.Send(b, []byte("y"), false)
	on(l, func() {})
	select {
	case bits := <-seen:
		t.Fatalf("event %x after Unregister", bits)
	default:
	}
}

// An event that was fetched in the same batch must not reach the one who took
// over the slot.
func TestStaleEventOfReusedSlotIsDropped(t *testing.T) {
	l := start(t)
	a, b := pair(t)
	c, d := pair(t)
	on(l, func() {
		var ta, tc Token
		gone := func(self, other *Token, fd int) handler {
			return func(uint32) {
				l.Unregister(fd, *other)
				// Whoever comes second would be called with the other's event.
				l.reserve(handler(func(uint32) { t.Error("event of a former registration delivered") }))
			}
		}
		ta, _ = l.Register(a, gone(&ta, &tc, c), sys.In|sys.Edge)
		tc, _ = l.Register(c, gone(&tc, &ta, a), sys.In|sys.Edge)
		sys.Send(b, []byte("x"), false)
		sys.Send(d, []byte("x"), false)
	})
	for range 3 {
		on(l, func() {})
	}
}

func TestTimersFireInOrderAndOnlyOnce(t *testing.T) {
	l := start(t)
	const n = 500
	var fired []int64
	due := make([]int64, n)
	done := make(chan struct{})
	on(l, func() {
		r := rand.New(rand.NewPCG(1, 1))
		left := n
		for i := range n {
			tm := &Timer{}
			due[i] = l.Now() + int64(r.IntN(50))*1e6
			tm.Fire = func() {
				if l.Now() < due[i] {
					t.Errorf("timer %d fired %d ns early", i, due[i]-l.Now())
				}
				fired = append(fired, due[i])
				if left--; left == 0 {
					close(done)
				}
			}
			// Push it around before it settles: later, then earlier.
			l.SetTimer(tm, due[i]+5e9)
			l.SetTimer(tm, due[i]+10e9)
			l.SetTimer(tm, due[i])
		}
	})
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatalf("%d of %d timers fired", len(fired), n)
	}
	for i := 1; i < len(fired); i++ {
		if fired[i] < fired[i-1] && fired[i-1]-fired[i] > 1e6 {
			t.Fatalf("timer due %d fired after one due %d", fired[i], fired[i-1])
		}
	}
}

func TestClearedDroppedAndPostponedTimers(t *testing.T) {
	var h timerHeap
	l := &Loop{}
	fired := map[string]int64{}
	add := func(name string) *Timer {
		tm := &Timer{}
		tm.Fire = func() { fired[name] = l.now }
		return tm
	}
	cleared, dropped, later, plain := add("cleared"), add("dropped"), add("later"), add("plain")
	for _, tm := range []*Timer{cleared, dropped, later, plain} {
		l.SetTimer(tm, 10)
	}
	l.ClearTimer(cleared)
	l.DropTimer(dropped)
	l.SetTimer(later, 30)
	for l.now = 0; l.now <= 40; l.now += 5 {
		l.timers.fire(l.now)
	}
	if len(fired) != 2 || fired["plain"] != 10 || fired["later"] != 30 {
		t.Fatalf("fired at: %v", fired)
	}
	if len(l.timers) != 0 || len(h) != 0 {
		t.Fatalf("%d timers left in the heap", len(l.timers))
	}
}

func TestAgainRunsLaterInTheTurn(t *testing.T) {
	l := start(t)
	var order []string
	on(l, func() {
		l.Again(runner(func() { order = append(order, "again") }))
		order = append(order, "handler")
	})
	on(l, func() {})
	if len(order) != 2 || order[0] != "handler" || order[1] != "again" {
		t.Fatalf("order %v", order)
	}
}

// A loop that has ended must not write into a descriptor that is somebody
// else's by now.
func TestPostAfterTheEnd(t *testing.T) {
	l, err := New(0)
	if err != nil {
		t.Fatal(err)
	}
	was := l.wake
	l.Close()
	var fds []int
	for len(fds) == 0 || fds[len(fds)-1] < was { // until the number is taken again
		fd, err := sys.Eventfd()
		if err != nil {
			t.Fatal(err)
		}
		defer sys.Close(fd)
		fds = append(fds, fd)
	}
	if l.Post(func() {}) {
		t.Error("a post to a closed loop was taken")
	}
	for _, fd := range fds {
		if n, err := syscall.Read(fd, make([]byte, 8)); err == nil {
			t.Errorf("it woke somebody else: %d bytes", n)
		}
	}
	l.Close() // the second time is none
}

func TestSteps(t *testing.T) {
	l, err := New(0)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var got []string
	l.AfterTurn(func() { got = append(got, "hook") })
	tm := &Timer{Fire: func() { got = append(got, "timer") }}
	l.SetClock(1e9)
	l.SetTimer(tm, 2e9)
	l.Post(func() { got = append(got, "posted") })
	l.Step(1e9)
	if l.Timers() != 1 {
		t.Errorf("%d timers", l.Timers())
	}
	l.Step(2e9)
	if want := "posted hook timer hook"; strings.Join(got, " ") != want || l.Now() != 2e9 || l.Wall() != 2e9 || l.Timers() != 0 {
		t.Errorf("%v at %d, %d timers; want %s", got, l.Now(), l.Timers(), want)
	}
}

func TestBuffersAreCountedAndSpoiled(t *testing.T) {
	l := &Loop{Poison: true}
	b := append(l.Get(10), "hello"...)
	if l.Lent() != 1 {
		t.Errorf("%d lent", l.Lent())
	}
	l.Put(b)
	if l.Lent() != 0 || b[0] != poison {
		t.Errorf("%d lent, first byte %x", l.Lent(), b[0])
	}
	l.Put(append(l.Get(1), make([]byte, 2*BufSize)...)) // outgrew its size
	if last := l.bufs.kept[len(bufClasses)-1]; l.Lent() != 0 || len(last) != 0 {
		t.Errorf("%d lent, %d kept", l.Lent(), len(last))
	}
}

type runner func()

func (r runner) Run() { r() }

func TestBuffersComeBack(t *testing.T) {
	l := &Loop{}
	sizes := []int{1}
	for _, c := range bufClasses {
		sizes = append(sizes, c.size, c.size+1)
	}
	for _, n := range sizes {
		b := l.Get(n)
		if len(b) != 0 || cap(b) < n {
			t.Fatalf("Get(%d): len %d cap %d", n, len(b), cap(b))
		}
		l.Put(b)
	}
	for i, c := range bufClasses {
		if n := len(l.bufs.kept[i]); n != 1 {
			t.Fatalf("%d buffers of %d bytes kept, want 1", n, c.size)
		}
		var all [][]byte
		for range c.keep + 1 {
			all = append(all, l.Get(c.size))
		}
		for _, b := range all {
			l.Put(b)
		}
		if n := len(l.bufs.kept[i]); n != c.keep {
			t.Fatalf("%d buffers of %d bytes kept after a peak, want %d", n, c.size, c.keep)
		}
	}
	if n := testing.AllocsPerRun(100, func() { l.Put(l.Get(100)) }); n != 0 {
		t.Fatalf("%v allocations for a recycled buffer", n)
	}
}

// A blocked wait must not hold a collection up.
func TestCollectionIsNotHeldUp(t *testing.T) {
	start(t)
	for range 5 {
		began := time.Now()
		stopTheWorld()
		if d := time.Since(began); d > time.Second {
			t.Fatalf("the world took %v to stop", d)
		}
	}
}
