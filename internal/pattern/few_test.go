package pattern

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
)

// A small set finds what the same entries find in tables, whatever was added and
// removed before.
func TestFewFindsWhatTablesFind(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	texts := func() string {
		s := ""
		for range 1 + r.IntN(4) {
			s += string("abAB/.?"[r.IntN(7)])
		}
		return s
	}
	for _, m := range []Method{Str, Beg, End, Dir, Dom, IP, Int} {
		for range 300 {
			fold := r.IntN(2) == 0
			var refs [2]*Reference
			var views [2]*View
			for i := range refs {
				refs[i] = NewReference("x")
				v, err := refs[i].View(m, fold, NoValue)
				if err != nil {
					t.Fatal(err)
				}
				views[i] = v
			}
			views[1].index().few.over = true // tables only
			value := func() string {
				switch m {
				case IP:
					if r.IntN(3) == 0 {
						return fmt.Sprintf("2001:db8:%x::/%d", r.IntN(3), 32+r.IntN(33))
					}
					return fmt.Sprintf("10.%d.%d.0/%d", r.IntN(3), r.IntN(3), 8+r.IntN(25))
				case Int:
					return fmt.Sprint(r.IntN(6))
				}
				return texts()
			}
			for range r.IntN(fewMost + 1) {
				key := value()
				for _, ref := range refs {
					if err := ref.Add(Current, key, ""); err != nil {
						t.Fatal(err)
					}
				}
				if r.IntN(4) == 0 {
					for _, ref := range refs {
						ref.Delete(key)
					}
				}
			}
			for range 40 {
				var got [2]*Entry
				what := ""
				for i, v := range views {
					switch m {
					case IP:
						if i == 0 {
							what = []string{fmt.Sprintf("10.%d.%d.%d", r.IntN(3), r.IntN(3), r.IntN(2)), fmt.Sprintf("2001:db8:%x:%x::1", r.IntN(3), r.IntN(2))}[r.IntN(2)]
						}
						got[i] = v.Addr(netip.MustParseAddr(what))
					case Int:
						if i == 0 {
							what = fmt.Sprint(r.IntN(6))
						}
						got[i] = v.Int(int64(what[0] - '0'))
					default:
						if i == 0 {
							what = texts() + texts()
						}
						got[i] = v.Bytes([]byte(what))
					}
				}
				if (got[0] == nil) != (got[1] == nil) || got[0] != nil && (got[0].Key() != got[1].Key() || got[0].ID() != got[1].ID()) {
					t.Fatalf("%v fold %v: %q finds %+v among few, %+v in tables", m, fold, what, got[0], got[1])
				}
			}
		}
	}
}

// A set goes over to tables when it has grown, and stays there.
func TestFewHasAnEnd(t *testing.T) {
	ref := NewReference("x")
	v, _ := ref.View(Str, false, NoValue)
	for i := range 3 * fewMost {
		ref.Add(Current, fmt.Sprint("k", i), "")
		if small := v.index().few.list.Load() != nil; small != (i < fewMost) {
			t.Errorf("%d entries, small %v", i+1, small)
		}
		for k := range i + 1 {
			if e := v.Bytes([]byte(fmt.Sprint("k", k))); e == nil || e.Key() != fmt.Sprint("k", k) {
				t.Fatalf("%d entries: k%d finds %v", i+1, k, e)
			}
		}
	}
	for i := range 3 * fewMost {
		ref.Delete(fmt.Sprint("k", i))
		if v.Bytes([]byte(fmt.Sprint("k", i))) != nil {
			t.Errorf("k%d is still found", i)
		}
	}
}
