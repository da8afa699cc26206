package config

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// The memory that a parse takes grows with the text and no faster. It is counted
// in bytes allocated, which the machine's load does not change.
func TestParseLinear(t *testing.T) {
	text := func(n int, head, format string) []byte {
		var b bytes.Buffer
		b.WriteString(head)
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.Bytes()
	}
	const proxy = " mode tcp\n timeout client 1s\n timeout connect 1s\n timeout server 1s\n"
	for name, unit := range map[string]func(n int) []byte{
		"sections":    func(n int) []byte { return text(n, "defaults\n"+proxy, "backend b%d\n") },
		"defaults":    func(n int) []byte { return text(n, "", "defaults d%d\n mode tcp\n") },
		"from":        func(n int) []byte { return text(n, "defaults d\n"+proxy, "backend b%d from d\n") },
		"global":      func(n int) []byte { return text(n, "", "global\n maxconn 1 # %d\n") },
		"lines":       func(n int) []byte { return text(n, "global\n", " maxconn 1 # %d\n") },
		"binds":       func(n int) []byte { return text(n, "frontend f\n"+proxy, " bind abns@a%d\n") },
		"servers":     func(n int) []byte { return text(n, "backend b\n"+proxy, " server s%d 127.0.0.1:1\n") },
		"variables":   func(n int) []byte { return text(n, "global\n", " setenv V%d \"$HOME\"\n") },
		"conditions":  func(n int) []byte { return text(n, "", ".if streq(a,%d)\n.elif 1\n.endif\n") },
		"skipped":     func(n int) []byte { return append(text(n, ".if 0\n", " foo %d \"$HOME\"\n"), ".endif\n"...) },
		"a long word": func(n int) []byte { return []byte("# \n" + ".notice " + strings.Repeat("a", 50*n) + "\n") },
		"a long line": func(n int) []byte { return []byte("global\n description a " + strings.Repeat(" ", 50*n) + "b\n") },
		"a long .if":  func(n int) []byte { return []byte(".if " + strings.Repeat("0||", 20*n) + "1\n.endif\n") },
		"empty lines": func(n int) []byte { return bytes.Repeat([]byte("\n"), 50*n) },
		"port ranges": func(n int) []byte { return text(n/100, "frontend f\n"+proxy, " bind 127.0.0.1:1-100 # %d\n") },
		"addresses": func(n int) []byte {
			return []byte("frontend f\n" + proxy + " bind " + strings.Repeat("/a,", n) + "/b\n")
		},
		"unset lists": func(n int) []byte {
			return []byte("global\n description \"" + strings.Repeat("${NOPE[*]}", n) + "a\"\n")
		},
		"a long value": func(n int) []byte { return []byte("global\n setenv A \"" + strings.Repeat("$HOME", 10*n) + "\"\n") },
	} {
		small, large := allocated(unit(1_000)), allocated(unit(10_000))
		// Lists double as they grow, and the tables of rows cost the same every time.
		if large > 16*small+1<<20 {
			t.Errorf("%s: ten times as many take %d bytes instead of %d", name, large, small)
		}
	}
}

// allocated is what a load of text takes beyond that of none.
func allocated(text []byte) uint64 {
	bytesOf := func(data []byte) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		load(File{"f.cfg", data})
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	none := bytesOf(nil)
	some := bytesOf(text)
	return some - min(none, some)
}
