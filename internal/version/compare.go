package version

import "strings"

// number is a version in comparable form: major, minor, 0 for a development version or 1 for a release, the number
// of that, commits since.
type number [5]uint32

// parse reads the syntax of "-v" (configuration manual 2.4): "3.4", "3.4.1", "3.5-dev2", each with "-<commit>" and
// "-<commits since>" behind. As in the reference, what is missing or not a number counts as zero.
func parse(s string) number {
	var n number
	n[0], s = digits(s)
	if rest, ok := strings.CutPrefix(s, "."); ok {
		n[1], s = digits(rest)
	}
	if rest, ok := strings.CutPrefix(s, "-dev"); ok {
		n[3], s = digits(rest)
	} else {
		n[2] = 1
		if rest, ok := strings.CutPrefix(s, "."); ok {
			n[3], s = digits(rest)
		}
	}
	if i := strings.LastIndexByte(s, '-'); i >= 0 {
		if commits, rest := digits(s[i+1:]); rest == "" {
			n[4] = commits
		}
	}
	return n
}

// digits reads a decimal number off the front of s, at most 2^31.
func digits(s string) (uint32, string) {
	var n uint32
	for s != "" && '0' <= s[0] && s[0] <= '9' {
		n = min(n, 1<<31/10-1)*10 + uint32(s[0]-'0')
		s = s[1:]
	}
	return n, s
}

// Compare is negative, zero or positive when a is older than, the same as, or newer than b.
func Compare(a, b string) int {
	x, y := parse(a), parse(b)
	for i := range x {
		if x[i] != y[i] {
			if x[i] < y[i] {
				return -1
			}
			return 1
		}
	}
	return 0
}

// AtLeast is version_atleast(v) of the configuration language.
func AtLeast(v string) bool { return Compare(String, v) >= 0 }

// Before is version_before(v).
func Before(v string) bool { return Compare(String, v) < 0 }
