package lsp

import (
	"strings"
	"unicode/utf8"

	"github.com/sluice-proxy/sluice/internal/config"
)

// document is a text that the editor has open.
type document struct {
	uri     string
	version int
	text    string
	lines   []int // where each line begins
	// busy says that somebody is looking for its faults, and will look again when
	// it is stale: the text, or a file that it names, may have changed meanwhile.
	busy, stale bool
}

func newDocument(uri string, version int, text string) *document {
	d := &document{uri: uri}
	d.set(version, text)
	return d
}

func (d *document) set(version int, text string) {
	d.version, d.text, d.lines = version, text, append(d.lines[:0], 0)
	for i := 0; i < len(text); i++ {
		if text[i] == '\n' {
			d.lines = append(d.lines, i+1)
		}
	}
}

// line returns the n-th line, from 0, without its line feed; "" past the end.
func (d *document) line(n int) string {
	if n < 0 || n >= len(d.lines) {
		return ""
	}
	end := len(d.text)
	if n+1 < len(d.lines) {
		end = d.lines[n+1] - 1
	}
	return strings.TrimSuffix(d.text[d.lines[n]:end], "\r")
}

// column is the byte of a line at which p stands; positions count UTF-16 units,
// and one past the end of the line is its end.
func (d *document) column(p position) int {
	line, units := d.line(p.Line), 0
	for i, r := range line {
		if units >= p.Character {
			return i
		}
		units += width(r)
	}
	return len(line)
}

// at is the position of a byte of a line.
func (d *document) at(line, column int) position {
	units := 0
	for _, r := range d.line(line)[:min(column, len(d.line(line)))] {
		units += width(r)
	}
	return position{line, units}
}

// width is the number of UTF-16 units of a rune; bytes that are no UTF-8 count as
// the replacement character does.
func width(r rune) int {
	if r > 0xffff && r <= utf8.MaxRune {
		return 2
	}
	return 1
}

// words cuts the beginning of a line into words, before column. The last one is
// what is being written: "" after a blank. In a quotation that is open, words end
// at blanks.
func words(line string, column int) (before []string, last string) {
	part := line[:min(column, len(line))]
	raw, comment, ok := config.RawWords([]byte(part))
	if ok && comment < len(part) {
		return nil, ""
	}
	var list []string
	if ok {
		for _, w := range raw {
			list = append(list, w.Text)
		}
	} else {
		list = strings.Fields(part)
	}
	if len(list) == 0 || strings.HasSuffix(part, " ") || strings.HasSuffix(part, "\t") {
		return list, ""
	}
	return list[:len(list)-1], list[len(list)-1]
}

// sections maps section keywords to their rows.
var sections = func() map[string]config.SectionName {
	m := map[string]config.SectionName{}
	for _, s := range config.SectionNames() {
		m[s.Name] = s
	}
	return m
}()

// heading says whether a line begins a section: its keyword and its name.
func heading(line string) (keyword, name string, ok bool) {
	keyword = strings.TrimLeft(line, " \t")
	rest := ""
	if i := strings.IndexAny(keyword, " \t"); i >= 0 {
		keyword, rest = keyword[:i], keyword[i:]
	}
	if _, known := sections[keyword]; !known {
		return "", "", false
	}
	if f := strings.Fields(rest); len(f) > 0 && f[0] != "from" && f[0][0] != '#' {
		name = f[0]
	}
	return keyword, name, true
}

// section returns the section that a line belongs to and the line of its
// heading, -1 above all sections.
func (d *document) section(line int) (keyword string, at int) {
	for at := min(line, len(d.lines)-1); at >= 0; at-- {
		if keyword, _, ok := heading(d.line(at)); ok {
			return keyword, at
		}
	}
	return "", -1
}

// named is a section, or an ACL within one.
type named struct {
	kind, name string
	line       int
	last       int // the last line that belongs to it
}

// headings lists the sections.
func (d *document) headings() []named {
	var list []named
	for i := range d.lines {
		if k, n, ok := heading(d.line(i)); ok {
			if len(list) > 0 {
				list[len(list)-1].last = i - 1
			}
			list = append(list, named{k, n, i, len(d.lines) - 1})
		}
	}
	return list
}

// acls lists the ACLs of the section that a line belongs to.
func (d *document) acls(line int) []named {
	_, from := d.section(line)
	var list []named
	for i := from + 1; i < len(d.lines); i++ {
		if _, _, ok := heading(d.line(i)); ok && i > line {
			break
		}
		if f := strings.Fields(d.line(i)); len(f) > 1 && f[0] == "acl" {
			list = append(list, named{"acl", f[1], i, i})
		}
	}
	return list
}
