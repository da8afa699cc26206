package config

import "strings"

// compareVersions compares two versions of the form "2.4.0", "2.4-dev19" or
// "3.0-rc1-1a2b3c"; missing components are zero, a "dev" release precedes its
// "rc", which precede the release itself. Text that is no version is 0.
func compareVersions(a, b string) int {
	x, y := parseVersion(a), parseVersion(b)
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

// parseVersion returns major, minor, kind (dev 0, rc 1, release 2), its number,
// and the number of commits since.
func parseVersion(s string) (v [5]int) {
	number := func() (n int) {
		for len(s) > 0 && s[0] >= '0' && s[0] <= '9' {
			n = min(n*10+int(s[0]-'0'), 1<<30)
			s = s[1:]
		}
		return n
	}
	skip := func(p string) bool {
		if len(s) >= len(p) && s[:len(p)] == p {
			s = s[len(p):]
			return true
		}
		return false
	}
	s = strings.TrimLeft(s, " \t")
	v[0] = number()
	if skip(".") {
		v[1] = number()
	}
	v[2] = 2
	switch {
	case skip("-dev"):
		v[2], v[3] = 0, number()
	case skip("-rc"):
		v[2], v[3] = 1, number()
	case skip("."):
		v[3] = number()
	}
	if s != "" && s[0] != '-' {
		return [5]int{2: 2} // no version
	}
	if i := lastDash(s); i >= 0 {
		s = s[i+1:]
		v[4] = number()
	}
	return v
}

// lastDash finds the commits in "-1a2b3c-5".
func lastDash(s string) int {
	for i := len(s) - 1; i > 0; i-- {
		if s[i] == '-' {
			return i
		}
	}
	return -1
}
