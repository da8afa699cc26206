package diff_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/diff"
)

// many is a configuration of n backends with two servers each.
func many(n int, timeout string) string {
	var b strings.Builder
	b.WriteString("defaults\n mode http\n timeout client 5s\n timeout connect 5s\n timeout server " + timeout + "\n")
	b.WriteString("frontend f\n bind 127.0.0.1:1\n")
	for i := range n {
		fmt.Fprintf(&b, " use_backend b%d if { path /%d }\n", i, i)
	}
	for i := range n {
		fmt.Fprintf(&b, "backend b%d\n server s1 10.0.0.1:80 check\n server s2 10.0.0.2:80 weight 3\n", i)
	}
	return b.String()
}

func BenchmarkCompare(b *testing.B) {
	for _, n := range []int{100, 20_000} {
		old := mustParse(b, "old.cfg", many(n, "5s"), nil)
		for name, text := range map[string]string{"a server": strings.Replace(many(n, "5s"), "weight 3", "weight 4", 1), "a default": many(n, "6s")} {
			new := mustParse(b, "new.cfg", text, nil)
			b.Run(fmt.Sprint(n, " ", name), func(b *testing.B) {
				for range b.N {
					if d := diff.Compare(old, new); len(d.Changes) != 1 {
						b.Fatal(said(d))
					}
				}
			})
		}
	}
}

// Ten times as much takes ten times the memory and not more, whatever differs.
// (Bytes are counted because the machine's load does not change them.)
func TestLinear(t *testing.T) {
	for name, pair := range map[string]func(n int) (old, new string){
		"nothing":    func(n int) (string, string) { return many(n, "5s"), many(n, "5s") },
		"a default":  func(n int) (string, string) { return many(n, "5s"), many(n, "6s") },
		"everything": func(n int) (string, string) { return many(n, "5s"), strings.ReplaceAll(many(n, "5s"), "/", "/x") },
		"all gone":   func(n int) (string, string) { return many(n, "5s"), many(1, "5s") },
		"reversed": func(n int) (string, string) {
			var a, b strings.Builder
			a.WriteString("backend b\n timeout connect 1s\n timeout server 1s\n")
			b.WriteString(a.String())
			for i := range n {
				fmt.Fprintf(&a, " server s%d 10.0.0.1:80\n", i)
				fmt.Fprintf(&b, " server s%d 10.0.0.1:80\n", n-i)
			}
			return a.String(), b.String()
		},
	} {
		cost := func(n int) uint64 {
			a, b := pair(n)
			old, new := mustParse(t, "old.cfg", a, nil), mustParse(t, "new.cfg", b, nil)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			diff.Compare(old, new)
			runtime.ReadMemStats(&after)
			return after.TotalAlloc - before.TotalAlloc
		}
		if small, large := cost(200), cost(2000); large > 16*small+1<<20 {
			t.Errorf("%s: ten times as much takes %d bytes instead of %d", name, large, small)
		}
	}
}
