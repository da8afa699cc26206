package config

import (
	"fmt"
	"strings"
)

// Quote returns a word of a line that parses to s.
func Quote(s string) string {
	plain := s != ""
	strong := true
	for i := range len(s) {
		c := s[i]
		switch {
		case c == '\'' || c < ' ' || c == 0x7f:
			plain, strong = false, false
		case c <= ' ' || strings.IndexByte(`"\#$`, c) >= 0:
			plain = false
		}
	}
	switch {
	case plain:
		return s
	case strong:
		return "'" + s + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, c)
		case c == '"' || c == '\\' || c == '$':
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// JoinWords returns a line that parses to words.
func JoinWords(words []string) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(Quote(w))
	}
	return b.String()
}

// duration writes a delay so that it parses to the same.
func duration(d interface{ Milliseconds() int64 }) string {
	return fmt.Sprintf("%dms", d.Milliseconds())
}
