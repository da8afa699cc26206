package balance

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func all(int) bool { return true }

func none(int) bool { return false }

// of makes servers of these weights, numbered from 1.
func of(weights ...int) []Server {
	s := make([]Server, len(weights))
	for i, w := range weights {
		s[i] = Server{Weight: w * Scale, ID: uint32(i + 1), Node: NodeID(uint32(i + 1))}
	}
	return s
}

func mustNew(tb testing.TB, p Params, s []Server) Algorithm {
	tb.Helper()
	a, err := New(p, s)
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

func picks(a Algorithm, n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(byte('a' + a.Pick(Ask{OK: all})))
	}
	return b.String()
}

// every is one of each kind.
var every = []Params{
	{Name: "roundrobin"}, {Name: "static-rr"}, {Name: "leastconn"}, {Name: "first"}, {Name: "sticky"}, {Name: "random", Draws: 2},
	{Name: "random", Draws: 1, Factor: 150}, {Name: "source"}, {Name: "uri", Consistent: true}, {Name: "hash", Consistent: true, Factor: 150},
}

func (p Params) String() string { return fmt.Sprint(p.Name, " ", p.Consistent, " ", p.Factor) }

func TestPassedOver(t *testing.T) {
	for _, p := range every {
		a := mustNew(t, p, of(1, 1, 1, 1))
		for range 100 {
			if i := a.Pick(Ask{OK: func(i int) bool { return i == 2 }}); i != 2 {
				t.Fatalf("%v: picked %d", p, i)
			}
		}
		if i := a.Pick(Ask{OK: none}); i != -1 {
			t.Fatalf("%v: picked %d though none was acceptable", p, i)
		}
		a.SetWeight(2, 0)
		for range 100 {
			if i := a.Pick(Ask{OK: all}); i == 2 || i < 0 {
				t.Fatalf("%v: picked %d", p, i)
			}
		}
		for i := range 4 {
			a.SetWeight(i, 0)
		}
		for _, keyed := range []bool{false, true} {
			if i := a.Pick(Ask{OK: all, Keyed: keyed, Key: 1 << 31}); i != -1 {
				t.Fatalf("%v: picked %d of none", p, i)
			}
		}
		a.SetWeight(1, Scale)
		for range 10 {
			if i := a.Pick(Ask{OK: all, Keyed: true, Key: rand.Uint32()}); i != 1 {
				t.Fatalf("%v: picked %d", p, i)
			}
		}
	}
}

func TestEmpty(t *testing.T) {
	for _, p := range every {
		if i := mustNew(t, p, nil).Pick(Ask{OK: all, Keyed: true}); i != -1 {
			t.Errorf("%v: picked %d of no servers", p, i)
		}
	}
}

func TestNoAllocation(t *testing.T) {
	for _, p := range every {
		a := mustNew(t, p, of(1, 5, 3, 200, 7))
		a.Pick(Ask{OK: all})
		n := testing.AllocsPerRun(2000, func() {
			i := a.Pick(Ask{OK: all, Keyed: true, Key: rand.Uint32()})
			a.SetLoad(i, 1)
			a.SetLoad(i, 0)
		})
		if n != 0 {
			t.Errorf("%v: %v allocations a choice", p, n)
		}
	}
}

func TestUnknown(t *testing.T) {
	if _, err := New(Params{Name: "log-hash"}, of(1)); err == nil {
		t.Fatal("accepted")
	}
}

func TestLeastConn(t *testing.T) {
	a := newLeastConn(of(1, 2, 3))
	load := make([]int, 3)
	for range 60 {
		i := a.Pick(Ask{OK: all})
		load[i]++
		a.SetLoad(i, load[i])
	}
	if load[0] != 10 || load[1] != 20 || load[2] != 30 {
		t.Fatalf("streams by server of weights 1, 2, 3: %v", load)
	}
	load[2] = 0
	a.SetLoad(2, 0)
	if i := a.Pick(Ask{OK: all}); i != 2 {
		t.Fatalf("picked %d, not the idle one", i)
	}
}

