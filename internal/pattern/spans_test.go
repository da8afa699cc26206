package pattern

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Ranges, numbers and masks with holes that come and go find what a walk through the
// entries in their order finds.
func TestRangesAndMasksFindTheFirst(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	type entry struct {
		key  string
		fits func(v int64) bool
	}
	ranged := func(width int) entry {
		lo := int64(rnd.IntN(200))
		hi := lo + int64(rnd.IntN(width))
		fits := func(v int64) bool { return lo <= v && v <= hi }
		switch rnd.IntN(10) {
		case 0:
			return entry{fmt.Sprintf("%d:", lo), func(v int64) bool { return lo <= v }}
		case 1:
			return entry{fmt.Sprintf(":%d", hi), func(v int64) bool { return v <= hi }}
		case 2:
			return entry{fmt.Sprintf("%0*d", 1+rnd.IntN(6), lo), func(v int64) bool { return v == lo }}
		}
		return entry{fmt.Sprintf("%d:%d", lo, hi), fits}
	}
	holed := func(masks int) entry {
		// Bit 0 set and bit 8 not: always a hole.
		m := uint32(rnd.IntN(masks))*2 + 1
		a := uint32(rnd.IntN(8))
		return entry{fmt.Sprintf("%s/%s", dotted(a), dotted(m)), func(v int64) bool { return uint32(v)&m == a&m }}
	}
	network := func(a int) entry {
		return entry{fmt.Sprintf("0.0.0.%d/28", a), func(v int64) bool { return int64(a)>>4 == v>>4 }}
	}
	for name, x := range map[string]struct {
		m    Method
		make func() entry
	}{
		"int":              {Int, func() entry { return ranged(1 + rnd.IntN(100)) }},
		"int, narrow":      {Int, func() entry { return ranged(3) }},
		"len":              {Len, func() entry { return ranged(1 + rnd.IntN(100)) }},
		"masks":            {IP, func() entry { return holed(8) }},
		"masks, very many": {IP, func() entry { return holed(100) }},
		"networks, alike":  {IP, func() entry { return network(rnd.IntN(256)) }},
		"one mask":         {IP, func() entry { return holed(1) }},
	} {
		t.Run(name, func(t *testing.T) {
			r, v := newMap(t, x.m, "")
			var model []entry
			var values []string
			for step := range 3000 {
				if len(model) > 0 && rnd.IntN(3) == 0 {
					k := model[rnd.IntN(len(model))].key
					if err := r.Delete(k); err != nil {
						t.Fatal(err)
					}
					for i := len(model) - 1; i >= 0; i-- {
						if model[i].key == k {
							model, values = slices.Delete(model, i, i+1), slices.Delete(values, i, i+1)
						}
					}
				} else {
					e := x.make()
					if err := r.Add(Current, e.key, fmt.Sprint(step)); err != nil {
						t.Fatal(err)
					}
					model, values = append(model, e), append(values, fmt.Sprint(step))
				}
				for range 5 {
					in, want := int64(rnd.IntN(320)), "-"
					if i := slices.IndexFunc(model, func(e entry) bool { return e.fits(in) }); i >= 0 {
						want = values[i]
					}
					text := fmt.Sprint(in)
					switch x.m {
					case Len:
						text = string(make([]byte, in))
					case IP:
						text = dotted(uint32(in))
					}
					if e, _ := v.Find(text); value(e) != want {
						t.Fatalf("step %d: %d gives %s, want %s of %d entries", step, in, value(e), want, len(model))
					}
				}
			}
			if root := v.index().spans.root.Load(); root != nil {
				soundSpans(t, root)
			}
		})
	}
}

func dotted(a uint32) string {
	return fmt.Sprintf("%d.%d.%d.%d", a>>24, a>>16&255, a>>8&255, a&255)
}

// soundSpans checks what the search relies on, and gives the depth of the tree.
func soundSpans(t *testing.T, n *spanNode) int {
	depth := 0
	reach, first := n.hi, n.e.id
	for _, c := range []*spanNode{n.left, n.right} {
		if c == nil {
			continue
		}
		if depth = max(depth, soundSpans(t, c)); c.rank > n.rank {
			t.Error("a child of higher rank")
		}
		if c.after(n.lo, n.e.id) != (c == n.right) {
			t.Errorf("%d:%d is on the wrong side of %d:%d", c.lo, c.hi, n.lo, n.hi)
		}
		reach, first = max(reach, c.reach), min(first, c.first)
	}
	if n.reach != reach || n.first != first {
		t.Errorf("%d:%d: reach %d, first %d, want %d, %d", n.lo, n.hi, n.reach, n.first, reach, first)
	}
	return depth + 1
}

