package stream

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"syscall"
	"testing"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/loop"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sample"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// sim drives the phases without a socket: it plays clients and servers byte by
// byte, and the clock.
type sim struct {
	t      testing.TB
	e      *Engine
	th     *Thread
	fe     *proxy.Frontend
	be     *proxy.Backend
	ln     *proxy.Listener
	now    int64
	next   int
	ends   map[int]*end
	dead   syscall.Errno  // dial's answer, 0: EINPROGRESS
	refuse *proxy.Server  // the only one that is dead; nil: all
	made   []int          // descriptors of connections to servers, in order
	from   []proxy.Origin // where they come from
	hub    *logs.Hub      // nil: no logs
	limits http1.Limits
	loops  int             // 0: 1
	quiet  bool            // reports are not shown
	heard  func(string)    // gets each report; nil: nobody
	due    []*end          // whose readiness changed and who was not told yet
	boom   func(op string) // called before system calls: may panic
}

// end is the kernel's and the peer's side of one descriptor.
type end struct {
	h      loop.Handler
	in     []byte // the proxy will receive it
	got    []byte // the proxy sent it
	room   int    // bytes the kernel still takes; -1: any
	eof    bool
	rst    bool
	shut   bool
	ready  bool // the kernel has the connection to a server, and did not say so yet
	closed bool
	prompt int  // how often it was told to send small pieces at once
	abrupt bool // closed with a reset
	errno  syscall.Errno
	told   bool // is in sim.due

	vanished int // 1 more than the ttl of the reset
	mark     uint32
	tos      int
}

