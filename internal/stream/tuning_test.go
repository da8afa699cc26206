package stream

import (
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/loop"
)

// The options of sockets are those that the kernel then has: it doubles the
// sizes of buffers.
func TestSocketTuning(t *testing.T) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	tune := SocketTuning{RecvBuf: 30000, SendBuf: 40000, Lowat: 5000}
	tune.apply(fd, true)
	const notsentLowat = 25
	for _, c := range []struct{ level, option, want int }{
		{syscall.SOL_SOCKET, syscall.SO_RCVBUF, 60000}, {syscall.SOL_SOCKET, syscall.SO_SNDBUF, 80000}, {syscall.IPPROTO_TCP, notsentLowat, 5000},
	} {
		if got, err := syscall.GetsockoptInt(fd, c.level, c.option); err != nil || got != c.want {
			t.Errorf("option %d: %d, %v; want %d", c.option, got, err, c.want)
		}
	}
}

func TestPipeLimits(t *testing.T) {
	e, err := New(Options{Threads: 1, Tuning: Tuning{MaxPipes: 2, PipeSize: 8192}})
	if err != nil {
		t.Fatal(err)
	}
	defer e.threads[0].Close()
	p := &e.threads[0].pipe
	a, ok := p.get()
	b, ok2 := p.get()
	if !ok || !ok2 || a.Size != 8192 {
		t.Fatalf("%v %v, %d bytes", ok, ok2, a.Size)
	}
	if _, ok := p.get(); ok {
		t.Error("a third pipe of two")
	}
	p.put(a, true)
	if open, free := e.Pipes(); open != 2 || free != 1 {
		t.Errorf("%d open, %d free", open, free)
	}
	if a, ok = p.get(); !ok {
		t.Error("an idle pipe is not used again")
	}
	p.put(a, false)
	p.put(b, true)
	p.close()
	if open, free := e.Pipes(); open != 0 || free != 0 {
		t.Errorf("%d open, %d free at the end", open, free)
	}
}

// Near the limit of descriptors no idle connection to a server is kept.
func TestCrowded(t *testing.T) {
	s := newSim(t, true, 1)
	s.e.tune = Tuning{Fixed: 10, LowIdle: 11}
	c := s.client()
	s.say(c, get)
	u := s.server(0)
	s.say(u, ok) // 10, the client and the server: 12
	s.want(c, "200 OK")
	if !u.closed {
		t.Error("kept")
	}
	s.e.tune.LowIdle = 100
	s.say(c, get)
	u = s.server(1)
	s.say(u, ok)
	if u.closed {
		t.Error("not kept")
	}
	s.e.tune.HighIdle = 1
	d := s.client()
	s.say(d, get) // a first request has a connection of its own
	s.server(2)
	if !u.closed {
		t.Error("an idle connection is not closed for a new one")
	}
}

// As much of a target is kept for the log as it is told to show.
func TestLogURILimit(t *testing.T) {
	for _, c := range []struct{ set, want int }{{0, 1024}, {10, 10}, {5000, 3000}} {
		s := newSim(t, true, 1)
		s.e.tune.LogURI = c.set
		x := s.client()
		s.say(x, "GET /"+strings.Repeat("a", 2999)+" HTTP/1.1\r\nHost: h\r\n\r\n")
		if got := len(x.h.(*link).side.(*session).st.uri); got != c.want {
			t.Errorf("%d: %d bytes", c.set, got)
		}
	}
}

// A loop that works and works is reported long before one that stands still
// would be.
func TestWatchdogBusy(t *testing.T) {
	said := make(chan struct{}, 10)
	after := 200 * time.Millisecond
	e, err := New(Options{Threads: 1, Tuning: Tuning{BlockedAfter: after}, Logf: func(string, ...any) { said <- struct{}{} }})
	if err != nil {
		t.Fatal(err)
	}
	e.Start()
	var stop atomic.Bool
	e.threads[0].Post(func() {
		for !stop.Load() {
		}
	})
	select {
	case <-said:
	case <-time.After(10 * after):
		t.Error("a busy loop is not reported")
	}
	stop.Store(true)
	e.Stop()
}

// A loop that hangs is reported once, with its stack.
func TestWatchdog(t *testing.T) {
	said := make(chan string, 10)
	e, err := New(Options{Threads: 2, Tuning: Tuning{BlockedAfter: 20 * time.Millisecond}, Logf: func(format string, args ...any) { said <- fmt.Sprintf(format, args...) }})
	if err != nil {
		t.Fatal(err)
	}
	e.Start()
	hang := make(chan struct{})
	e.threads[1].Post(func() { <-hang })
	text := <-said
	close(hang)
	if !strings.Contains(text, "thread 2 has stopped processing traffic for ") || !strings.Contains(text, "TestWatchdog.func") {
		t.Errorf("said %s", text)
	}
	if n := e.Blocked.Load(); n != 1 {
		t.Errorf("%d warnings", n)
	}
	e.Stop()
	select {
	case more := <-said:
		t.Errorf("also said: %s", more)
	default:
	}
}

// A spinning loop works like another.
func TestSpin(t *testing.T) {
	e, err := New(Options{Threads: 1, Tuning: Tuning{Spin: true, MaxEvents: 1}})
	if err != nil {
		t.Fatal(err)
	}
	e.Start()
	defer e.Stop()
	fired := make(chan bool)
	e.threads[0].Post(func() {
		tm := &loop.Timer{Fire: func() { close(fired) }}
		e.threads[0].SetTimer(tm, e.threads[0].Now()+1e6)
	})
	<-fired
	turns := e.threads[0].Turns.Load()
	for e.threads[0].Turns.Load() < turns+100 { // an idle loop would have no turns
		runtime.Gosched()
	}
}
