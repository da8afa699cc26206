package config

import (
	"bytes"
	"fmt"
	"strings"
)

// maxWords is the number of words on a line (manual 2.1 sets none; it is the
// reference's limit, keyword included).
const maxWords = 64

// A lineError is a fault at a byte of a line.
type lineError struct {
	at   int // offset in the line
	text string
}

// splitter cuts lines into words. It is reused from line to line.
type splitter struct {
	lookup func(name string) (value string, ok bool)
	out    []byte
	ends   []int // end of each word in out
	starts []int // offset in the line of each word's last byte, for messages
}

// split returns the words of line, which has no line feed. empty is the index
// of the first empty word, -1 without one, and emptyAt its place in the line.
func (s *splitter) split(line []byte) (words []string, empty, emptyAt int, err *lineError) {
	s.out, s.ends, s.starts = s.out[:0], s.ends[:0], s.starts[:0]
	var (
		inWord  bool
		quote   byte // ' or " while inside
		quoteAt int
		unset   = -1 // where the name of an unset variable of this word stands
		i       int
		noList  bool // the pair of quotes read has no list so far
		solid   bool // the word has more than lists, and is one even when they are empty
		begun   int  // where the word begins in out
	)
	end := func(at int) {
		if unset >= 0 {
			at = unset
		}
		if solid || len(s.out) > begun {
			s.ends = append(s.ends, len(s.out))
			s.starts = append(s.starts, at)
		}
		inWord, unset, solid, begun = false, -1, false, len(s.out)
	}
	for i < len(line) {
		c := line[i]
		switch {
		case quote == '\'':
			if c == '\'' {
				quote = 0
			} else {
				s.out = append(s.out, c)
			}
			i++
		case c == '\\':
			n, e := s.escape(line, i, quote)
			if e != nil {
				return nil, -1, 0, e
			}
			inWord = true
			i += n
		case c == '"':
			inWord = true
			if quote == 0 {
				quote, quoteAt, noList = '"', i, true
			} else {
				quote, solid = 0, solid || noList
			}
			i++
		case quote == '"' && c == '$':
			v, n, e := s.variable(line, i)
			if e != nil {
				return nil, -1, 0, e
			}
			if !v.set && unset < 0 {
				unset = v.nameAt
			}
			if v.list {
				noList = false
				// Every value is a word of its own; the first continues the word begun,
				// and what follows continues the last.
				for k, f := range strings.Fields(v.text) {
					if k > 0 {
						end(i)
						if len(s.ends) >= maxWords {
							return nil, -1, 0, s.tooMany()
						}
						inWord = true
					}
					s.out = append(s.out, f...)
				}
			} else {
				s.out = append(s.out, v.text...)
			}
			i += n
		case quote == '"':
			s.out = append(s.out, c)
			i++
		case c == '\'':
			inWord, solid, quote, quoteAt = true, true, '\'', i
			i++
		case c == '#':
			i = len(line)
		case isSpace(c):
			if inWord {
				end(i - 1)
			}
			i++
		default:
			if !inWord && len(s.ends) >= maxWords {
				return nil, -1, 0, s.tooMany()
			}
			inWord = true
			s.out = append(s.out, c)
			i++
		}
		if inWord && len(s.ends) >= maxWords {
			return nil, -1, 0, s.tooMany()
		}
	}
	if quote != 0 {
		return nil, -1, 0, &lineError{quoteAt, "unmatched quote"}
	}
	if inWord {
		end(len(bytes.TrimRight(line, " \t\r\v\f")) - 1)
	}
	if len(s.ends) == 0 {
		return nil, -1, 0, nil
	}
	// One allocation holds the bytes of all words.
	all := string(s.out)
	words = make([]string, len(s.ends))
	empty = -1
	from := 0
	for k, e := range s.ends {
		words[k] = all[from:e]
		if from == e && empty < 0 {
			empty, emptyAt = k, s.starts[k]
		}
		from = e
	}
	return words, empty, emptyAt, nil
}

func (s *splitter) tooMany() *lineError {
	// The reference counts in its buffer of words, each with its end mark.
	last := 0
	if n := len(s.ends); n > 1 {
		last = s.ends[n-2]
	}
	at := last + len(s.ends) - 1
	return &lineError{-1, fmt.Sprintf("too many words, truncating after word %d, position %d: <%s>.",
		maxWords, at+1, clip(string(s.out[last:s.ends[len(s.ends)-1]])))}
}

// escape handles the backslash at line[i] (manual 2.2): what is no escape stays
// as it is, backslash included.
func (s *splitter) escape(line []byte, i int, quote byte) (n int, err *lineError) {
	if i+1 == len(line) {
		s.out = append(s.out, '\\')
		return 1, nil
	}
	switch c := line[i+1]; c {
	case ' ', '\t', '\\', '#', '\'', '"':
		s.out = append(s.out, c)
	case '$':
		if quote == 0 {
			s.out = append(s.out, '\\') // it needs no escape outside of quotes
		}
		s.out = append(s.out, c)
	case 'n':
		s.out = append(s.out, '\n')
	case 'r':
		s.out = append(s.out, '\r')
	case 't':
		s.out = append(s.out, '\t')
	case 'x':
		if i+3 >= len(line) || unhex(line[i+2]) < 0 || unhex(line[i+3]) < 0 {
			return 0, &lineError{i, "truncated or invalid hexadecimal sequence"}
		}
		b := byte(unhex(line[i+2])<<4 | unhex(line[i+3]))
		if b == 0 {
			return 0, &lineError{i, "NUL character in hexadecimal sequence"}
		}
		s.out = append(s.out, b)
		return 4, nil
	default:
		s.out = append(s.out, '\\', c)
	}
	return 2, nil
}

type variable struct {
	text   string
	set    bool
	list   bool // ${NAME[*]}: one word for each value
	nameAt int
}

// variable resolves the variable whose dollar is line[i] (manual 2.3).
func (s *splitter) variable(line []byte, i int) (v variable, n int, err *lineError) {
	j := i + 1
	brace := j < len(line) && line[j] == '{'
	braceAt := j
	if brace {
		j++
	}
	v.nameAt = j
	pseudo := j < len(line) && line[j] == '.'
	k := j
	if pseudo {
		k++
	}
	for k < len(line) && isNameByte(line[k]) {
		k++
	}
	name := string(line[j:k])
	if pseudo {
		if name != ".FILE" && name != ".LINE" && name != ".SECTION" {
			return v, 0, &lineError{j, "forbidden first char in environment variable name"}
		}
	} else if name == "" || name[0] >= '0' && name[0] <= '9' {
		return v, 0, &lineError{j, "forbidden first char in environment variable name"}
	}
	v.text, v.set = s.lookup(name)
	if !brace {
		return v, k - i, nil
	}
	if k < len(line) && line[k] == '[' {
		if !bytes.HasPrefix(line[k:], []byte("[*]")) {
			return v, 0, &lineError{k, "truncated or invalid word expansion sequence"}
		}
		v.list = true
		k += 3
	}
	if k < len(line) && line[k] == '-' {
		e := bytes.IndexByte(line[k:], '}')
		if e < 0 {
			return v, 0, &lineError{braceAt, "unmatched brace in environment variable name"}
		}
		if !v.set {
			v.text, v.set = string(line[k+1:k+e]), e > 1
			if e == 1 {
				v.nameAt = k + e + 1
			}
		}
		k += e
	}
	if k >= len(line) || line[k] != '}' {
		return v, 0, &lineError{braceAt, "unmatched brace in environment variable name"}
	}
	return v, k + 1 - i, nil
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func isNameByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
