package config

// RawWord is a word of a line as it is written, for whoever rewrites lines.
type RawWord struct {
	// Text is the word with quotes and escapes resolved. A variable stands in it as
	// written, between two NUL bytes.
	Text string
	// From and To are its bytes in the line.
	From, To int
}

// RawWords cuts a line, without its line feed, into words as Parse does, but
// leaves variables alone. comment is where the comment begins, len(line) without
// one; ok is false when the line is malformed.
func RawWords(line []byte) (words []RawWord, comment int, ok bool) {
	s := splitter{lookup: func(string) (string, bool) { return "", false }}
	var (
		inWord bool
		quote  byte
		from   int
	)
	begin := func(i int) {
		if !inWord {
			inWord, from, s.out = true, i, s.out[:0]
		}
	}
	end := func(i int) {
		if inWord {
			words = append(words, RawWord{string(s.out), from, i})
			inWord = false
		}
	}
	for i := 0; i < len(line); {
		switch c := line[i]; {
		case c == 0:
			return nil, 0, false
		case quote == '\'' && c != '\'':
			s.out = append(s.out, c)
			i++
		case c == '\\' && quote != '\'':
			begin(i)
			n, err := s.escape(line, i, quote)
			if err != nil {
				return nil, 0, false
			}
			i += n
		case c == quote:
			quote = 0
			i++
		case quote == 0 && (c == '"' || c == '\''):
			begin(i)
			quote = c
			i++
		case quote == '"' && c == '$':
			_, n, err := s.variable(line, i)
			if err != nil {
				return nil, 0, false
			}
			s.out = append(s.out, 0)
			s.out = append(s.out, line[i:i+n]...)
			s.out = append(s.out, 0)
			i += n
		case quote != 0:
			s.out = append(s.out, c)
			i++
		case c == '#':
			end(i)
			return words, i, true
		case isSpace(c):
			end(i)
			i++
		default:
			begin(i)
			s.out = append(s.out, c)
			i++
		}
		if len(words) > maxWords {
			return nil, 0, false
		}
	}
	if quote != 0 {
		return nil, 0, false
	}
	end(len(line))
	return words, len(line), true
}