func newSim(t testing.TB, http bool, servers int, prepare ...func(*sim)) *sim {
	t.Helper()
	s := &sim{t: t, ends: map[int]*end{}, next: 100, now: 1e9}
	spec := &config.Proxy{Name: "web"}
	s.be = &proxy.Backend{Name: "app", HTTP: http, Spec: &config.Proxy{Name: "app"}, Retries: 3, RetryOn: config.RetryConnFailure, Pages: proxy.NewPages(nil), Loops: make([]proxy.Counters, 1)}
	s.be.Timeouts = proxy.Timeouts{Connect: 5e9, Server: 20e9, Queue: 3e9}
	for i := range servers {
		s.be.Servers = append(s.be.Servers, &proxy.Server{Name: string(rune('a' + i)), Index: i, Num: i, Weight: 1, Backend: s.be,
			Loops: make([]proxy.Counters, 1), Idle: newIdle(1), To: sys.InetSockaddr(netip.MustParseAddrPort("127.0.0.1:1"))})
	}
	s.fe = &proxy.Frontend{Name: "web", HTTP: http, Spec: spec, Pages: proxy.NewPages(nil), Loops: make([]proxy.Counters, 1)}
	s.fe.Timeouts = proxy.Timeouts{Client: 30e9, HTTPRequest: 10e9, HTTPKeepAlive: 15e9}
	s.fe.Choose = func(*sample.Ctx) *proxy.Backend { return s.be }
	s.ln = &proxy.Listener{Frontend: s.fe, Socket: proxy.Socket{Key: "test"}}
	for _, f := range prepare {
		f(s)
	}
	if err := s.be.Init("roundrobin"); err != nil {
		t.Fatal(err)
	}
	e, err := New(Options{Threads: max(s.loops, 1), Servers: servers, Hub: s.hub, Limits: s.limits, Logf: func(f string, a ...any) {
		if !s.quiet {
			t.Logf(f, a...)
		}
		if s.heard != nil {
			s.heard(fmt.Sprintf(f, a...))
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	s.e, s.th = e, e.threads[0]
	for _, th := range e.threads {
		th.net = s
		th.SetClock(s.now)
	}
	t.Cleanup(func() { s.th.Loop.Close() })
	return s
}

func (s *sim) open() (int, *end) {
	s.next++
	x := &end{room: -1}
	s.ends[s.next] = x
	return s.next, x
}

// client connects.
func (s *sim) client() *end {
	x := s.arrival()
	s.turn()
	return x
}

// arrival is client without the end of the turn.
func (s *sim) arrival() *end {
	fd, x := s.open()
	s.e.Conns.Add(1)
	s.fe.Conns.Add(1)
	s.ln.Conns.Add(1)
	s.th.newSession(fd, s.ln, netip.MustParseAddrPort("192.0.2.1:1234"), s.now)
	return x
}

// server returns the n-th connection that was opened to a server, established.
func (s *sim) server(n int) *end {
	s.t.Helper()
	if n >= len(s.made) {
		s.t.Fatalf("no connection number %d to a server, only %d", n, len(s.made))
	}
	x := s.ends[s.made[n]]
	if x.h.(*link).connecting {
		s.event(x, sys.Out)
	}
	return x
}

func (s *sim) event(x *end, bits uint32) {
	if x.closed || x.h == nil {
		return
	}
	x.h.OnEvents(bits)
	s.turn()
}

// say has the peer of x send text, all at once.
func (s *sim) say(x *end, text string) {
	x.in = append(x.in, text...)
	s.event(x, sys.In)
}

// drip has the peer send text a byte at a time.
func (s *sim) drip(x *end, text string) {
	for i := range text {
		s.say(x, text[i:i+1])
	}
}

func (s *sim) fin(x *end) {
	x.eof = true
	s.event(x, sys.In|sys.RDHup)
}

func (s *sim) reset(x *end) {
	x.rst, x.errno = true, syscall.ECONNRESET
	s.event(x, sys.In|sys.Out|sys.Err|sys.Hup|sys.RDHup)
}

// note says that the readiness of x changed: the kernel will tell.
func (s *sim) note(x *end) {
	if !x.told && !x.closed {
		x.told = true
		s.due = append(s.due, x)
	}
}

// arrive puts bytes into the kernel for the proxy to read.
func (s *sim) arrive(x *end, b []byte) {
	x.in = append(x.in, b...)
	s.note(x)
}

// kill is a reset by the peer of x; what it had sent before may be lost.
func (s *sim) kill(x *end) {
	x.rst, x.errno, x.in = true, syscall.ECONNRESET, nil
	s.note(x)
}

// refused is a reset in answer to a SYN.
func (s *sim) refused(x *end) {
	x.rst, x.errno = true, syscall.ECONNREFUSED
	s.note(x)
}

// deliver ends the turn with up to n of the events that are due, in any order.
func (s *sim) deliver(r *rand.Rand, n int) {
	for ; n > 0 && len(s.due) > 0; n-- {
		i := r.IntN(len(s.due))
		x := s.due[i]
		s.due[i] = s.due[len(s.due)-1]
		s.due = s.due[:len(s.due)-1]
		x.told = false
		if x.h == nil {
			continue
		}
		var bits uint32
		if len(x.in) > 0 || x.eof || x.rst {
			bits |= sys.In
		}
		if x.room != 0 {
			bits |= sys.Out
		}
		if x.eof {
			bits |= sys.RDHup
		}
		if x.rst {
			bits |= sys.RDHup | sys.Hup | sys.Err | sys.Out
		}
		x.h.OnEvents(bits)
		for i := range s.th.Buf[:256] {
			s.th.Buf[i] = 0xDB // good only during the call
		}
	}
	s.th.Step(s.now)
}

// wait lets time pass without anything else happening.
func (s *sim) wait(ns int64) {
	for end := s.now + ns; s.now < end; {
		s.now = min(s.now+500e6, end)
		s.th.Step(s.now)
	}
}

func (s *sim) bang(op string) {
	if s.boom != nil {
		s.boom(op)
	}
}

// turn lets what was put off happen.
func (s *sim) turn() {
	for range 10 {
		s.th.Step(s.now)
	}
}

func (s *sim) pass(ns int64) {
	const step = 100e6
	for end := s.now + ns; s.now < end; {
		s.now = min(s.now+step, end)
		s.turn()
	}
}

func (s *sim) dial(srv *proxy.Server, _ *sys.Sockaddr, from proxy.Origin) (int, syscall.Errno) {
	s.bang("dial")
	s.from = append(s.from, from)
	if s.dead != 0 && (s.refuse == nil || s.refuse == srv) {
		s.made = append(s.made, -1)
		return -1, s.dead
	}
	fd, _ := s.open()
	s.made = append(s.made, fd)
	return fd, syscall.EINPROGRESS
}

// take returns what the proxy sent to x since the last take.
func (x *end) take() string {
	b := string(x.got)
	x.got = nil
	return b
}

func (s *sim) want(x *end, sub string) string {
	s.t.Helper()
	got := x.take()
	if !strings.Contains(got, sub) {
		s.t.Fatalf("sent %q, want %q in it", got, sub)
	}
	return got
}

// idle fails unless nothing is left of streams.
func (s *sim) idle() {
	s.t.Helper()
	if n := s.e.Streams(); n != 0 {
		s.t.Errorf("%d streams left", n)
	}
	for _, srv := range s.be.Servers {
		if n := srv.Served(); n != 0 {
			s.t.Errorf("server %s still serves %d", srv.Name, n)
		}
	}
	if n := s.be.Conns.Load(); n != 0 {
		s.t.Errorf("backend counts %d streams", n)
	}
}

func (s *sim) watch(_ *loop.Loop, fd int, h loop.Handler) (loop.Token, error) {
	s.ends[fd].h = h
	return 0, nil
}
func (s *sim) unwatch(_ *loop.Loop, fd int, _ loop.Token) { s.ends[fd].h = nil }
func (s *sim) release(_ *loop.Loop, fd int, _ loop.Token) { s.ends[fd].h = nil }

func (s *sim) recv(fd int, b []byte) (int, syscall.Errno) {
	s.bang("recv")
	x := s.ends[fd]
	switch {
	case len(x.in) > 0:
		n := copy(b, x.in)
		x.in = x.in[n:]
		return n, 0
	case x.rst:
		return 0, syscall.ECONNRESET
	case x.eof:
		return 0, 0
	}
	return 0, syscall.EAGAIN
}

func (s *sim) send(fd int, b []byte) (int, syscall.Errno) {
	s.bang("send")
	x := s.ends[fd]
	if x.rst {
		return 0, syscall.EPIPE
	}
	n := len(b)
	if x.room >= 0 {
		n = min(n, x.room)
		x.room -= n
	}
	if n == 0 && len(b) > 0 {
		return 0, syscall.EAGAIN
	}
	x.got = append(x.got, b[:n]...)
	return n, 0
}

func (s *sim) send2(fd int, a, b []byte) (int, syscall.Errno) {
	n, errno := s.send(fd, a)
	if errno != 0 || n < len(a) || len(b) == 0 {
		return n, errno
	}
	m, errno := s.send(fd, b)
	if errno == syscall.EAGAIN {
		errno = 0
	}
	return n + m, errno
}

func (s *sim) shutdown(fd int) { s.ends[fd].shut = true }
func (s *sim) vanish(fd, ttl int) {
	s.ends[fd].closed, s.ends[fd].vanished = true, 1+ttl
}
func (s *sim) mark(fd int, mark uint32) { s.ends[fd].mark = mark }
func (s *sim) tos(fd, tos int)          { s.ends[fd].tos = tos }
func (s *sim) close(fd int) {
	if s.ends[fd].closed {
		s.t.Errorf("descriptor %d closed twice", fd)
	}
	s.ends[fd].closed = true
}
func (s *sim) promptly(fd int) { s.ends[fd].prompt++ }
func (s *sim) closeReset(fd int) {
	s.close(fd)
	s.ends[fd].abrupt = true
}
func (s *sim) established(fd int) bool          { return s.ends[fd].ready }
func (s *sim) error(fd int) syscall.Errno       { return s.ends[fd].errno }
func (s *sim) local(int) netip.AddrPort         { return netip.MustParseAddrPort("198.51.100.1:80") }
func (s *sim) kernel(int) (sample.Kernel, bool) { return sample.Kernel{RTT: 5000, RTTVar: 1500}, true }
func (s *sim) syn(_ int, b []byte) int          { return copy(b, "the packet") }
func (s *sim) waiting(int) bool                 { return false }
