package balance

import (
	"math/rand/v2"
	"net/netip"
	"testing"
)

// The orders are those of HAProxy 2.6 and 3.5.
func TestStaticOrder(t *testing.T) {
	for _, tt := range []struct {
		weights []int
		want    string
	}{
		{[]int{1, 1, 1}, "abcabcabc"},
		{[]int{2, 1}, "aabaabaab"},
		{[]int{1, 2, 3}, "acbcbcacbcbc"},
		{[]int{3, 2, 1}, "aababcaababc"},
		{[]int{5, 1, 1}, "aaabaacaaabaac"},
		{[]int{10, 10}, "abababab"},
		{[]int{100, 50, 25}, "aababacaababac"},
		{[]int{3, 3, 2}, "abacbabcabacbabc"},
		{[]int{7, 5, 3}, "ababcaabacababcababcaabacababc"},
		{[]int{4, 2, 2}, "aabcaabc"},
		{[]int{1, 1, 1, 10}, "adddbdddcddddadddbdddcdddd"},
		{[]int{1, 2, 3, 2}, "abcdbccdabcdbccd"},
		{[]int{1, 0, 3, 2}, "acdccdacdccd"},
	} {
		if got := picks(newStatic(of(tt.weights...)), len(tt.want)); got != tt.want {
			t.Errorf("weights %v: walked %s, want %s", tt.weights, got, tt.want)
		}
		s := newStatic(of(tt.weights...))
		for k, want := range tt.want {
			if i := s.Pick(Ask{OK: none, Faithful: true, Keyed: true, Key: uint32(k)}); rune('a'+i) != want {
				t.Errorf("weights %v: key %d chose %c, want %c", tt.weights, k, 'a'+i, want)
			}
		}
	}
}

// plain is the rule that spreader works out by events.
func plain(weight []int) (order []int32) {
	sum := 0
	for _, w := range weight {
		sum += w
	}
	gain := make([]int, len(weight))
	for range sum {
		best, most := -1, 0
		for i, w := range weight {
			if w == 0 {
				continue
			}
			gain[i] += w
			if v := (gain[i] + sum) / sum; best < 0 || v > most {
				best, most = i, v
			}
		}
		gain[best] -= sum
		order = append(order, int32(best))
	}
	return order
}

func TestSpread(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 500 {
		w := make([]int, 1+r.IntN(12))
		for i := range w {
			w[i] = r.IntN(1 + r.IntN(40))
		}
		var s spreader
		got, want := s.fill(nil, w), plain(w)
		if len(want) == 0 {
			continue
		}
		for k := range want {
			if got[k%len(got)] != want[k] {
				t.Fatalf("weights %v:\ngot  %v\nwant %v", w, got, want)
			}
		}
	}
}

// Walking goes on where it stood when servers come and go.
func TestStaticTurn(t *testing.T) {
	a := newStatic(of(1, 2, 3, 2))
	got := picks(a, 11)
	a.SetWeight(1, 0)
	got += " " + picks(a, 11)
	a.SetWeight(1, 2*Scale)
	got += " " + picks(a, 20)
	a.SetWeight(2, 0)
	got += " " + picks(a, 11)
	if want := "abcdbccdabc ccdacdccdac cdbccdabcdbccdabcdbc abdbdabdbda"; got != want {
		t.Errorf("walked %s, want %s", got, want)
	}
}

// Without keys the points are taken in turns; this is HAProxy's order.
func TestRingOrder(t *testing.T) {
	const want = "cccccccccccbacacabcaacabbcccaccbcccabcbcccacbcbbacbbcbcbcbcacacbabccbbcbbcbbbabcbacccbbcccbbacbbccccc"
	if got := picks(newConsistent(of(1, 2, 3), 0), len(want)); got != want {
		t.Errorf("walked %s", got)
	}
}

func keyed(a Algorithm, keys []uint32) []int {
	got := make([]int, len(keys))
	for k, key := range keys {
		got[k] = a.Pick(Ask{OK: all, Faithful: true, Keyed: true, Key: key})
	}
	return got
}

