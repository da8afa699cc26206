package proxy

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sluice-proxy/sluice/internal/balance"
)

// prepare makes a backend like newBackend, after f has changed it.
func prepare(t *testing.T, p balance.Params, maxconn int64, names string, f func(b *Backend)) *Backend {
	t.Helper()
	b := &Backend{Name: "b"}
	for i, n := range strings.Split(names, "") {
		b.Servers = append(b.Servers, &Server{Name: n, ID: i + 1, Index: i, Num: i, Weight: 1, MaxConn: maxconn, Backup: n == strings.ToUpper(n), Backend: b, Node: balance.NodeID(uint32(i + 1))})
	}
	f(b)
	if err := b.Prepare(p); err != nil {
		t.Fatal(err)
	}
	return b
}

// served is the servers that n streams get one after the other, with key if it is
// not 0.
func served(b *Backend, n int, key uint32) (got string) {
	for range n {
		w := newWaiter()
		w.Key, w.Keyed = key, key != 0
		name := w.assign(b, nil)
		got += name
		for _, s := range b.Servers {
			if s.Name == name {
				b.Release(s)
			}
		}
	}
	return got
}

func TestAllBackups(t *testing.T) {
	for _, tt := range []struct {
		all                           bool
		normal, backup, less, normal2 string
	}{
		{false, "aaaa", "BBBB", "CCCC", "aaaa"},
		{true, "aaaa", "BCBC", "CCCC", "aaaa"},
	} {
		b := prepare(t, balance.Params{Name: "static-rr"}, 0, "aBC", func(b *Backend) { b.AllBackups = tt.all })
		got := served(b, 4, 0)
		b.SetUp(b.Servers[0], false)
		got += " " + served(b, 4, 0)
		b.SetUp(b.Servers[1], false)
		got += " " + served(b, 4, 0)
		b.SetUp(b.Servers[0], true)
		got += " " + served(b, 4, 0)
		if want := strings.Join([]string{tt.normal, tt.backup, tt.less, tt.normal2}, " "); got != want {
			t.Errorf("allbackups %v: %s, want %s", tt.all, got, want)
		}
	}
}

// Who waits for any backup gets one of all with "allbackups".
func TestQueueOfBackups(t *testing.T) {
	b := prepare(t, balance.Params{Name: "roundrobin"}, 1, "BC", func(b *Backend) { b.AllBackups = true })
	w := [3]*waiter{newWaiter(), newWaiter(), newWaiter()}
	if got := w[0].assign(b, nil) + w[1].assign(b, nil) + w[2].assign(b, nil); got != "BCqueued" {
		t.Fatal(got)
	}
	if b.Release(b.Servers[1]); w[2].got != "C" {
		t.Errorf("granted %q", w[2].got)
	}
}

// A key waits for its own server; what else it may do is in the affinity.
func TestAffinity(t *testing.T) {
	for _, tt := range []struct {
		affinity   Affinity
		consistent bool
		maxqueue   int64
		want       string // streams of one key, all kept
	}{
		{AffinityAlways, false, 0, "b, queued for b, queued for b, queued for b"},
		{AffinityAlways, true, 0, "b, queued for b, queued for b, queued for b"},
		{AffinityAlways, true, 1, "b, queued for b, full b, full b"},
		{AffinityMaxConn, false, 0, "b, c, a, queued for a"},
		{AffinityMaxConn, true, 0, "b, a, c, queued for c"},
		{AffinityMaxQueue, true, 0, "b, queued for b, queued for b, queued for b"},
		{AffinityMaxQueue, true, 1, "b, queued for b, a, queued for a"},
	} {
		b := prepare(t, balance.Params{Name: "uri", Consistent: tt.consistent}, 1, "abc", func(b *Backend) {
			b.Affinity = tt.affinity
			for _, s := range b.Servers {
				s.MaxQueue = tt.maxqueue
			}
		})
		key := uint32(1) // b's place in the map
		if tt.consistent {
			for served(b, 1, key) != "b" {
				key += 99991
			}
		}
		var got []string
		for range 4 {
			w := newWaiter()
			w.Key, w.Keyed = key, true
			got = append(got, w.assign(b, nil))
		}
		if s := strings.Join(got, ", "); s != tt.want {
			t.Errorf("affinity %d, consistent %v, maxqueue %d: %s\nwant %s", tt.affinity, tt.consistent, tt.maxqueue, s, tt.want)
		}
	}
}

