package rule

import (
	"bytes"
	"testing"
)

// A list of fields that is cut anywhere, or holds what no field may, is refused, and
// no more is read than there is.
func TestNextField(t *testing.T) {
	whole := []byte("\x01A\x011\x03x-b\x00\x00\x00")
	fields := func(b []byte) (n int, ok bool) {
		for b = bytes.Clone(b); ; n++ {
			name, _, rest, ok := nextField(b)
			if !ok || len(name) == 0 {
				return n, ok
			}
			b = rest
		}
	}
	if n, ok := fields(whole); n != 2 || !ok {
		t.Errorf("%d fields, %v", n, ok)
	}
	for i := range whole {
		if _, ok := fields(whole[:i]); ok {
			t.Errorf("whole after %d bytes", i)
		}
	}
	for _, bad := range []string{"\x03a b\x011\x00\x00", "\x01a\x031\r\n\x00\x00", "\x01a\x021\x00\x00\x00", "\x00\x01v\x00\x00", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01a"} {
		if _, ok := fields([]byte(bad)); ok {
			t.Errorf("%q is taken", bad)
		}
	}
	if name, _, _, _ := nextField([]byte("\x03X-B\x011\x00\x00")); string(name) != "x-b" {
		t.Errorf("the name is %q", name)
	}
}

func FuzzNextField(f *testing.F) {
	f.Add([]byte("\x01A\x011\x03x-b\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for len(b) > 0 {
			name, value, rest, ok := nextField(b)
			if !ok || len(name) == 0 {
				return
			}
			if len(name)+len(value)+len(rest) >= len(b) || bytes.ContainsAny(value, "\r\n\x00") {
				t.Fatalf("%q: %q %q", b, name, value)
			}
			b = rest
		}
	})
}
