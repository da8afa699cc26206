package balance

import (
	"math/rand/v2"
	"testing"
)

// The orders are those of HAProxy 2.6 and 3.5.
func TestRoundRobinOrder(t *testing.T) {
	for _, tt := range []struct {
		weights []int
		want    string
	}{
		{[]int{1}, "aaa"},
		{[]int{1, 1, 1}, "abcabcabcabcabcabcabcabcabcabcabcabcabca"},
		{[]int{2, 1}, "aabaabaabaabaabaabaabaabaabaabaabaabaaba"},
		{[]int{1, 2, 3}, "cbcacbcbcacbcbcacbcbcacbcbcacbcbcacbcbca"},
		{[]int{3, 2, 1}, "abacababacababacababacababacababacababac"},
		{[]int{5, 1, 1}, "aaabaacaaabaacaaabaacaaabaacaaabaacaaaba"},
		{[]int{100, 50, 25}, "aabacabaabacabaabacabaabacabaabacabaabac"},
		{[]int{3, 3, 2}, "ababcabacbabcabacbabcabacbabcabacbabcaba"},
		{[]int{7, 5, 3}, "abacbaabcabaabcabacbaabcabaabcabacbaabca"},
		{[]int{1, 1, 1, 10}, "ddddadddbdddcddddadddbdddcddddadddbdddcd"},
	} {
		a := newRoundRobin(of(tt.weights...))
		if got := picks(a, len(tt.want)); got != tt.want {
			t.Errorf("weights %v: picked %s, want %s", tt.weights, got, tt.want)
		}
	}
}

// The ends of rounds, after 128 and 255 choices, show in the order.
func TestRoundRobinRounds(t *testing.T) {
	got := picks(newRoundRobin(of(3, 3, 2)), 264)
	if got[120:136] != "cbabcabababcabac" || got[248:264] != "babcabababcabacb" {
		t.Errorf("picked %s and %s", got[120:136], got[248:264])
	}
}

func TestRoundRobinShares(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		n := 1 + r.IntN(20)
		sum, w := 0, make([]int, n)
		for i := range w {
			w[i] = 1 + r.IntN(255)
			sum += w[i]
		}
		a := newRoundRobin(of(w...))
		got := make([]int, n)
		for range sum * 3 {
			got[a.Pick(Ask{OK: all})]++
		}
		for i := range w {
			// Each may be one turn early or late for every other server.
			if d := got[i] - 3*w[i]; d < -n || d > n {
				t.Fatalf("weights %v: server %d got %d of %d", w, i, got[i], 3*w[i])
			}
		}
	}
}

// Whatever changes, the shares settle at the new weights.
func TestRoundRobinChanges(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		n := 2 + r.IntN(6)
		w := make([]int, n)
		for i := range w {
			w[i] = r.IntN(5)
		}
		a := newRoundRobin(of(w...))
		for range 30 {
			i := r.IntN(n)
			w[i] = r.IntN(7)
			a.SetWeight(i, w[i]*Scale)
			for range r.IntN(100) {
				if p := a.Pick(Ask{OK: all}); p >= 0 && w[p] == 0 {
					t.Fatal("picked one that is out")
				}
			}
		}
		sum := 0
		for _, x := range w {
			sum += x
		}
		if sum == 0 {
			continue
		}
		picks(a, 2*sum*Scale) // rounds that began before are over
		got := make([]int, n)
		for range sum * 50 {
			got[a.Pick(Ask{OK: all})]++
		}
		for i := range w {
			if d := got[i] - 50*w[i]; d < -2*n || d > 2*n {
				t.Fatalf("weights %v: %v", w, got)
			}
		}
	}
}

// A server that was full for long does not catch up.
func TestRoundRobinFull(t *testing.T) {
	a := newRoundRobin(of(1, 1, 1))
	for range 100 {
		if i := a.Pick(Ask{OK: func(i int) bool { return i != 1 }}); i == 1 {
			t.Fatal("took the full one")
		}
	}
	n := 0
	for range 9 {
		if a.Pick(Ask{OK: all}) == 1 {
			n++
		}
	}
	if n > 4 {
		t.Errorf("got %d of 9 when it was free again", n)
	}
}
