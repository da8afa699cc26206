package sample

import "testing"

func FuzzForwarded(f *testing.F) {
	for _, s := range []string{"for=127.0.0.1;proto=http", `for="[::1]:_x";host="a:80"`, `by=_a;for="unknown:1"`, `host=""`, `for="`, "_a:1", "[::1]:80"} {
		for i := range len(s) + 1 {
			f.Add([]byte(s[:i]))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var fw forwarded
		ok := fw.parse(b)
		some := false
		for _, v := range fw {
			some = some || v != nil
		}
		if ok && !some {
			t.Errorf("%q is valid and says nothing", b)
		}
		if n, ok := parseNode(b); ok && n.addr.IsValid() == (n.name != nil) {
			t.Errorf("%q: %+v", b, n)
		}
	})
}

// A text in binary form is read back as it was, and a cut one not at all.
func TestVarint(t *testing.T) {
	for _, v := range []uint64{0, 1, 239, 240, 241, 2287, 2288, 2289, 264431, 264432, 1 << 32, 1<<64 - 1} {
		b := AppendVarint(nil, v)
		if got, n := Varint(b); got != v || n != len(b) {
			t.Errorf("%d: %x reads as %d, %d bytes", v, b, got, n)
		}
		for i := range b {
			if _, n := Varint(b[:i]); n != 0 {
				t.Errorf("%d: cut after %d bytes it has %d", v, i, n)
			}
		}
	}
	if _, _, ok := NextBin([]byte{5, 'a'}); ok {
		t.Error("a text longer than what there is")
	}
}

func TestTargetAddress(t *testing.T) {
	for target, want := range map[string]string{
		"http://1.2.3.4:8080/": "<1.2.3.4> <8080>", "https://1.2.3.4/": "<1.2.3.4> <443>", "http://[::1]:81/": "<::1> <81>", "http://1.2.3.4?x": "<1.2.3.4> <80>",
		"/1.2.3.4": "- -", "http://example.com/": "- -", "ftp://1.2.3.4/": "- -",
	} {
		if got := fetched(t, "GET "+target+" HTTP/1.0", "url_ip url_port"); got != want {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
	}
}
