package config

import "bytes"

// A line that ends in a blank and a backslash goes on in the next one. The
// reference's manual writes long examples so, but HAProxy takes the backslash
// for a word, with which hardly any statement is valid.

const (
	maxContinued = 1000    // lines of a statement
	maxJoined    = 1 << 20 // bytes of it
)

// join appends to line the lines of rest in which it goes on. It returns the
// statement, what is left, and the number of lines taken.
func (p *Parser) join(line, rest []byte) (statement, left []byte, n int) {
	for n < maxContinued && p.continues(line) {
		next, after, ok := bytes.Cut(rest, []byte{'\n'})
		if !ok || bytes.IndexByte(next, 0) >= 0 || len(line)+len(next) > maxJoined {
			break
		}
		line = bytes.TrimSuffix(line, []byte{'\r'})
		line = append(line[:len(line)-1:len(line)-1], next...)
		rest = after
		n++
	}
	return line, rest, n
}

// continues says whether the last word of line is a backslash that stands alone.
func (p *Parser) continues(line []byte) bool {
	line = bytes.TrimSuffix(line, []byte{'\r'})
	if len(line) < 2 || line[len(line)-1] != '\\' || line[len(line)-2] != ' ' && line[len(line)-2] != '\t' {
		return false
	}
	words, _, _, err := p.words.split(line)
	n := len(words)
	return err == nil && n > 0 && words[n-1] == `\` && p.words.starts[n-1] >= len(line)-1
}
