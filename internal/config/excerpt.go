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

// clip bounds a word of the configuration quoted in a message.
func clip(s string) string {
	const most = 1024
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}
