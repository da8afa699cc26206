package config

import (
	"strings"
	"testing"
	"time"
)

func TestParseTime(t *testing.T) {
	for s, want := range map[string]time.Duration{
		"0": 0, "5": 5 * time.Millisecond, "1us": time.Millisecond, "1001us": 2 * time.Millisecond, "5ms": 5 * time.Millisecond,
		"5s": 5 * time.Second, "5m": 5 * time.Minute, "5h": 5 * time.Hour, "24d": 24 * 24 * time.Hour,
		"2147483647": maxTimer, "2147483647ms": maxTimer,
	} {
		if d, rest, err := parseTime(s, time.Millisecond); d != want || rest != "" || err != nil {
			t.Errorf("%s: %v, %q, %v", s, d, rest, err)
		}
	}
	for s, want := range map[string]error{
		"": errNoDelay, "x": badByte('x'), "5x": badByte('x'), "-5": badByte('-'), "2147483648": errTimerOverflow,
		"25d": errTimerOverflow, "99999999999999999999999": errTimerOverflow, "5S": badByte('S'),
	} {
		if _, _, err := parseTime(s, time.Millisecond); err != want {
			t.Errorf("%s: %v, want %v", s, err, want)
		}
	}
}

func TestParseSize(t *testing.T) {
	for s, want := range map[string]int64{"0": 0, "5": 5, "5k": 5 << 10, "5K": 5 << 10, "5m": 5 << 20, "1g": 1 << 30, "2147483647": 1<<31 - 1} {
		if n, rest := parseSize(s); n != want || rest != "" {
			t.Errorf("%s: %d, %q", s, n, rest)
		}
	}
	for s, want := range map[string]string{"x": "x", "-1": "-1", "5x": "x", "5kb": "b", "2g": "2g", "99999999999999999999": "99999999999999999999"} {
		if _, rest := parseSize(s); rest != want {
			t.Errorf("%s: %q, want %q", s, rest, want)
		}
	}
}

// A delay is refused or is a whole number of milliseconds that a timer can have,
// not shorter than what was written; printed, it reads the same.
func checkTime(t *testing.T, s string, unit time.Duration) {
	t.Helper()
	d, rest, err := parseTime(s, unit)
	if err != nil {
		return
	}
	if d < 0 || d > maxTimer || d%time.Millisecond != 0 || !strings.HasSuffix(s, rest) {
		t.Fatalf("%q is %v and %q", s, d, rest)
	}
	if again, rest, err := parseTime(duration(d), time.Millisecond); err != nil || rest != "" || again != d {
		t.Fatalf("%q is %v, printed as %s, which is %v, %v", s, d, duration(d), again, err)
	}
}

func checkSize(t *testing.T, s string) {
	t.Helper()
	n, rest := parseSize(s)
	if !strings.HasSuffix(s, rest) || rest == "" && s != "" && (n < 0 || n > maxInt) {
		t.Fatalf("%q is %d and %q", s, n, rest)
	}
}

func TestNumberCut(t *testing.T) {
	for _, s := range []string{"2147483647us", "24d", "99999999999999999999h", "1073741824g", "12kx"} {
		for i := range len(s) + 1 {
			checkTime(t, s[:i], time.Second)
			checkSize(t, s[:i])
		}
	}
}

func FuzzNumber(f *testing.F) {
	for _, s := range []string{"1500us", "2147483647", "1d", "18446744073709551616ms", "1k", "2G", "", "-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		checkTime(t, s, time.Millisecond)
		checkTime(t, s, 24*time.Hour)
		checkSize(t, s)
	})
}
