package config

import (
	"net/netip"
	"testing"
)

func TestOldIPv4(t *testing.T) {
	for s, want := range map[string]string{
		"127.0.0.1": "127.0.0.1", "127.1": "127.0.0.1", "1.2.3": "1.2.0.3", "1.2.65535": "1.2.255.255", "2130706433": "127.0.0.1",
		"0x7f.1": "127.0.0.1", "0X7F000001": "127.0.0.1", "0177.0.0.01": "127.0.0.1", "0": "0.0.0.0", "4294967295": "255.255.255.255",
	} {
		if got, err := oldIPv4(s); err != nil || got.String() != want {
			t.Errorf("%s: %v, %v; want %s", s, got, err, want)
		}
	}
	for _, s := range []string{"", ".", "1.", ".1", "1..2", "256.1.1.1", "1.2.65536", "1.16777216", "4294967296", "1.2.3.4.5", "08", "0x", "0xg", "-1", "+1", "1_0", "a"} {
		if got, err := oldIPv4(s); err == nil {
			t.Errorf("%q is taken for %v", s, got)
		}
	}
}

func TestExpandVariables(t *testing.T) {
	env := Env{"A": "1", "B": "x y", "LONG_name2": "z", "EMPTY": ""}
	for s, want := range map[string]string{
		"": "", "a": "a", "$A": "1", "${A}": "1", "${A": "1", "$A}": "1}", "x$A$A": "x11", "$A-2": "1-2", "${A-2}": "1-2}",
		"$B": "x y", "${LONG_name2}s": "zs", "$EMPTY": "", "$NOPE.": ".", "$": "", "$$A": "1", "${}": "", "$.LINE": ".LINE", "$1A": "",
	} {
		if got := expandVariables(s, env.Lookup); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

// What every library reads as an IPv4 address is the same one here.
func FuzzOldIPv4(f *testing.F) {
	for _, s := range []string{"127.0.0.1", "0x7f.1", "010.1", "1.2.3.4.5", "4294967296"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := oldIPv4(s)
		if ip, strict := netip.ParseAddr(s); strict == nil && ip.Is4() && (err != nil || got != ip) {
			t.Fatalf("%s is %v, %v", s, got, err)
		}
		if err == nil && !got.Is4() {
			t.Fatalf("%q is %v", s, got)
		}
	})
}
