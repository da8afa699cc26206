package legacy

import (
	"bytes"
	"strconv"
)

// Around is what is known of the lines of a section before they are read.
type Around struct {
	begins    map[string]bool // the first word, and the first two, of each line
	mode      string
	processes int
}

// Survey looks at the lines that follow a section's first line, up to the next
// section. Quotes, variables and conditions are not resolved: keywords are
// written plainly.
func Survey(text []byte, isSection func(word string) bool) *Around {
	a := &Around{begins: map[string]bool{}}
	for len(text) > 0 {
		var l []byte
		l, text, _ = bytes.Cut(text, []byte("\n"))
		first, rest := word(l)
		if len(first) == 0 || first[0] == '#' {
			continue
		}
		if isSection(string(first)) {
			break
		}
		second, _ := word(rest)
		a.begins[string(first)] = true
		if len(second) > 0 {
			a.begins[string(first)+" "+string(second)] = true
		}
		switch string(first) {
		case "mode":
			if a.mode = string(bytes.Trim(second, `"'`)); a.mode == "health" {
				a.mode = "http" // what replaces it
			}
		case "nbproc":
			a.processes, _ = strconv.Atoi(string(second))
		}
	}
	return a
}

// Mode returns the mode that the section sets, "" when it sets none.
func (a *Around) Mode() string { return a.mode }

// Processes returns what nbproc says in the section.
func (a *Around) Processes() int { return a.processes }

// has says whether a line of the section begins so: one word or two.
func (a *Around) has(begin string) bool { return a != nil && a.begins[begin] }

func word(l []byte) (first, rest []byte) {
	l = bytes.TrimLeft(l, " \t\r\v\f")
	n := bytes.IndexAny(l, " \t\r\v\f")
	if n < 0 {
		return l, nil
	}
	return l[:n], l[n:]
}
