package proxy

import (
	"net/netip"
	"testing"
)

func TestCookieDate(t *testing.T) {
	for _, sec := range []int64{0, 1, 4, 784111777, 1<<32 - 8} {
		b := AppendCookieDate(nil, sec)
		if got := ParseCookieDate(b); got < sec || got > sec+3 || len(b) != 5 {
			t.Errorf("%d: %s, %d", sec, b, got)
		}
		for n := range b {
			if got := ParseCookieDate(b[:n]); got != 0 {
				t.Errorf("%s cut to %d: %d", b, n, got)
			}
		}
	}
	for _, s := range []string{"", "AAAA", "AAA!A", "AAAA\xff"} {
		if got := ParseCookieDate([]byte(s)); got != 0 {
			t.Errorf("%q: %d", s, got)
		}
	}
}

// The values are HAProxy's.
func TestDynamicCookie(t *testing.T) {
	for _, x := range []struct{ addr, key, want string }{
		{"127.0.0.1:19781", "mykey", "50799eeb8d7190a3"}, {"[::1]:19781", "mykey", "53fc1a222ac807b9"}, {"127.0.0.1:19781", "longer_secret_key", "0991b5c2da08814f"},
	} {
		s := &Server{Addr: netip.MustParseAddrPort(x.addr)}
		if got := (DynamicCookie{true, x.key}).Value(s); got != x.want {
			t.Errorf("%s: %s, want %s", x.addr, got, x.want)
		}
	}
	if got := (DynamicCookie{true, "k"}).Value(new(Server)); got != "" {
		t.Error(got)
	}
}
