package balance

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func all(int) bool { return true }

func picks(a Algorithm, n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(byte('a' + a.Pick(all)))
	}
	return b.String()
}

func TestRoundRobinOrder(t *testing.T) {
	for _, tt := range []struct {
		weights []int
		want    string
	}{
		{[]int{1, 1, 1}, "abcabcabc"},
		{[]int{1}, "aaa"},
		{[]int{2, 1}, "ababaa"},
		{[]int{100, 100}, "abab"},
	} {
		a, err := New("roundrobin", len(tt.weights))
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range tt.weights {
			a.SetWeight(i, w)
		}
		if got := picks(a, len(tt.want)); got != tt.want {
			t.Errorf("weights %v: picked %s, want %s", tt.weights, got, tt.want)
		}
	}
}

func TestRoundRobinShares(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		n := 1 + r.IntN(20)
		a := newRoundRobin(n)
		sum := 0
		w := make([]int, n)
		for i := range w {
			w[i] = 1 + r.IntN(255)
			sum += w[i]
			a.SetWeight(i, w[i])
		}
		got := make([]int, n)
		for range sum * 3 {
			got[a.Pick(all)]++
		}
		for i := range w {
			// Each may be one turn early or late for every other server.
			if d := got[i] - 3*w[i]; d < -n || d > n {
				t.Fatalf("weights %v: server %d got %d of %d", w, i, got[i], 3*w[i])
			}
		}
	}
}

func TestSkipped(t *testing.T) {
	for _, name := range []string{"roundrobin", "leastconn"} {
		a, err := New(name, 4)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 4 {
			a.SetWeight(i, 1)
		}
		for range 100 {
			if i := a.Pick(func(i int) bool { return i == 2 }); i != 2 {
				t.Fatalf("%s picked %d", name, i)
			}
		}
		if i := a.Pick(func(int) bool { return false }); i != -1 {
			t.Fatalf("%s picked %d though none was acceptable", name, i)
		}
		a.SetWeight(2, 0)
		for range 100 {
			if i := a.Pick(all); i == 2 || i < 0 {
				t.Fatalf("%s picked %d", name, i)
			}
		}
	}
}

func TestLeastConn(t *testing.T) {
	a := newLeastConn(3)
	load := make([]int, 3)
	for i := range 3 {
		a.SetWeight(i, 1+i)
	}
	for range 60 {
		i := a.Pick(all)
		load[i]++
		a.SetLoad(i, load[i])
	}
	if load[0] != 10 || load[1] != 20 || load[2] != 30 {
		t.Fatalf("streams by server of weights 1, 2, 3: %v", load)
	}
	load[2] = 0
	a.SetLoad(2, 0)
	if i := a.Pick(all); i != 2 {
		t.Fatalf("picked %d, not the idle one", i)
	}
}

func TestUnknownAlgorithm(t *testing.T) {
	if _, err := New("uri", 1); err == nil {
		t.Fatal("accepted")
	}
}

func BenchmarkRoundRobin(b *testing.B) {
	a := newRoundRobin(10)
	for i := range 10 {
		a.SetWeight(i, 1)
	}
	b.ReportAllocs()
	for b.Loop() {
		a.Pick(all)
	}
}
