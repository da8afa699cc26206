package proxy

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sluice-proxy/sluice/internal/balance"
)

// newBackend makes a backend of servers described by their names; a name in
// capitals is a backup's.
func newBackend(t *testing.T, algorithm string, maxconn int64, names ...string) *Backend {
	t.Helper()
	b := &Backend{Name: "b"}
	for i, n := range names {
		b.Servers = append(b.Servers, &Server{Name: n, Index: i, Num: i, Weight: 1, MaxConn: maxconn, Backup: n == strings.ToUpper(n), Backend: b})
	}
	if err := b.Init(algorithm); err != nil {
		t.Fatal(err)
	}
	return b
}

// waiter is somebody who wants a server.
type waiter struct {
	Waiter
	got string
}

func newWaiter() *waiter {
	w := &waiter{}
	w.Grant = func(s *Server) {
		if w.got = "elsewhere"; s != nil {
			w.got = s.Name
		}
	}
	return w
}

func (w *waiter) assign(b *Backend, avoid *Server) string {
	switch srv, out := b.Assign(&w.Waiter, 0, avoid); out {
	case NoServer:
		return "none"
	case Taken:
		return srv.Name
	case Full:
		return "full " + srv.Name
	default:
		if srv != nil {
			return "queued for " + srv.Name
		}
		return "queued"
	}
}

func TestAssign(t *testing.T) {
	b := newBackend(t, "roundrobin", 1, "a", "b", "C", "D")
	w := [6]*waiter{}
	for i := range w {
		w[i] = newWaiter()
	}
	if x, y := w[0].assign(b, nil), w[1].assign(b, nil); x+y != "ab" && x+y != "ba" {
		t.Fatalf("%s %s", x, y)
	}
	if got := w[2].assign(b, nil); got != "queued" {
		t.Fatalf("%s: backups are not for what the others have no room for", got)
	}
	w[3].assign(b, nil)
	b.Release(b.Servers[1])
	if w[2].got != "b" || w[3].got != "" {
		t.Fatalf("granted %q %q, want the first who waits on the server that is free", w[2].got, w[3].got)
	}
	if w[2].InBackend != 1 {
		t.Errorf("the first in the queue was at place %d", w[2].InBackend)
	}
	if !b.Leave(&w[3].Waiter) || b.Leave(&w[3].Waiter) || b.Leave(&w[2].Waiter) {
		t.Error("only who waits can leave, and once")
	}
	if cur, most := b.Queued(); cur != 0 || most != 2 {
		t.Errorf("queued %d, at most %d", cur, most)
	}
	// Without the active servers the first backup serves, and only that.
	b.SetUp(b.Servers[0], false)
	b.SetUp(b.Servers[1], false)
	if x, y := w[3].assign(b, nil), w[4].assign(b, nil); x != "C" || y != "queued" {
		t.Fatalf("%s %s, want C and the queue", x, y)
	}
	b.SetUp(b.Servers[3], true) // as it was: nothing new
	if w[4].got != "" {
		t.Fatalf("granted %s, which does not serve while C does", w[4].got)
	}
	b.Release(b.Servers[2])
	if w[4].got != "C" {
		t.Fatalf("granted %q, want C", w[4].got)
	}
	// A release of a server that is down, or of a backup that is not needed,
	// hands nothing on.
	w[5].assign(b, nil)
	b.Release(b.Servers[0])
	if w[5].got != "" {
		t.Fatalf("granted %s, which is down", w[5].got)
	}
	b.SetUp(b.Servers[0], true)
	if w[5].got != "a" {
		t.Fatalf("granted %q when a came up", w[5].got)
	}
}

func TestAssignElsewhere(t *testing.T) {
	b := newBackend(t, "leastconn", 0, "a", "b")
	for range 5 {
		if got := newWaiter().assign(b, b.Servers[0]); got != "b" {
			t.Fatalf("assigned %s, to be avoided is a", got)
		}
	}
	b.SetUp(b.Servers[1], false)
	if got := newWaiter().assign(b, b.Servers[0]); got != "a" {
		t.Fatalf("assigned %s, there is only a", got)
	}
	b.SetUp(b.Servers[0], false)
	if got := newWaiter().assign(b, nil); got != "none" {
		t.Fatalf("assigned %s, all are down", got)
	}
	if times, _ := b.Downtime(); times != 1 {
		t.Errorf("down %d times", times)
	}
	b.SetUp(b.Servers[0], true)
	if active, backup := b.Usable(); active != 1 || backup != 0 {
		t.Errorf("%d active, %d backups usable", active, backup)
	}
}

// brokenAlgorithm panics when asked.
type brokenAlgorithm struct{}

func (brokenAlgorithm) SetWeight(int, int)   {}
func (brokenAlgorithm) SetLoad(int, int)     { panic("boom") }
func (brokenAlgorithm) Pick(balance.Ask) int { panic("boom") }

// A panic must not leave the backend locked: everybody would wait for ever.
func TestPanicLeavesNoLock(t *testing.T) {
	b := newBackend(t, "roundrobin", 0, "a")
	b.chooser.active = brokenAlgorithm{}
	for _, f := range []func(){
		func() { b.Assign(&newWaiter().Waiter, 0, nil) },
		func() { b.Release(b.Servers[0]) },
		func() { b.SetUp(b.Servers[0], false) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		}()
		b.Usable()
	}
}

// However many ask at once, a server never has more than its maxconn, and
// everybody gets a turn.
func TestMaxconnFromManyGoroutines(t *testing.T) {
	b := newBackend(t, "leastconn", 2, "a", "b")
	var now [2]atomic.Int64
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range 200 {
				granted := make(chan *Server, 1)
				w := &Waiter{Grant: func(s *Server) { granted <- s }}
				srv, out := b.Assign(w, 0, nil)
				if out == Queued {
					srv = <-granted
				}
				if n := now[srv.Index].Add(1); n > 2 {
					t.Errorf("%s has %d", srv.Name, n)
				}
				now[srv.Index].Add(-1)
				b.Release(srv)
			}
		})
	}
	all.Wait()
	for _, s := range b.Servers {
		if s.Served() != 0 || s.ServedMax() > 2 {
			t.Errorf("%s serves %d, at most %d", s.Name, s.Served(), s.ServedMax())
		}
	}
}
