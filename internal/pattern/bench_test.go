package pattern

import (
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"testing"
)

// million is a map of a million entries of one kind.
func million(b *testing.B, m Method, line func(i int) string) (*Reference, *View) {
	var text strings.Builder
	for i := range 1_000_000 {
		text.WriteString(line(i))
	}
	data := []byte(text.String())
	text.Reset()
	r := NewReference("m")
	r.Map = true
	v, err := r.View(m, false, Text)
	if err != nil {
		b.Fatal(err)
	}
	before := used()
	if err := r.ReadFile(data); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(used()-before)/1e6, "B/entry")
	return r, v
}

func used() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func scatter(i int) int { return i * 7919 % 1_000_000 }

func BenchmarkMillion(b *testing.B) {
	host := func(i int) string { return fmt.Sprintf("host%d.customer%d.example.com", i, i%977) }
	path := func(i int) string { return fmt.Sprintf("/app%d/v%d/item", i, i%9) }
	for _, x := range []struct {
		m    Method
		line func(i int) string
		in   func(i int) string
	}{
		{Str, func(i int) string { return host(i) + " value\n" }, host},
		{Beg, func(i int) string { return path(i) + " value\n" }, func(i int) string { return path(i) + "/more/of/it?x=y" }},
		{End, func(i int) string { return "." + host(i) + " value\n" }, func(i int) string { return "www." + host(i) }},
		{Dom, func(i int) string { return host(i) + " value\n" }, func(i int) string { return "www." + host(i) }},
	} {
		b.Run(x.m.String(), func(b *testing.B) {
			r, v := million(b, x.m, x.line)
			in := make([][]byte, 1<<16)
			for i := range in {
				in[i] = []byte(x.in(scatter(i)))
			}
			b.Run("hit", func(b *testing.B) {
				b.ReportAllocs()
				for i := range b.N {
					if v.Bytes(in[i&(len(in)-1)]) == nil {
						b.Fatal("miss")
					}
				}
			})
			b.Run("add", func(b *testing.B) {
				for i := range b.N {
					if err := r.Add(Current, fmt.Sprint("new", i, b.N), "v"); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
	b.Run("ip", func(b *testing.B) {
		net := func(i int) string { return fmt.Sprintf("%d.%d.%d.0/%d", 1+i>>16, i>>8&255, i&255, 16+i%9) }
		_, v := million(b, IP, func(i int) string { return net(scatter(i)) + " value\n" })
		in := make([]netip.Addr, 1<<16)
		for i := range in {
			s, _, _ := strings.Cut(net(scatter(i)), "/")
			in[i] = netip.MustParseAddr(s)
		}
		b.ResetTimer()
		b.ReportAllocs()
		for i := range b.N {
			if v.Addr(in[i&(len(in)-1)]) == nil {
				b.Fatal("miss")
			}
		}
	})
	b.Run("ranges", func(b *testing.B) {
		_, v := million(b, Int, func(i int) string { return fmt.Sprintf("%d:%d value\n", 100*scatter(i), 100*scatter(i)+80) })
		b.ResetTimer()
		b.ReportAllocs()
		for i := range b.N {
			if v.Int(int64(100*scatter(i&(1<<16-1)))) == nil {
				b.Fatal("miss")
			}
		}
	})
}