func TestFirst(t *testing.T) {
	s := of(1, 1, 1)
	s[0].ID, s[1].ID, s[2].ID = 30, 20, 10
	a := newFirst(s)
	a.SetWeight(2, 0)
	if got := picks(a, 3); got != "bbb" {
		t.Errorf("picked %s", got)
	}
	a.SetWeight(2, Scale)
	if got := picks(a, 3); got != "ccc" {
		t.Errorf("picked %s", got)
	}
}

func TestSticky(t *testing.T) {
	a := newSticky(of(1, 1, 1))
	got := picks(a, 2)
	a.SetWeight(0, 0)
	got += picks(a, 2)
	a.SetWeight(0, Scale)
	got += picks(a, 2)
	a.SetWeight(1, 0)
	got += picks(a, 2)
	a.SetWeight(2, 0)
	got += picks(a, 2)
	if got != "aabbbbccaa" {
		t.Errorf("picked %s", got)
	}
}

func TestRandom(t *testing.T) {
	r := newRandom(of(1, 2, 5), 1, 0)
	got := make([]int, 3)
	for range 80000 {
		got[r.Pick(Ask{OK: all})]++
	}
	// The ring itself is uneven; its own shares are what is to be met.
	share := make([]float64, 3)
	n := 400000
	for k := range n {
		share[r.owner[r.nearest(uint32(uint64(k)<<32/uint64(n)))]] += 80000 / float64(n)
	}
	for i := range got {
		if d := float64(got[i]) - share[i]; d < -1500 || d > 1500 {
			t.Errorf("server %d: %d of %.0f", i, got[i], share[i])
		}
	}
}

// The least loaded of two is taken, and of two equals the one that was chosen
// less.
func TestRandomTwo(t *testing.T) {
	r := newRandom(of(1, 1), 8, 0)
	r.SetLoad(0, 5)
	r.SetLoad(1, 4)
	for range 50 {
		if i := r.Pick(Ask{OK: all}); i != 1 {
			t.Fatal("took the loaded one")
		}
	}
	r = newRandom(of(1, 1, 1, 1), 32, 0)
	got := make([]int, 4)
	for range 400 {
		got[r.Pick(Ask{OK: all, Now: 5e9})]++
	}
	for i, n := range got {
		if n < 95 || n > 105 {
			t.Errorf("server %d: %d of 400", i, n)
		}
	}
}

func BenchmarkPick(b *testing.B) {
	for _, n := range []int{10, 1000, 10000} {
		w := make([]int, n)
		for i := range w {
			w[i] = 1 + i%3
		}
		for _, p := range every {
			b.Run(fmt.Sprintf("%s/%v/%d/%d", p.Name, p.Consistent, p.Factor, n), func(b *testing.B) {
				a := mustNew(b, p, of(w...))
				a.Pick(Ask{OK: all})
				b.ReportAllocs()
				key := uint32(1)
				for b.Loop() {
					key = key*1664525 + 1013904223
					i := a.Pick(Ask{OK: all, Keyed: true, Key: key})
					a.SetLoad(i, 1)
					a.SetLoad(i, 0)
				}
			})
		}
	}
}

// BenchmarkChange is a server that goes and comes back, with the choice after.
func BenchmarkChange(b *testing.B) {
	for _, n := range []int{10, 1000, 10000} {
		w := make([]int, n)
		for i := range w {
			w[i] = 1 + i%3
		}
		for _, p := range []Params{{Name: "roundrobin"}, {Name: "leastconn"}, {Name: "uri"}, {Name: "uri", Consistent: true}} {
			b.Run(fmt.Sprintf("%s/%v/%d", p.Name, p.Consistent, n), func(b *testing.B) {
				a := mustNew(b, p, of(w...))
				for b.Loop() {
					a.SetWeight(n/2, 0)
					a.Pick(Ask{OK: all})
					a.SetWeight(n/2, Scale)
					a.Pick(Ask{OK: all})
				}
			})
		}
	}
}
