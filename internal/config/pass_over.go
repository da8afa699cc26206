package config

import "bytes"

// passesOver says whether the discovery pass can leave a line alone without
// splitting it: it stands outside of global, nothing in it can be malformed, and
// it begins neither a section nor a directive. Nearly all lines of a large
// configuration are so, and the master, which must stay small, reads them.
func (p *Parser) passesOver(line []byte) bool {
	const surelyFewWords = 2*maxWords - 1 // bytes; each word but the last takes two or more
	if !p.discovery || p.sect != 0 || len(line) > surelyFewWords || bytes.ContainsAny(line, `"'\$`) {
		return false
	}
	from := 0
	for from < len(line) && isSpace(line[from]) {
		from++
	}
	to := from
	for to < len(line) && !isSpace(line[to]) && line[to] != '#' {
		to++
	}
	word := line[from:to]
	if len(word) == 0 {
		return true // nothing, or a comment
	}
	_, section := sections[string(word)]
	return !section && word[0] != '.' && string(word) != "no" && string(word) != "default"
}
