package stream

import "bytes"

// adjustCase writes the names of the fields of a head as somebody wants them, whom
// names in small letters confuse ("h1-case-adjust"). Their length does not change.
func adjustCase(head []byte, names map[string]string) {
	if len(names) == 0 {
		return
	}
	_, lines, _ := bytes.Cut(head, []byte{'\n'})
	for len(lines) > 2 {
		n := bytes.IndexByte(lines, ':')
		if n <= 0 || lines[0] == '\r' {
			return
		}
		if to, ok := names[string(lines[:n])]; ok {
			copy(lines, to)
		}
		_, lines, _ = bytes.Cut(lines, []byte{'\n'})
	}
}
