package rule

import (
	"fmt"
	"strconv"
	"strings"
)

// dotted reads a pattern of versions, "3.1" or "3.0-3.3", as one of integers, in
// which the part before the dot counts 65536 times (manual 7.1.2).
func dotted(word string) (string, error) {
	switch word {
	case "eq", "ge", "gt", "le", "lt":
		return word, nil
	}
	at := strings.IndexAny(word, ":-")
	if at < 0 {
		n, ok := version(word)
		if !ok {
			return "", fmt.Errorf("'%s' is not a dotted number", word)
		}
		return n, nil
	}
	low, ok1 := bound(word[:at])
	high, ok2 := bound(word[at+1:])
	if !ok1 || !ok2 {
		return "", fmt.Errorf("'%s' is not a valid dotted number range", word)
	}
	return low + ":" + high, nil
}

// bound is an end of a range, which may be open.
func bound(s string) (string, bool) {
	if s == "" {
		return "", true
	}
	return version(s)
}

func version(s string) (string, bool) {
	major, minor, two := strings.Cut(s, ".")
	if !two {
		minor = "0"
	}
	a, err1 := strconv.ParseUint(major, 10, 16)
	b, err2 := strconv.ParseUint(minor, 10, 16)
	return strconv.FormatUint(a<<16|b, 10), err1 == nil && err2 == nil
}
