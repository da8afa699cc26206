package lsp

import (
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/features"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// word is the word of a line at a position.
type word struct {
	words    []string // of the line
	index    int      // which of them
	text     string
	from, to int // its bytes in the line
	column   int // the position's byte
}

func wordAt(d *document, p position) (word, bool) {
	line := d.line(p.Line)
	raw, _, ok := config.RawWords([]byte(line))
	if !ok {
		return word{}, false
	}
	column := d.column(p)
	w := word{index: -1, column: column}
	for i, r := range raw {
		w.words = append(w.words, r.Text)
		if r.From <= column && column <= r.To && w.index < 0 {
			w.index, w.text, w.from, w.to = i, r.Text, r.From, r.To
		}
	}
	return w, w.index >= 0
}

// describe says what the word at p is: its syntax, its sentence, and whether it
// works.
func describe(d *document, p position) *hover {
	w, ok := wordAt(d, p)
	if !ok {
		return nil
	}
	line := d.line(p.Line)
	show := func(from, to int, text string) *hover {
		return &hover{markup{"markdown", text}, textRange{d.at(p.Line, from), d.at(p.Line, to)}}
	}
	if name, from, to, kind := inner(line, w.column); kind != "" {
		if text := innerText(kind, name); text != "" {
			return show(from, to, text)
		}
	}
	section, at := d.section(p.Line)
	if at == p.Line && w.index == 0 {
		return nil
	}
	words, index := w.words, w.index
	if len(words) > 0 && (words[0] == "no" || words[0] == "default") && index > 0 {
		words, index = words[1:], index-1
	}
	e, n := row(section, words)
	switch {
	case index < n:
		return show(w.from, w.to, card(e))
	case n > 0:
		for _, o := range optionsOf(words, n) {
			if o.Name == words[index] || strings.HasPrefix(words[index], o.Name+"(") {
				return show(w.from, w.to, card(o))
			}
		}
	}
	return nil
}

// row is the longest row of a section that the line begins with, and how many
// words that is.
func row(section string, words []string) (best features.Entry, n int) {
	for _, e := range features.Describe(section) {
		names := strings.Fields(e.Name)
		if len(names) > n && len(names) <= len(words) && strings.Join(words[:len(names)], " ") == e.Name {
			best, n = e, len(names)
		}
	}
	return best, n
}

// optionsOf lists what may follow the row of n words that a line begins with.
func optionsOf(words []string, n int) []features.Entry {
	for k := min(len(words), n+1); k > 0; k-- {
		if list := features.Options(strings.Join(words[:k], " ")); len(list) > 0 {
			return list
		}
	}
	return nil
}

// card is an entry as Markdown.
func card(e features.Entry) string {
	var b strings.Builder
	b.WriteString("```haproxy\n" + e.Syntax + "\n```\n" + e.Doc + "\n")
	if places := places(e.In); places != "" {
		b.WriteString("\nMay be used in: " + places + ".\n")
	}
	if e.Since != "" {
		b.WriteString("\nSince HAProxy " + e.Since + ".\n")
	}
	b.WriteString(state(e.State))
	return b.String()
}

func state(s features.State) string {
	switch s {
	case features.NotBuilt:
		return "\n**Not built yet** in this version of Sluice.\n"
	case features.Inert:
		return "\nHas no effect in Sluice, beyond a warning.\n"
	}
	return ""
}

func places(in config.Sections) string {
	var list []string
	for _, s := range config.SectionNames() {
		if s.In&in != 0 {
			list = append(list, s.Name)
		}
	}
	return strings.Join(list, ", ")
}

// inner looks for the piece of an expression, a condition or a log format at a
// byte of a line. kind is "expression" or "alias", "" for neither.
func inner(line string, column int) (name string, from, to int, kind string) {
	isName := func(c byte) bool {
		return c == '_' || c == '.' || c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	}
	from, to = min(column, len(line)), min(column, len(line))
	for from > 0 && isName(line[from-1]) {
		from--
	}
	for to < len(line) && isName(line[to]) {
		to++
	}
	if from == to {
		return "", 0, 0, ""
	}
	before := line[:from]
	switch {
	case strings.HasSuffix(before, "%") || strings.HasSuffix(before, "}") && strings.LastIndex(before, "%{") >= 0:
		return line[from:to], from, to, "alias"
	case expression(before):
		return line[from:to], from, to, "expression"
	}
	return "", 0, 0, ""
}

// expression says whether the end of a line stands where a fetch or converter
// does: within %[, within the braces of a condition, after the name of an ACL.
func expression(before string) bool {
	if open := strings.LastIndex(before, "%["); open >= 0 && !strings.Contains(before[open:], "]") {
		return true
	}
	if open := strings.LastIndex(before, "{ "); open >= 0 && !strings.Contains(before[open:], "}") {
		return len(strings.Fields(before[open+2:])) == 0 || !strings.Contains(strings.TrimSpace(before[open+2:]), " ") && !strings.HasSuffix(before, " ")
	}
	f := strings.Fields(before)
	return len(f) > 1 && f[0] == "acl" && (len(f) == 2 && strings.HasSuffix(before, " ") || len(f) == 3 && !strings.HasSuffix(before, " "))
}

func innerText(kind, name string) string {
	if kind == "alias" {
		for _, a := range logs.Aliases() {
			if a.Name == name {
				return "```haproxy\n%" + a.Name + "\n```\n" + a.Doc + "\n" + state(built(a.Built))
			}
		}
		return ""
	}
	for _, list := range [][]sample.Entry{sample.Fetches(), sample.Converters()} {
		for _, e := range list {
			if e.Name == name {
				return "```haproxy\n" + signature(e) + "\n```\n" + e.Doc + "\n" + state(built(e.Built))
			}
		}
	}
	for _, a := range rule.Derivatives() {
		if a.Name == name {
			return "```haproxy\n" + derivative(a) + "\n```\n" + strings.TrimPrefix(innerText(kind, a.Fetch), "\n")
		}
	}
	for _, a := range rule.PredefinedACLs() {
		if a.Name == name {
			return "```haproxy\n" + a.Name + "\n```\n" + a.Doc + "\n"
		}
	}
	return ""
}

// signature is a fetch or converter with its arguments and types.
func signature(e sample.Entry) string {
	s := e.Name
	if e.Args != "" {
		s += "(" + e.Args + ")"
	}
	if e.In != sample.Any {
		return e.In.String() + " -> " + s + " : " + e.Out.String()
	}
	return s + " : " + e.Out.String()
}

func built(yes bool) features.State {
	if yes {
		return features.Built
	}
	return features.NotBuilt
}
