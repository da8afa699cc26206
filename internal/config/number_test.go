package config

import (
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
