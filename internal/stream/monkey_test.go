package stream

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/loop"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sample"
)

var (
	monkeySeed = flag.Uint64("monkey.seed", 0, "the one seed to run, 0: the usual ones")
	monkeyRuns = flag.Uint64("monkey.runs", 32, "seeds to run")
)

// monkey plays random clients and servers against the phases, and checks at
// every moment what must always hold.
type monkey struct {
	t       *testing.T
	s       *sim
	r       *rand.Rand
	seed    uint64
	tcp     bool
	faults  bool // servers misbehave, clients too, time passes, code panics
	replays bool // failed requests are sent again, POSTs too
	stopped bool
	ids     int
	asked   map[int]*ask
	whole   map[int]int  // how often a request arrived at a server, complete
	sizes   map[int]int  // of the body of its answer
	cut     map[int]bool // the server spoiled the answer
	clients []*monkeyClient
	servers map[int]*monkeyServer // by descriptor
	seen    int                   // of sim.made
	step    int
}

func (w *monkey) fatalf(format string, args ...any) {
	w.t.Helper()
	w.t.Fatalf("seed %d, step %d: %s", w.seed, w.step, fmt.Sprintf(format, args...))
}

func TestMonkey(t *testing.T) {
	if *monkeySeed != 0 {
		runMonkey(t, *monkeySeed, 700)
		return
	}
	panics, again := int64(0), int64(0)
	for seed := uint64(1); seed <= *monkeyRuns; seed++ {
		p, a := runMonkey(t, seed, 700)
		panics, again = panics+p, again+a
	}
	if panics == 0 {
		t.Error("no panic was ever tried")
	}
	if again < 20 {
		t.Errorf("only %d requests were sent again", again)
	}
}

// runMonkey plays one world and returns how many panics it had, and how many
// requests were sent again.
func runMonkey(t *testing.T, seed uint64, steps int) (panics, again int64) {
	w := &monkey{t: t, seed: seed, r: rand.New(rand.NewPCG(seed, 99)), asked: map[int]*ask{}, whole: map[int]int{}, sizes: map[int]int{}, cut: map[int]bool{}, servers: map[int]*monkeyServer{}}
	w.faults = seed%3 != 0
	w.tcp = seed%8 > 5
	w.s = newSim(t, !w.tcp, 3, func(s *sim) {
		s.quiet = true
		s.be.Servers[2].Backup = seed%2 == 0
		s.be.Fullconn = 12
		for i, srv := range s.be.Servers {
			if seed%4 < 2 {
				srv.MaxConn = int64(1 + i)
				srv.MinConn = int64(seed/4%2) * srv.MaxConn / 2
				if w.faults {
					srv.MaxQueue = int64(seed / 8 % 2)
				}
			}
		}
	})
	s := w.s
	s.th.Poison = true
	s.be.Redispatch = []int{0, -1, 1}[seed%3]
	s.be.ServerClose = seed%7 == 0
	s.fe.LogASAP = seed%4 == 1
	s.be.AbortOnClose = w.faults && seed%5 == 0
	if w.replays = w.faults && seed%3 == 1 && !w.tcp; w.replays {
		s.be.RetryOn = ^config.RetryOn(0)
	}
	s.be.Timeouts.Tunnel = 60e9
	if !w.faults { // nobody is late, so nobody must be given up
		s.be.Timeouts.Queue = 1000e9
	}
	s.fe.Choose = func(c *sample.Ctx) *proxy.Backend {
		w.panics(200)
		if c.Req != nil && string(c.Req.Path()) == "/none" {
			return nil
		}
		w.ways(c)
		return s.be
	}
	s.boom = func(string) { w.panics(3000) }
	for w.step = 0; w.step < steps; w.step++ {
		w.act()
		w.check()
	}
	w.finish()
	if w.replays {
		for _, srv := range s.be.Servers {
			again += srv.Loops[0].Retries + srv.Loops[0].Redispatches
		}
	}
	return s.e.Panics.Load(), again
}

// ways lets some streams want one server, and gives others a priority.
func (w *monkey) ways(c *sample.Ctx) {
	c.PrioClass, c.PrioOffset = int32(w.r.IntN(3)), int32(w.r.IntN(2000)-1000)
	if w.r.IntN(4) == 0 {
		x := waiterOf(c)
		x.Want, x.Faithful = w.s.be.Servers[w.r.IntN(2)], w.r.IntN(2) == 0
	}
}

// panics panics once in n calls.
func (w *monkey) panics(n int) {
	if w.faults && w.seed%2 == 1 && w.r.IntN(n) == 0 {
		panic("monkey")
	}
}

