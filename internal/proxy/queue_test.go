package proxy

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sluice-proxy/sluice/internal/balance"
)

// Who persistence sent to a server waits for that server alone, up to its
// maxqueue; the others wait for any.
func TestServerQueue(t *testing.T) {
	b := newBackend(t, "roundrobin", 1, "a", "b")
	b.Servers[0].MaxQueue = 2
	for _, want := range []string{"a", "queued for a", "queued for a", "full a"} {
		w := newWaiter()
		w.Want = b.Servers[0]
		if got := w.assign(b, nil); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	}
	any := newWaiter()
	if got := any.assign(b, nil); got != "b" {
		t.Fatalf("%s, want b: a has a queue", got)
	}
	any = newWaiter()
	any.assign(b, nil)
	if q, most := b.Servers[0].Queued(); q != 2 || most != 2 {
		t.Errorf("%d, at most %d, wait for a", q, most)
	}
	if q, _ := b.Queued(); q != 1 {
		t.Errorf("%d wait for any", q)
	}
	// At one and the same time the server's own queue comes first.
	b.Release(b.Servers[0])
	b.Release(b.Servers[0])
	if any.got != "" {
		t.Fatal("who waits for any was served before those who wait for this one")
	}
	b.Release(b.Servers[0])
	if any.got != "a" || any.InBackend != 1 || any.InServer != 0 {
		t.Fatalf("granted %q at place %d/%d", any.got, any.InServer, any.InBackend)
	}
}

// By class first, then by the time of arrival moved by the offset.
func TestPriorities(t *testing.T) {
	b := newBackend(t, "roundrobin", 1, "a")
	newWaiter().assign(b, nil)
	arrivals := []struct {
		at            int64 // ms
		class, offset int32
		forServer     bool
		place         int // in which it is served
	}{
		{at: 0, place: 5},
		{at: 1, class: 2047, place: 8},
		{at: 2, class: -2047, place: 1},
		{at: 3, class: -2047, offset: -524287, place: 0},
		{at: 4, forServer: true, place: 6},
		{at: 5, offset: -100, place: 4},
		{at: 6, offset: -400, forServer: true, place: 3},
		{at: 7, offset: 300, place: 7},
		{at: 8, class: -1, offset: 524287, place: 2},
	}
	ws := make([]*waiter, len(arrivals))
	for i, a := range arrivals {
		w := newWaiter()
		w.Class, w.Offset = a.class, a.offset
		if a.forServer {
			w.Want = b.Servers[0]
		}
		b.Assign(&w.Waiter, a.at*1e6, nil)
		ws[i] = w
	}
	for place := range arrivals {
		b.Release(b.Servers[0])
		for i, a := range arrivals {
			if served := ws[i].got != ""; served != (a.place <= place) {
				t.Fatalf("after %d releases: arrival %d served: %v", place+1, i, served)
			}
		}
	}
	if w := ws[0]; w.InBackend != 5 { // those at 3, 2, 8 and 5 were served from its queue before
		t.Errorf("the first to come was at place %d of the backend's queue, want 5", w.InBackend)
	}
	if w := ws[4]; w.InServer != 2 {
		t.Errorf("place %d in the server's queue, want 2", w.InServer)
	}
}

// leastconn may fill the queue of a server up to an explicit maxqueue.
func TestLeastconnQueues(t *testing.T) {
	b := prepare(t, balance.Params{Name: "leastconn"}, 1, "ab", func(b *Backend) {
		for _, s := range b.Servers {
			s.MaxQueue = 1
		}
	})
	var got []string
	for range 6 {
		got = append(got, newWaiter().assign(b, nil))
	}
	if want := []string{"a", "b", "queued for a", "queued for b", "queued", "queued"}; !slices.Equal(got, want) {
		t.Fatalf("%q, want %q", got, want)
	}
}

// Who waits for a server that goes down may leave it only with redispatching,
// without "option persist", and if nothing binds it.
func TestQueueOfAServerThatGoesDown(t *testing.T) {
	for _, tt := range []struct {
		redispatch        int
		persist, faithful bool
		want              string
		moved             int
	}{
		{0, false, false, "", 0}, {-1, false, false, "elsewhere", 1}, {-1, true, false, "", 0}, {-1, false, true, "", 0},
	} {
		b := newBackend(t, "roundrobin", 1, "a", "b")
		b.Redispatch, b.Persist = tt.redispatch, tt.persist
		first, w := newWaiter(), newWaiter()
		first.Want, w.Want, w.Faithful = b.Servers[0], b.Servers[0], tt.faithful
		first.assign(b, nil)
		w.assign(b, nil)
		if n := b.SetUp(b.Servers[0], false); n != tt.moved || w.got != tt.want {
			t.Errorf("%+v: %d moved, told %q", tt, n, w.got)
		}
		b.Release(b.Servers[0])
		if tt.want == "" && w.got != "a" {
			t.Errorf("%+v: the slot of the server it waits for is free, told %q", tt, w.got)
		}
	}
}

// Between minconn and maxconn the limit follows the backend's load.
func TestDynamicLimit(t *testing.T) {
	b := &Backend{Fullconn: 20}
	s := &Server{Name: "a", Weight: 1, MaxConn: 10, MinConn: 2, Backend: b}
	b.Servers = []*Server{s}
	if err := b.Init("roundrobin"); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ load, limit int64 }{{0, 2}, {4, 2}, {5, 2}, {6, 3}, {10, 5}, {19, 9}, {20, 10}, {100, 10}} {
		b.Conns.Add(tt.load - b.Conns.Load())
		if n := s.limit(); n != tt.limit {
			t.Errorf("load %d: limit %d, want %d", tt.load, n, tt.limit)
		}
	}
	// The stream that raises the limit may bring somebody else to the server.
	b.Conns.Add(2 - b.Conns.Load())
	newWaiter().assign(b, nil)
	newWaiter().assign(b, nil)
	early := newWaiter()
	b.Conns.Add(1)
	if got := early.assign(b, nil); got != "queued" {
		t.Fatal(got)
	}
	b.Conns.Add(3)
	late := newWaiter()
	if got := late.assign(b, nil); got != "queued" || early.got != "a" {
		t.Fatalf("the new one is %s, the one who waited got %q", got, early.got)
	}
}