// Only keys of the server that goes are moved, and they return with it; a
// greater weight only draws keys to the server.
func TestConsistentMoves(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	keys := make([]uint32, 5000)
	for k := range keys {
		keys[k] = r.Uint32()
	}
	a := newConsistent(of(3, 1, 4, 1, 5), 0)
	before := keyed(a, keys)
	for i := range 5 {
		w := a.weight[i]
		a.SetWeight(i, 0)
		for k, now := range keyed(a, keys) {
			if before[k] != now && before[k] != i || now == i {
				t.Fatalf("without %d, key %d went from %d to %d", i, k, before[k], now)
			}
		}
		a.SetWeight(i, w+7)
		for k, now := range keyed(a, keys) {
			if before[k] != now && now != i {
				t.Fatalf("%d heavier, key %d went from %d to %d", i, k, before[k], now)
			}
		}
		a.SetWeight(i, w)
		for k, now := range keyed(a, keys) {
			if before[k] != now {
				t.Fatalf("%d back, key %d went from %d to %d", i, k, before[k], now)
			}
		}
	}
	got := make([]int, 5)
	for _, i := range before {
		got[i]++
	}
	for i, w := range []int{3, 1, 4, 1, 5} {
		if got[i] < w*5000/14/3 || got[i] > w*5000/14*3 {
			t.Errorf("shares of weights 3 1 4 1 5: %v", got)
		}
	}
}

// Who may not be taken is passed over in the order of the ring, and when nobody
// may, the key's turn ends at the one before its own.
func TestConsistentFull(t *testing.T) {
	a := newConsistent(of(1, 1, 1), 0)
	a.refresh()
	for k := range a.keys {
		own := int(a.owner[k])
		ask := Ask{Keyed: true, Key: a.keys[k], OK: func(i int) bool { return i != own }}
		next := k
		for int(a.owner[next]) == own {
			next = a.after(next)
		}
		if i := a.Pick(ask); i != int(a.owner[next]) {
			t.Fatalf("point %d: %d, want %d", k, i, a.owner[next])
		}
		ask.OK = none
		if i := a.Pick(ask); i != int(a.owner[(k+len(a.keys)-1)%len(a.keys)]) {
			t.Fatalf("point %d: nobody free, picked %d", k, i)
		}
	}
}

// No server gets more than the factor allows, whatever the keys.
func TestBoundedLoad(t *testing.T) {
	for _, factor := range []int{101, 125, 200} {
		a := newConsistent(of(1, 2, 3), factor)
		load, total := make([]int, 3), 0
		for range 600 {
			i := a.Pick(Ask{OK: all, Faithful: true, Keyed: true, Key: 12345})
			load[i]++
			total++
			if most := (total*factor*a.weight[i] + 100*96 - 1) / (100 * 96); load[i] > most {
				t.Fatalf("factor %d: server %d has %d of %d, allowed are %d", factor, i, load[i], total, most)
			}
			a.SetLoad(i, load[i])
		}
	}
}

// Node numbers found from the points that HAProxy 3.5 places.
func TestNodes(t *testing.T) {
	for _, tt := range []struct{ got, want uint32 }{
		{NodeID(1), 0x1000},
		{NodeID(1 << 20), 0},
		{NodeID32(1), 0xec04b54d},
		{NodeID32(2), 0xee703059},
		{NodeID32(1000), 0x4e4af07a},
		{NodeGUID("foo"), 0xe20f0dd9},
		{NodeAddr(netip.MustParseAddr("127.0.0.1"), 0), 0x0f7a29c5},
		{NodeAddr(netip.MustParseAddr("127.0.0.1"), 45678), 0xac6e1542},
		{NodeAddr(netip.MustParseAddr("127.0.0.2"), 45678), 0x1091a9dd},
		{NodeAddr(netip.MustParseAddr("::1"), 0), 0x7f2f367e},
		{NodeAddr(netip.MustParseAddr("::1"), 45678), 0x08904460},
	} {
		if tt.got != tt.want {
			t.Errorf("%#x, want %#x", tt.got, tt.want)
		}
	}
}
