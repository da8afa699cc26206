package config

import (
	"strconv"
	"strings"
)

// statusCodeRows say which statuses count as errors of clients and as failures of
// servers in stick tables. There are none yet: the lines are checked and kept, and
// warned of as being without effect.
var statusCodeRows = Table{
	statusCodes("http-err-codes", "Sets which statuses count as errors of the client in stick tables, which do not exist yet."),
	statusCodes("http-fail-codes", "Sets which statuses count as failures of the server in stick tables, which do not exist yet."),
}

func statusCodes(name, doc string) Keyword {
	k := inert(name+" [+-]<range>[,...] [...]", doc, parseStatusCodes)
	k.Max = -1
	return k
}

func parseStatusCodes(p *Parser, l *Line) bool {
	if len(l.Words) < 2 {
		p.Alert(l.Pos, "Missing status codes range for '%s'.", l.Words[0])
		return false
	}
	for _, w := range l.Words[1:] {
		at, ok := codeRanges(w)
		switch {
		case !ok && at < 0:
			p.Alert(l.Pos, "Invalid status codes range '%s' in '%s'.\n Codes must be between 100 and 599 and ranges in ascending order.", clip(w), l.Words[0])
			return false
		case !ok:
			p.Alert(l.Pos, "Invalid status codes range '%s' in '%s' at position %d. Ranges must be in the form [+-]{low[-{high}]}[,...].", clip(w), l.Words[0], at)
			return false
		}
	}
	return true
}

// codeRanges checks [+-]low[-high][,...]; at is where it is no such text, or below 0
// where a range is none of statuses.
func codeRanges(w string) (at int, ok bool) {
	rest := w
	if strings.HasPrefix(rest, "+") || strings.HasPrefix(rest, "-") {
		rest = rest[1:]
	}
	for {
		low, after, found := code(rest)
		if !found {
			return len(w) - len(rest), false
		}
		high := low
		if strings.HasPrefix(after, "-") {
			rest = after[1:]
			if high, after, found = code(rest); !found {
				return len(w) - len(rest), false
			}
		}
		if low < 100 || high > 599 || low > high {
			return -1, false
		}
		if after == "" {
			return 0, true
		}
		if after[0] != ',' {
			return len(w) - len(after), false
		}
		rest = after[1:]
	}
}

// code reads the digits that s begins with.
func code(s string) (n int, rest string, ok bool) {
	rest = strings.TrimLeft(s, "0123456789")
	digits := s[:len(s)-len(rest)]
	n, err := strconv.Atoi(digits)
	if err != nil && digits != "" {
		n = 1 << 30 // more digits than a number has
	}
	return n, rest, digits != ""
}
