package socks4

import (
	"bytes"
	"net/netip"
	"testing"
)

func TestRequest(t *testing.T) {
	for _, to := range []string{"192.0.2.1:8080", "[::ffff:192.0.2.1]:8080"} {
		b, err := AppendRequest([]byte("x"), netip.MustParseAddrPort(to))
		if want := "x\x04\x01\x1f\x90\xc0\x00\x02\x01HAProxy\x00"; err != nil || string(b) != want {
			t.Errorf("%s: %q, %v", to, b, err)
		}
	}
	if b, err := AppendRequest(nil, netip.MustParseAddrPort("[2001:db8::1]:80")); err != ErrAddress || b != nil {
		t.Errorf("IPv6: %q, %v", b, err)
	}
}

func TestReply(t *testing.T) {
	for text, want := range map[string]error{
		"\x00\x5a\x00\x00\x00\x00\x00\x00": nil,
		"\x00\x5a\xff\xff\xff\xff\xff\xff": nil, // all but the status is to be ignored
		"\x00\x5b\x00\x00\x00\x00\x00\x00": ErrDenied,
		"\x00\x00\x00\x00\x00\x00\x00\x00": ErrDenied,
		"\x04\x5a\x00\x00\x00\x00\x00\x00": ErrReply,
		"HTTP/1.1 200 OK":                  ErrReply,
	} {
		if n, err := ParseReply([]byte(text + "rest")); err != want || err == nil && n != 8 {
			t.Errorf("%q: %d, %v", text, n, err)
		}
	}
	good := []byte("\x00\x5a\x00\x00\x00\x00\x00\x00")
	for i := range good { // cut at every byte
		if n, err := ParseReply(good[:i]); n != 0 || err != nil {
			t.Errorf("%d bytes: %d, %v", i, n, err)
		}
	}
}

func FuzzReply(f *testing.F) {
	f.Add([]byte("\x00\x5a\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte("\x00\x5b"))
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := ParseReply(b)
		if n != 0 && n != 8 || n > len(b) {
			t.Errorf("%d of %d bytes, %v", n, len(b), err)
		}
		for i := range b { // what is known of a part holds for the whole
			if k, e := ParseReply(bytes.Clone(b[:i])); e == ErrReply && err != ErrReply || k > 0 && k != n {
				t.Errorf("%d bytes: %d, %v; all: %d, %v", i, k, e, n, err)
			}
		}
	})
}
