package diff

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

// Whoever carries the edits out has the new list: nothing is missed, and nothing
// named that stayed.
func TestSequence(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 1))
		list := func() (l []item) {
			for range r.IntN(12) {
				text := strconv.Itoa(r.IntN(8))
				key := ""
				if seed%2 == 0 {
					key = "k" + strconv.Itoa(r.IntN(3))
				}
				l = append(l, item{key: key, text: text})
			}
			return l
		}
		old, new := list(), list()
		for _, ordered := range []bool{false, true} {
			check(t, old, new, ordered)
			check(t, old, old, ordered)
		}
	}
}

func check(t *testing.T, old, new []item, ordered bool) {
	t.Helper()
	edits := compare(old, new, ordered)
	count := map[string]int{}
	for _, i := range old {
		count[i.text]++
	}
	moved := 0
	for _, e := range edits {
		switch {
		case e.verb == Moved:
			moved++
			continue
		case e.verb == Changed && e.old.text == e.new.text:
			t.Fatalf("%v to %v: %q is said to have changed", old, new, e.old.text)
		}
		if e.old != nil {
			count[e.old.text]--
		}
		if e.new != nil {
			count[e.new.text]++
		}
	}
	for _, i := range new {
		count[i.text]--
	}
	for text, n := range count {
		if n != 0 {
			t.Fatalf("%v to %v: %d of %q", old, new, n, text)
		}
	}
	same := slices.EqualFunc(old, new, func(a, b item) bool { return a.text == b.text })
	switch {
	case same && len(edits) > 0:
		t.Fatalf("%v is said to differ from itself", old)
	case ordered && !same && len(edits) == 0:
		t.Fatalf("%v is said to be %v", old, new)
	case !ordered && moved > 0:
		t.Fatal("moved, where order means nothing")
	}
}

// As few as possible are said to have moved.
func TestMovedFew(t *testing.T) {
	var old, new []item
	for i := range 100 {
		it := item{text: strconv.Itoa(i)}
		old = append(old, it)
		if i != 3 {
			new = append(new, it)
		}
	}
	new = append(new, old[3])
	if e := compare(old, new, true); len(e) != 1 || e[0].verb != Moved || e[0].old.text != "3" {
		t.Errorf("%v", e)
	}
}