// act is one step of somebody.
func (w *monkey) act() {
	r, s := w.r, w.s
	switch n := r.IntN(100); {
	case n < 6 && len(w.clients) < 30 && !w.stopped:
		x := s.arrival()
		c := &monkeyClient{w: w, end: x, tun: w.tcp}
		if r.IntN(3) == 0 {
			x.room = r.IntN(5000)
		}
		w.clients = append(w.clients, c)
	case n < 45 && len(w.clients) > 0:
		c := w.clients[r.IntN(len(w.clients))]
		if w.faults && r.IntN(60) == 0 && !c.end.closed {
			c.reset()
			return
		}
		if w.faults && r.IntN(60) == 0 && !c.end.closed && !c.gone {
			c.fault = true
			c.fin() // in the middle of whatever it was doing
			return
		}
		c.step(r)
	case n < 55 && len(w.clients) > 0:
		w.clients[r.IntN(len(w.clients))].take(r.IntN(20_000))
	case n < 96:
		w.meet()
		if len(s.made) > 0 {
			if x := w.servers[s.made[r.IntN(len(s.made))]]; x != nil {
				x.step(r)
			}
		}
	case n == 96 && w.faults:
		s.wait([]int64{1e6, 100e6, 2e9, 12e9, 35e9}[r.IntN(5)])
	case n == 97 && w.faults:
		srv := s.be.Servers[r.IntN(3)]
		s.be.SetUp(srv, r.IntN(3) > 0)
	case n == 98 && w.faults && r.IntN(10) == 0:
		s.dead = []syscall.Errno{0, 0, syscall.ECONNREFUSED, syscall.EMFILE}[r.IntN(4)]
	case n == 99 && r.IntN(30) == 0:
		s.e.SoftStop(0)
		w.stopped = true
	}
	s.deliver(r, r.IntN(4))
}

// meet makes servers of the connections that were opened.
func (w *monkey) meet() {
	for ; w.seen < len(w.s.made); w.seen++ {
		if fd := w.s.made[w.seen]; fd >= 0 {
			x := w.s.ends[fd]
			if w.r.IntN(4) == 0 {
				x.room = 2000
			}
			w.servers[fd] = &monkeyServer{w: w, end: x, tun: w.tcp}
		}
	}
	for _, fd := range w.s.made {
		if x := w.servers[fd]; x != nil && x.end.room >= 0 && !x.end.closed {
			x.end.room += w.r.IntN(3000)
			w.s.note(x.end)
		}
	}
}

// check is what holds after every step.
func (w *monkey) check() {
	for _, c := range w.clients {
		c.check()
	}
	for fd, x := range w.s.ends {
		if l, ok := x.h.(*link); ok && !x.closed {
			if len(l.in) > loop.BufSize || len(l.out)-int(l.off) > 2*loop.BufSize {
				w.fatalf("descriptor %d: %d bytes held in, %d out", fd, len(l.in), len(l.out)-int(l.off))
			}
		}
	}
	for _, srv := range w.s.be.Servers {
		if n := srv.Served(); n < 0 || srv.MaxConn > 0 && n > srv.MaxConn {
			w.fatalf("server %s serves %d, maxconn %d", srv.Name, n, srv.MaxConn)
		}
	}
}

// finish lets everything that can end do so, then looks at what is left.
func (w *monkey) finish() {
	s := w.s
	faults := w.faults
	if !faults {
		w.drainCalmly()
	}
	w.seed-- // no panics any more
	w.faults = false
	s.boom, s.dead = nil, 0
	for _, c := range w.clients {
		if !c.gone && !c.end.closed {
			c.gone = true
			c.end.eof = true
			s.note(c.end)
		}
		c.end.room = -1
		s.note(c.end)
	}
	w.faults = faults
	for range 300 {
		w.meet()
		for _, x := range w.servers {
			x.end.room = -1
		}
		s.deliver(w.r, 1000)
		s.wait(1e9)
		w.check()
	}
	w.seed++
	s.idle()
	left := map[string]int64{
		"client connections": s.e.Conns.Load(), "of the frontend": s.fe.Conns.Load(), "of the listener": s.ln.Conns.Load(),
		"buffers": int64(s.th.Lent()), "timers": int64(s.th.Timers()), "load": s.th.Load.Load(),
	}
	queued, _ := s.be.Queued()
	left["queued"] = queued
	for _, srv := range s.be.Servers {
		left["connections of "+srv.Name] = srv.Conns.Load()
		left["idle of "+srv.Name] = srv.Idle[0].Load()
	}
	for what, n := range left {
		if n != 0 {
			w.fatalf("%d %s left", n, what)
		}
	}
	for fd, x := range s.ends {
		if !x.closed {
			w.fatalf("descriptor %d left open", fd)
		}
	}
	if s.th.first != nil {
		w.fatalf("a session left")
	}
}

// drainCalmly is the end of a world without faults: every request must have got
// its answer.
func (w *monkey) drainCalmly() {
	s := w.s
	for range 4000 {
		w.meet()
		for _, c := range w.clients {
			if len(c.send) > 0 && !c.end.closed {
				c.step(w.r)
			}
			if c.tun && !c.gone && len(c.send) == 0 && len(c.echo) == 0 {
				c.fin() // a tunnel holds a slot that others wait for
			}
			c.take(50_000)
		}
		for _, fd := range s.made {
			if x := w.servers[fd]; x != nil {
				x.step(w.r)
			}
		}
		s.deliver(w.r, 50)
		w.check()
	}
	for i, c := range w.clients {
		for _, a := range c.asks[:min(c.open, len(c.asks))] {
			if !a.answered {
				w.fatalf("client %d: request %d without an answer", i, a.id)
			}
		}
		if c.open < len(c.asks) && !c.over && !c.fault {
			w.fatalf("client %d: request %d (%+v) was never answered, closed %v, %d unsent, got %.80q", i, c.asks[c.open].id, *c.asks[c.open], c.end.closed, len(c.send), c.got)
		}
	}
}
