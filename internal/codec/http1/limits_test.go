package http1

import (
	"fmt"
	"strings"
	"testing"
)

func TestLimits(t *testing.T) {
	l := &Limits{MaxHead: 100, MaxFields: 4}
	fill := func(n int) string { // a head of n bytes
		const frame = "GET / HTTP/1.1\r\nX: \r\n\r\n"
		return strings.Replace(frame, "X: ", "X: "+strings.Repeat("a", n-len(frame)), 1)
	}
	for _, c := range []struct {
		name, in string
		status   int
	}{
		{"as long as allowed", fill(100), 0},
		{"one more", fill(101), 431},
		{"much more", fill(5000), 431},
		{"unfinished, at the limit", fill(101)[:100], 431},
		{"unfinished, below", fill(100)[:99], 0},
		{"start line", "GET /" + strings.Repeat("a", 100), 414},
		{"endless empty lines", strings.Repeat("\r\n", 60), 414},
		{"endless method", strings.Repeat("A", 120), 414},
		{"endless name", "GET / HTTP/1.1\r\n" + strings.Repeat("A", 120), 431},
		{"endless fold", "GET / HTTP/1.1\r\nX: a\r\n" + strings.Repeat(" \r\n", 120), 431},
		{"three fields", "GET / HTTP/1.1\r\nA: b\r\nA: b\r\nA: b\r\n\r\n", 0},
		{"four fields", "GET / HTTP/1.1\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\n\r\n", 400},
	} {
		p := parser{limits: l}
		h, o := p.everyCut(t, []byte(c.in))
		status := 0
		if h.scan.err != nil {
			status = h.scan.err.Status
		}
		if status != c.status {
			t.Errorf("%s: %d (%+v), want %d", c.name, status, o, c.status)
		}
	}
	// The defaults: the reference refuses the 101st field and the head of more than 15 KiB.
	for n, want := range map[int]bool{100: true, 101: false} {
		in := "GET / HTTP/1.1\r\n" + strings.Repeat("A: b\r\n", n) + "\r\n"
		if _, o := (parser{}).run(t, []byte(in)); (o.n > 0) != want {
			t.Errorf("%d fields: %+v", n, o)
		}
	}
	for n, want := range map[int]bool{DefaultMaxHead: true, DefaultMaxHead + 1: false} {
		if _, o := (parser{}).run(t, []byte(fill(n))); (o.n > 0) != want {
			t.Errorf("%d bytes: %+v", n, o)
		}
	}
}

// TestLinear: what has been looked at is not looked at again until its line is complete. To see that, every byte inside a part is replaced,
// as soon as the parser had it, by one that would be refused.
func TestLinear(t *testing.T) {
	for _, c := range []struct {
		name, before, after string
		bad                 byte
	}{
		{"method", "", " / HTTP/1.1\r\n\r\n", '('},
		{"target", "GET /", " HTTP/1.1\r\n\r\n", '#'},
		{"name", "GET / HTTP/1.1\r\nX", "Y: a\r\n\r\n", '('},
		{"value", "GET / HTTP/1.1\r\nX: b", "b\r\n\r\n", 0},
		{"fold", "GET / HTTP/1.1\r\nX: b\r\n ", "b\r\n\r\n", 0},
	} {
		a := strings.Repeat("a", 3000)
		if c.name == "name" {
			a = a[:200]
		}
		b := []byte(c.before + a + c.after)
		var h Head
		h.Reset()
		n := 0
		for i := 1; i <= len(b) && n == 0; i++ {
			var err error
			if n, err = h.ParseRequest(b[:i], nil); err != nil {
				t.Fatalf("%s, byte %d: %v", c.name, i, err)
			}
			if at := i - 1; at >= len(c.before) && at < len(c.before)+len(a) && n == 0 {
				b[at] = c.bad
			}
		}
		if n != len(b) {
			t.Errorf("%s: %d of %d", c.name, n, len(b))
		}
	}
	// Empty lines and complete fields are not read again, either.
	for in, rest := range map[string]string{
		strings.Repeat("\r\n", 500):                           "GET / HTTP/1.1\r\n\r\n",
		"GET / HTTP/1.1\r\n" + strings.Repeat("A: b\r\n", 50): "A: b\r\n\r\n",
	} {
		b := []byte(in + rest)
		var h Head
		h.Reset()
		if n, err := h.ParseRequest(b[:len(in)+1], nil); n != 0 || err != nil {
			t.Fatal(n, err)
		}
		start := copy(b, "GET /") // still needed: the method and the target are read again at the end
		if in[0] == '\r' {
			start = 0
		}
		clear(b[start:len(in)])
		if n, err := h.ParseRequest(b, nil); n != len(b) || err != nil {
			t.Errorf("%.20q: %d of %d, %v", in, n, len(b), err)
		}
	}
}

func TestPending(t *testing.T) {
	var h Head
	h.Reset()
	for i, in := range []string{"", "\r", "\r\n", "\r\nG"} {
		if n, err := h.ParseRequest([]byte(in), nil); n != 0 || err != nil {
			t.Fatal(n, err)
		}
		if h.Pending() != (i == 3) {
			t.Errorf("%q: %t", in, h.Pending())
		}
	}
}

func TestErrorPosition(t *testing.T) {
	for in, pos := range map[string]int{
		"G(":                           1,
		"GET /\x01":                    5,
		"GET / HTTP/1.1\r\nX:\x00":     18,
		"GET / HTTP/1.1\r\nX(:":        17,
		post + "Content-Length: x\n\n": len(post) + 16,
	} {
		_, o := parser{}.run(t, []byte(in))
		if want := fmt.Sprintf("@%d", pos); !strings.HasSuffix(o.err, want) {
			t.Errorf("%q: %q, want %s", in, o.err, want)
		}
	}
}
