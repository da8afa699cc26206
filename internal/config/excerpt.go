package config

import (
	"bytes"
	"strings"
)

// excerptWidth is the number of columns of a line that messages show.
const excerptWidth = 80

// excerpt shows the part of line around the offset at, with a caret under it,
// each on a line of its own beginning with a line feed.
func excerpt(line []byte, at int) string {
	trimmed := bytes.TrimLeft(line, " \t\r\v\f")
	at -= len(line) - len(trimmed)
	at = max(0, min(at, len(trimmed)))
	var shown string
	col := at
	if at < excerptWidth {
		shown = printable(trimmed[:min(len(trimmed), excerptWidth)])
	} else {
		from := at - excerptWidth/2
		col = excerptWidth / 2
		shown = "..." + printable(trimmed[from+3:min(len(trimmed), from+excerptWidth-3)]) + "..."
	}
	return "\n  " + shown + "\n" + strings.Repeat(" ", col+2) + "^"
}

// printable replaces white space by spaces and other bytes that a terminal
// would not show as they are by question marks.
func printable(b []byte) string {
	out := make([]byte, len(b))
	for i, c := range b {
		switch {
		case isSpace(c):
			out[i] = ' '
		case c < ' ' || c >= 0x7f:
			out[i] = '?'
		default:
			out[i] = c
		}
	}
	return string(out)
}

// clip makes a word of the configuration fit to be quoted in a message: bounded,
// and without control characters, which could forge lines of a log or reach the
// terminal.
func clip(s string) string {
	s = bounded(s)
	if strings.IndexFunc(s, isControl) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if isControl(r) {
			return '?'
		}
		return r
	}, s)
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// bounded cuts a text of the configuration that could be a million bytes long.
func bounded(s string) string {
	const most = 1024
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}
