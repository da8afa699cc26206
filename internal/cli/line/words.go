package line

import (
	"bytes"
	"errors"
)

// MaxWords is the largest number of words of one command.
const MaxWords = 64

// maxPattern is the longest payload pattern; a longer one is an ordinary word.
const maxPattern = 64

//lint:ignore ST1005 the text is the protocol's
var errTooManyWords = errors.New("Too many arguments. Commands must have at most 64 arguments.")

// Split cuts a line, without its LF, into its commands: at each ';' and NUL that no backslash precedes. A CR at the end
// stands for one more, empty command, as in the reference. The parts alias line and keep their escapes.
func Split(line []byte) [][]byte {
	var parts [][]byte
	for {
		n := cut(line)
		parts = append(parts, line[:n])
		if n == len(line) {
			break
		}
		line = line[n+1:]
	}
	last := parts[len(parts)-1]
	if n := len(last); n > 0 && last[n-1] == '\r' && !escaped(last, n-1) {
		parts[len(parts)-1] = last[:n-1]
		parts = append(parts, nil)
	}
	return parts
}

// cut returns the offset of the first separator of b, or len(b).
func cut(b []byte) int {
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case ';', 0:
			return i
		}
	}
	return len(b)
}

// escaped tells whether the byte at i is preceded by an odd number of backslashes.
func escaped(b []byte, i int) bool {
	n := 0
	for i--; i >= 0 && b[i] == '\\'; i-- {
		n++
	}
	return n%2 == 1
}

func blank(c byte) bool { return c == ' ' || c == '\t' }

// Words cuts one command at its blanks and removes its backslashes: "\x" is x, also for a blank, ';' or LF. Quotes mean
// nothing.
func Words(cmd []byte) ([]string, error) {
	var words []string
	var word []byte
	for i := 0; ; {
		for i < len(cmd) && blank(cmd[i]) {
			i++
		}
		if i == len(cmd) {
			return words, nil
		}
		if len(words) == MaxWords {
			return nil, errTooManyWords
		}
		word = word[:0]
		for ; i < len(cmd) && !blank(cmd[i]); i++ {
			if cmd[i] == '\\' {
				if i++; i == len(cmd) {
					break
				}
			}
			word = append(word, cmd[i])
		}
		words = append(words, string(word))
	}
}

// Payload finds the "<<PATTERN" that ends a line (without its LF): the payload is then everything up to a line equal to
// pattern, which may be empty. rest is the line without the mark.
func Payload(line []byte) (rest, pattern []byte, ok bool) {
	line = bytes.TrimSuffix(line, []byte{'\r'})
	start := len(line)
	for start > 0 && !blank(line[start-1]) && line[start-1] != ';' && line[start-1] != 0 {
		start--
	}
	word := line[start:]
	if !bytes.HasPrefix(word, []byte("<<")) || len(word)-2 > maxPattern {
		// A few blanks after a bare "<<" are forgiven, as in the reference.
		trimmed := bytes.TrimRight(line, " \t")
		if len(trimmed) == len(line) || !bytes.HasSuffix(trimmed, []byte("<<")) {
			return line, nil, false
		}
		if n := len(trimmed) - 2; n > 0 && !blank(trimmed[n-1]) && trimmed[n-1] != ';' {
			return line, nil, false
		}
		return trimmed[:len(trimmed)-2], nil, true
	}
	return line[:start], word[2:], true
}
