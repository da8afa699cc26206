package http1

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// A head that is rewritten again and again is what it would be otherwise, takes no more
// memory than that, and knows by how much it has grown.
func TestTidy(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		var h Head
		in := []byte("GET /a?q HTTP/1.1\r\nhost: h\r\na: received\r\nb: 1\r\na: again\r\n\r\n")
		if n, _ := h.ParseRequest(in, &Limits{}); n != len(in) {
			t.Fatal(n)
		}
		type pair struct{ name, value string }
		model := []pair{{"host", "h"}, {"a", "received"}, {"b", "1"}, {"a", "again"}}
		target := "/a?q"
		size := func() int {
			n := len(target)
			for _, p := range model {
				n += len(p.name) + len(p.value) + lineCost
			}
			return n
		}
		before := size()
		held, want := h.Value(1), "received"
		for range 300 {
			name := string("abcd"[rnd.IntN(4)])
			value := strings.Repeat(name, rnd.IntN(400))
			switch rnd.IntN(5) {
			case 0:
				h.Set([]byte(name), []byte(value))
				model = append(without(model, func(p pair) bool { return p.name == name }), pair{name, value})
			case 1:
				if len(model) < 20 {
					h.Add([]byte(name), []byte(value))
					model = append(model, pair{name, value})
				}
			case 2:
				h.Del(name)
				model = without(model, func(p pair) bool { return p.name == name })
			case 3:
				if i := h.Find(name, 0); i >= 0 {
					h.SetValueAt(i, []byte(value))
					for i := range model {
						if model[i].name == name {
							model[i].value = value
							break
						}
					}
				}
			case 4:
				target = "/" + value
				h.SetTarget([]byte(target))
			}
			if h.Grown() != size()-before {
				t.Fatalf("grown by %d, want %d", h.Grown(), size()-before)
			}
			if rnd.IntN(20) == 0 && h.Find("a", 0) >= 0 { // what was handed out stays
				if string(held) != want {
					t.Fatalf("%q became %q", want, held)
				}
				held = h.Value(h.Find("a", 0))
				want = string(held)
			}
		}
		out := "GET " + target + " HTTP/1.1\r\n"
		for _, p := range model {
			out += fmt.Sprintf("%s: %s\r\n", p.name, p.value)
		}
		if got := h.Append(nil); !bytes.Equal(got, []byte(out+"\r\n")) {
			t.Fatalf("%q, want %q", got, out)
		}
		if most := 2*size() + 2*minStale; cap(h.extra) > 2*most {
			t.Errorf("an arena of %d bytes for %d", cap(h.extra), size())
		}
	}
}

func without[T any](list []T, drop func(T) bool) (kept []T) {
	for _, v := range list {
		if !drop(v) {
			kept = append(kept, v)
		}
	}
	return kept
}
