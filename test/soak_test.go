package test

import (
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
	"github.com/sluice-proxy/sluice/test/origin"
)

// A gate is a server that can be killed and started again: it relays to an
// origin while it is open.
type gate struct {
	addr, to string
	mu       sync.Mutex
	l        net.Listener
	conns    map[net.Conn]bool
	wg       sync.WaitGroup
}

func newGate(t *testing.T, to string) *gate {
	g := &gate{addr: harness.Addr(t), to: to, conns: map[net.Conn]bool{}}
	g.open(t)
	t.Cleanup(func() { g.kill(); g.wg.Wait() })
	return g
}

func (g *gate) open(t *testing.T) {
	l, err := net.Listen("tcp", g.addr)
	if err != nil {
		t.Fatal(err)
	}
	g.mu.Lock()
	g.l = l
	g.mu.Unlock()
	g.wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if o, err := net.Dial("tcp", g.to); err == nil && g.keep(c, o) {
				g.wg.Go(func() { io.Copy(o, c); o.Close(); c.Close(); g.drop(c, o) })
				g.wg.Go(func() { io.Copy(c, o); o.Close(); c.Close() })
			} else {
				c.Close()
			}
		}
	})
}

func (g *gate) keep(conns ...net.Conn) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range conns {
		if g.l == nil {
			c.Close()
			continue
		}
		g.conns[c] = true
	}
	return g.l != nil
}

func (g *gate) drop(conns ...net.Conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range conns {
		delete(g.conns, c)
	}
}

// kill resets every connection and refuses new ones.
func (g *gate) kill() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.l == nil {
		return
	}
	g.l.Close()
	g.l = nil
	for c := range g.conns {
		origin.Reset(c)
	}
	clear(g.conns)
}

// A service whose servers are killed and come back, and which is reloaded all
// the while, loses nothing but what was in flight to a server that was killed,
// and its processes do not grow: the last quarter of the generations holds no
// more than the second one, give or take 1 % or a collection (1 MiB).
func TestSoak(t *testing.T) {
	span := soak(20*time.Second, 10*time.Minute)
	const workers = 4
	s := newService(t)
	bad := newGate(t, s.Origin.Addr())
	config := fmt.Sprintf(`
defaults
    retries 3
    option redispatch
    timeout connect 2s
    timeout client 20s
    timeout server 20s
frontend web
    mode http
    bind %s
    default_backend app
backend app
    mode http
    server good %s
    server bad %s
listen tcp
    bind %s
    server e1 %s
`, s.HTTP, s.Origin.Addr(), bad.addr, s.TCP, s.Echo.Addr())
	p := harness.Start(t, harness.Options{Config: config, Await: []string{s.HTTP, s.TCP}})
	tr := s.Load(t, workers)
	var kills int64
	var held [][2]int64 // resident memory of master and worker at the end of each generation
	for end := time.Now().Add(span); time.Now().Before(end); {
		for range 3 {
			bad.kill()
			kills++
			time.Sleep(100 * time.Millisecond)
			bad.open(t)
			tr.Progress(t, 10*time.Second)
			time.Sleep(200 * time.Millisecond)
		}
		held = append(held, [2]int64{harness.RSS(t, p.Pid), harness.RSS(t, p.Worker())})
		p.MustReload()
	}
	tr.Progress(t, 10*time.Second)
	for _, r := range tr {
		rep := r.Stop()
		// A connection to the killed server carries one request; a worker has one at a time.
		if lost := rep.Lost(); lost > kills*workers || rep.OK() == 0 {
			t.Errorf("%d servers were killed: %v", kills, rep)
		} else {
			t.Logf("%d generations, %d servers killed: %v", len(held), kills, rep)
		}
	}
	quarter := len(held) / 4
	for i, who := range []string{"master", "worker"} {
		most := func(part [][2]int64) (n int64) {
			for _, h := range part {
				n = max(n, h[i])
			}
			return n
		}
		middle, last := most(held[quarter:2*quarter]), most(held[3*quarter:])
		if last-middle > max(middle/100, 1<<20) {
			t.Errorf("%s: %d KiB in the second quarter, %d KiB in the last", who, middle>>10, last>>10)
		}
		t.Logf("%s: %d KiB in the second quarter, %d KiB in the last", who, middle>>10, last>>10)
	}
}