// Random histories: limits are kept, who waits while it need not is found, and
// everybody is served in the order of the manual.
func TestQueueHistories(t *testing.T) {
	for seed := range uint64(300) {
		runHistory(t, rand.New(rand.NewPCG(seed, 1)))
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

type party struct {
	Waiter
	id   int
	at   *Server // holds its slot
	told bool    // to ask again
}

func runHistory(t *testing.T, r *rand.Rand) {
	b := newBackend(t, []string{"roundrobin", "leastconn"}[r.IntN(2)], 0, "a", "b", "c", "D")
	b.Redispatch = -r.IntN(2)
	b.Fullconn = int64(1 + r.IntN(20))
	for _, s := range b.Servers {
		s.MaxConn, s.MaxQueue = int64(1+r.IntN(4)), int64(r.IntN(3))
		if r.IntN(2) == 0 {
			s.MinConn = int64(1 + r.IntN(int(s.MaxConn)))
		}
		b.ramps = b.ramps || s.ramps()
	}
	var all, waiting []*party
	down := map[*Server]bool{}
	now := int64(0)
	drop := func(p *party) { all = slices.DeleteFunc(all, func(x *party) bool { return x == p }); b.Conns.Add(-1) }
	waits := func() (ps []*party) {
		for _, p := range all {
			if p.list != nil {
				ps = append(ps, p)
			}
		}
		return ps
	}
	ask := func(p *party) {
		waiting = waits()
		srv, out := b.Assign(&p.Waiter, now, nil)
		switch out {
		case Taken:
			if n := srv.served.Load(); n > srv.limit() {
				t.Errorf("%s took one more than its limit: %d of %d", srv.Name, n, srv.limit())
			}
			p.at = srv
		case Full:
			if int64(len(srv.queue.heap)) < srv.MaxQueue {
				t.Errorf("%s is said to be full with %d of %d", srv.Name, len(srv.queue.heap), srv.MaxQueue)
			}
			drop(p)
		case NoServer:
			drop(p)
		}
	}
	for step := range 200 {
		now += int64(r.IntN(3)) * 1e6
		waiting = waits()
		switch r.IntN(7) {
		case 0, 1, 2:
			p := &party{id: step}
			p.Class, p.Offset = int32(r.IntN(3)-1), int32(r.IntN(5)-2)
			if r.IntN(3) == 0 {
				p.Want = b.Servers[r.IntN(3)]
			}
			p.Grant = func(s *Server) {
				if s == nil {
					p.told = true
					return
				}
				p.at = s
				checkOrder(t, b, p, s, waiting)
				waiting = slices.DeleteFunc(waiting, func(x *party) bool { return x == p })
			}
			all = append(all, p)
			b.Conns.Add(1)
			ask(p)
		case 3, 4:
			if len(all) == 0 {
				break
			}
			p := all[r.IntN(len(all))]
			if p.at != nil {
				b.Release(p.at)
				drop(p)
			} else if r.IntN(4) == 0 && b.Leave(&p.Waiter) {
				drop(p)
			}
		case 5, 6:
			s := b.Servers[r.IntN(4)]
			down[s] = !down[s]
			waiting = nil // those told to go elsewhere, and several servers at once
			b.SetUp(s, !down[s])
		}
		for _, p := range slices.Clone(all) {
			if p.told {
				p.told, p.Want = false, nil
				ask(p)
			}
		}
		checkIdleSlots(t, b, step)
		if t.Failed() {
			return
		}
	}
	for _, p := range slices.Clone(all) {
		if p.list != nil {
			b.Leave(&p.Waiter)
		} else {
			b.Release(p.at)
		}
	}
	for _, s := range b.Servers {
		if n, q := s.Served(), len(s.queue.heap); q != 0 || n < 0 {
			t.Errorf("at the end %s serves %d and %d wait", s.Name, n, q)
		}
	}
	if b.pending != 0 || b.waits.Load() != 0 {
		t.Errorf("at the end %d are pending, %d wait for any", b.pending, b.waits.Load())
	}
}

// checkOrder: none of those who waited and may use s had to come before p.
func checkOrder(t *testing.T, b *Backend, p *party, s *Server, waiting []*party) {
	for _, o := range waiting {
		if o == p || o.list == nil || o.srv != s && (o.srv != nil || !b.serves(s)) {
			continue
		}
		if o.Class < p.Class || o.Class == p.Class && o.due < p.due || o.srv == p.srv && o.before(&p.Waiter) {
			t.Errorf("%s went to %d (class %d, due %d) before %d (class %d, due %d)", s.Name, p.id, p.Class, p.due, o.id, o.Class, o.due)
		}
	}
}

// checkIdleSlots: nobody waits while there is a slot for it.
func checkIdleSlots(t *testing.T, b *Backend, step int) {
	for _, s := range b.Servers {
		if !s.hasSlot() {
			continue
		}
		who := ""
		if len(s.queue.heap) > 0 {
			who = "who waits for it"
		}
		if b.serves(s) && len(b.queue.heap) > 0 {
			who = "who waits for any server"
		}
		if who != "" {
			t.Errorf("step %d: %s has %d of %d and %s sleeps", step, s.Name, s.Served(), s.limit(), who)
		}
	}
}