// The tree stays shallow for ranges in any order, and forgets those that are removed.
func TestManyRanges(t *testing.T) {
	const n = 5000
	for name, key := range map[string]func(i int) string{
		"ascending":  func(i int) string { return fmt.Sprintf("%d:%d", 10*i, 10*i+5) },
		"descending": func(i int) string { return fmt.Sprintf("%d:%d", 10*(n-i), 10*(n-i)+5) },
		"nested":     func(i int) string { return fmt.Sprintf("%d:%d", i, 2*n-i) },
		"the same":   func(i int) string { return fmt.Sprintf("5:%09d", 6+i) },
	} {
		t.Run(name, func(t *testing.T) {
			r, v := newMap(t, Int, "")
			for i := range n {
				if err := r.Add(Current, key(i), "v"); err != nil {
					t.Fatal(err)
				}
			}
			// A file of them makes the same tree at once, and adds to one that is there.
			var text strings.Builder
			for i := range n {
				fmt.Fprintf(&text, "%s v\n", key(i))
			}
			file, at := newMap(t, Int, text.String())
			if a, b := soundSpans(t, at.index().spans.root.Load()), soundSpans(t, v.index().spans.root.Load()); a > 45 || b > 45 {
				t.Errorf("depths %d and %d", a, b)
			}
			if err := file.ReadFile([]byte("1:2 more\n-5:900000000 all\n")); err != nil {
				t.Fatal(err)
			}
			soundSpans(t, at.index().spans.root.Load())
			if value(at.Int(-3)) != "all" || at.index().spans.waiting != nil {
				t.Error(value(at.Int(-3)))
			}
			for i := range int64(100) {
				if a, b := at.Int(i*n/7), v.Int(i*n/7); b != nil && (a == nil || a.Key() != b.Key()) {
					t.Errorf("%d: %s and %s", i*n/7, value(a), value(b))
				}
			}
			if d := soundSpans(t, v.index().spans.root.Load()); d > 45 {
				t.Errorf("depth %d", d)
			}
			if n := testing.AllocsPerRun(100, func() { v.Int(n + 1) }); n != 0 {
				t.Errorf("%v allocations", n)
			}
			for i := range n {
				if err := r.Delete(key(i)); err != nil {
					t.Fatal(err)
				}
			}
			if root := v.index().spans.root.Load(); root != nil {
				t.Errorf("%d:%d is left", root.lo, root.hi)
			}
		})
	}
}

// Entries that mean the same as others, however many, cost no more than others.
func TestManyAlike(t *testing.T) {
	const n = 30_000
	for m, key := range map[Method]func(i int) string{
		IP:  func(i int) string { return dotted(10<<24+uint32(i)) + "/8" },
		Dom: func(i int) string { return strings.Repeat(".", i%200) + "a" + strings.Repeat(".", i/200) },
	} {
		var text strings.Builder
		for i := range n {
			text.WriteString(key(i) + fmt.Sprintf(" %d\n", i))
		}
		r, v := newMap(t, m, text.String())
		in := map[Method]string{IP: "10.1.2.3", Dom: "a.b"}[m]
		for i := range 10 {
			if e, _ := v.Find(in); value(e) != fmt.Sprint(i) {
				t.Fatalf("%v: %s, want %d", m, value(e), i)
			}
			if err := r.Delete(key(i)); err != nil {
				t.Fatal(err)
			}
		}
		r.Clear(Current)
		if e, _ := v.Find(in); e != nil {
			t.Error(m, value(e))
		}
	}
}

// Who looks up while ranges and masks change always finds the one that stays.
func TestConcurrentRanges(t *testing.T) {
	_, num := newMap(t, Int, "0:1000 stays\n")
	_, ip := newMap(t, IP, "0.0.0.1/0.0.0.1 stays\n")
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if value(num.Int(77)) != "stays" {
					t.Error("no range")
					return
				}
				if e, _ := ip.Find("0.0.0.77"); value(e) != "stays" {
					t.Error("no mask")
					return
				}
			}
		})
	}
	for i := range 3000 {
		for _, x := range []struct {
			v   *View
			key string
		}{{num, fmt.Sprintf("%d:%d", i%100, 100+i%7)}, {ip, fmt.Sprintf("0.0.0.1/0.0.%d.1", 1+i%100)}} {
			if err := x.v.Reference().Set(x.key, "new"); err != nil {
				t.Fatal(err)
			}
			if i%3 == 0 {
				if err := x.v.Reference().Delete(x.key); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	close(done)
	wg.Wait()
}