// A server that failed is passed over by consistent hashing; the map has no other.
func TestKeyedRedispatch(t *testing.T) {
	for _, consistent := range []bool{false, true} {
		b := prepare(t, balance.Params{Name: "uri", Consistent: consistent}, 0, "abc", func(*Backend) {})
		for key := uint32(1); key < 1<<31; key += 1 << 26 {
			w := newWaiter()
			w.Key, w.Keyed = key, true
			first, _ := b.Assign(&w.Waiter, 0, nil)
			second, _ := b.Assign(&w.Waiter, 0, first)
			if (first == second) == consistent {
				t.Errorf("consistent %v: from %s to %s", consistent, first.Name, second.Name)
			}
		}
	}
}

func TestSlowStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := prepare(t, balance.Params{Name: "roundrobin"}, 100, "ab", func(b *Backend) {
			for _, s := range b.Servers {
				s.Weight = 160
				s.SlowStart = 20 * time.Second
			}
		})
		a := b.Servers[0]
		if _, starting := a.Throttle(); starting || b.Weight(a) != 160 || a.limit() != 100 {
			t.Fatal("slow at the start of the process")
		}
		fail := func(oper Oper) {
			a.Health.With(func(h *HealthView) { h.Oper = oper })
			b.SetUp(a, oper == Running)
		}
		fail(Stopped)
		time.Sleep(time.Minute)
		fail(Running)
		for at := range 20 {
			percent, starting := a.Throttle()
			step := min(16, 1+16*at/20)
			if !starting || b.Weight(a) != 10*step || percent != 100*step/16 || a.limit() != max(1, int64(5*at)) {
				t.Errorf("after %d s: weight %d, throttle %d, limit %d", at, b.Weight(a), percent, a.limit())
			}
			time.Sleep(time.Second)
			synctest.Wait()
		}
		if _, starting := a.Throttle(); starting || b.Weight(a) != 160 || a.limit() != 100 {
			t.Errorf("after the start: weight %d, limit %d", b.Weight(a), a.limit())
		}
		// A drained server was not down; one that goes down again starts anew.
		b.SetUp(a, false)
		b.SetUp(a, true)
		if _, starting := a.Throttle(); starting {
			t.Error("slow after it was drained")
		}
		fail(Stopped)
		fail(Running)
		time.Sleep(5 * time.Second)
		fail(Stopped)
		fail(Running)
		if w := b.Weight(a); w != 10 {
			t.Errorf("weight %d at its second start", w)
		}
		counts := map[string]int{}
		for _, name := range served(b, 1700, 0) {
			counts[string(name)]++
		}
		if counts["a"] < 95 || counts["a"] > 105 {
			t.Errorf("served %v at weights 10 and 160", counts)
		}
		fail(Stopped) // or the timer would go on
	})
}

// Algorithms whose weights do not change start at full speed, but for the limit.
func TestSlowStartStatic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := prepare(t, balance.Params{Name: "uri"}, 100, "ab", func(b *Backend) { b.Servers[0].SlowStart = 10 * time.Second })
		a := b.Servers[0]
		for _, oper := range []Oper{Stopped, Running} {
			a.Health.With(func(h *HealthView) { h.Oper = oper })
			b.SetUp(a, oper == Running)
		}
		if b.Weight(a) != 1 || a.limit() != 1 {
			t.Errorf("weight %d, limit %d", b.Weight(a), a.limit())
		}
		time.Sleep(5 * time.Second)
		if a.limit() != 50 {
			t.Errorf("limit %d after half the time", a.limit())
		}
		time.Sleep(6 * time.Second)
	})
}
