package config

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// maxTimer is the longest delay (manual 2.5; the reference's timers are 32 bits
// of milliseconds).
const maxTimer = math.MaxInt32 * time.Millisecond

var (
	errTimerOverflow  = errors.New("timer overflow")
	errNoDelay        = errors.New("no delay")
	timerUnitsAllowed = "(us=microseconds,ms=milliseconds,s=seconds,m=minutes,h=hours,d=days)"
)

// badByte is a byte that a number cannot have.
type badByte byte

func (b badByte) Error() string {
	return "unexpected character '" + clip(string([]byte{byte(b)})) + "'"
}

// parseTime reads a delay with an optional unit (manual 2.5), unit being the
// default. rest is what follows the unit. The result is rounded up to
// milliseconds, the resolution of timers.
func parseTime(s string, unit time.Duration) (d time.Duration, rest string, err error) {
	if s == "" {
		return 0, "", errNoDelay
	}
	i, n := 0, int64(0)
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		n = n*10 + int64(s[i]-'0')
		if n > 1<<40 {
			return 0, "", errTimerOverflow
		}
		i++
	}
	if i == 0 {
		return 0, "", badByte(s[0])
	}
	rest = s[i:]
	switch {
	case rest == "":
	case strings.HasPrefix(rest, "us"):
		unit, rest = time.Microsecond, rest[2:]
	case strings.HasPrefix(rest, "ms"):
		unit, rest = time.Millisecond, rest[2:]
	case rest[0] == 's':
		unit, rest = time.Second, rest[1:]
	case rest[0] == 'm':
		unit, rest = time.Minute, rest[1:]
	case rest[0] == 'h':
		unit, rest = time.Hour, rest[1:]
	case rest[0] == 'd':
		unit, rest = 24*time.Hour, rest[1:]
	default:
		return 0, "", badByte(rest[0])
	}
	if n > int64(maxTimer/unit) {
		return 0, "", errTimerOverflow
	}
	d = time.Duration(n) * unit
	if r := d % time.Millisecond; r != 0 {
		d += time.Millisecond - r
	}
	return d, rest, nil
}

// delay reads the delay s; the faults that the reference only warns about are
// reported here.
func (p *Parser) delay(s string, unit time.Duration) (time.Duration, error) {
	d, rest, err := parseTime(s, unit)
	if err == nil && rest != "" {
		p.report(Diagnostic{Level: Warning, Form: FormConfig, Pos: p.pos,
			Text: "unexpected character '" + rest[:1] + "' after the timer value '" + clip(s) + "', only " + timerUnitsAllowed +
				" are supported. This will be reported as an error in next versions."})
	}
	return d, err
}

// bareSmall says whether s has no unit and is so small that a unit was probably
// forgotten.
func bareSmall(s string, d time.Duration) bool {
	return d > 0 && d < 100*time.Millisecond && s != "" && s[len(s)-1] >= '0' && s[len(s)-1] <= '9'
}

func smallText(keyword, value, where string) string {
	return "'" + keyword + " " + value + "' in " + where +
		" is suspiciously small for a value in milliseconds. Please use an explicit unit ('" + value + "ms') if that was the intent."
}

// ParseSize is parseSize for other packages.
func ParseSize(s string) (n int64, rest string) { return parseSize(s) }

// parseSize reads a size with an optional unit (manual 2.6). rest is what
// cannot be read; it is not empty when there is an error.
func parseSize(s string) (n int64, rest string) {
	n, rest = parseBytes(s)
	if rest == "" && n > math.MaxInt32 {
		return 0, s
	}
	return n, rest
}

// maxBytes is the largest size that parseBytes reads.
const maxBytes = 1 << 50

// parseBytes is parseSize without its limit of 2 GiB.
func parseBytes(s string) (n int64, rest string) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		if n = n*10 + int64(s[i]-'0'); n > maxBytes {
			return 0, s
		}
		i++
	}
	if i == 0 {
		return 0, s
	}
	rest = s[i:]
	unit := 0
	if rest != "" {
		switch rest[0] {
		case 'k', 'K':
			unit = 10
		case 'm', 'M':
			unit = 20
		case 'g', 'G':
			unit = 30
		}
	}
	if unit > 0 {
		rest = rest[1:]
	}
	if n > maxBytes>>unit {
		return 0, s
	}
	return n << unit, rest
}

// parseInt reads a decimal number between lo and hi. Unlike the reference, which
// reads "abc" as 0, it refuses what is no number.
func parseInt(s string, lo, hi int) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= lo && n <= hi
}

const maxInt = math.MaxInt32
