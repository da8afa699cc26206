package stream

import (
	"bytes"
	"testing"
)

var cookieLines = []string{"A=b; SRV=two; C=d", `A="x; SRV=two"; SRV=one`, "$Version=1; SRV=two; $Path=/", "SRV", "=", ";;,", `a="\"`, "SRV = two ,B", "SRV=two|AAAAA|BBBBB", ""}

// readItems goes through a line and checks that the items cover it.
func readItems(t testing.TB, line []byte) {
	for at, n := 0, 0; at <= len(line); n++ {
		it := nextItem(line, at)
		if it.from != at || it.to < at || it.to > len(line) || n > len(line) {
			t.Fatalf("%q: %+v after %d", line, it, at)
		}
		if it.to < len(line) && line[it.to] != ';' && line[it.to] != ',' {
			t.Fatalf("%q: an item ends at %q", line, line[it.to])
		}
		if it.pair && !bytes.Contains(line[it.from:it.to], []byte{'='}) {
			t.Fatalf("%q: %+v", line, it)
		}
		at = it.to + 1
	}
}

func TestCutCookies(t *testing.T) {
	for _, l := range cookieLines {
		for n := range len(l) + 1 {
			readItems(t, []byte(l[:n]))
			readItems(t, []byte(l[n:]))
		}
	}
}

func FuzzCookieLine(f *testing.F) {
	for _, l := range cookieLines {
		f.Add([]byte(l))
	}
	f.Fuzz(func(t *testing.T, b []byte) { readItems(t, b) })
}
