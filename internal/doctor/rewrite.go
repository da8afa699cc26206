package doctor

import (
	"bytes"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/config/legacy"
)

// rewrite is a line being replaced.
type rewrite struct {
	line    []byte
	words   []config.RawWord
	comment int // where the comment begins
}

func (r *rewrite) texts() []string {
	t := make([]string, len(r.words))
	for i, w := range r.words {
		t[i] = w.Text
	}
	return t
}

// indent returns the white space that the line begins with.
func (r *rewrite) indent() string { return string(r.line[:r.words[0].From]) }

// trailing returns the comment, "" without one.
func (r *rewrite) trailing() string {
	return strings.TrimRight(string(r.line[r.comment:]), " \t\r")
}

// cr returns what a line ends with beside its line feed.
func (r *rewrite) cr() string {
	if bytes.HasSuffix(r.line, []byte("\r")) {
		return "\r"
	}
	return ""
}

// join writes words as a line: those of the old one as they stood there.
func (r *rewrite) join(words []string) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(r.write(w))
	}
	return b.String()
}

func (r *rewrite) write(text string) string {
	for _, w := range r.words {
		if w.Text == text {
			return string(r.line[w.From:w.To])
		}
	}
	if !legacy.Variable(text) {
		return config.Quote(text)
	}
	// Variables are resolved between double quotes only.
	var b strings.Builder
	b.WriteByte('"')
	for i, part := range strings.Split(text, "\x00") {
		if i%2 == 1 {
			b.WriteString(part)
			continue
		}
		for j := range len(part) {
			if c := part[j]; c == '"' || c == '\\' || c == '$' {
				b.WriteByte('\\')
			}
			b.WriteByte(part[j])
		}
	}
	b.WriteByte('"')
	return b.String()
}

// old replaces a line of an old form, as far as that is certain.
func (e *exam) old(r *rewrite, f *legacy.Form, a legacy.Answer, texts []string) {
	arg := ""
	if len(texts) > 1 {
		arg = clean(texts[1])
	}
	found := Finding{Kind: Old, Text: strings.Replace(f.Text, "%s", arg, 1), Note: a.Note}
	if a.Why != "" {
		found.Note = "It cannot be replaced: " + a.Why + "."
		e.find(found)
		e.keep(r.line)
		return
	}
	if texts[0] == "nbproc" && len(a.Lines) > 0 {
		e.processes = e.at.Around.Processes()
	}
	found.Was, found.Repaired = shown(r.line), true
	comment := r.trailing()
	for _, words := range a.Lines {
		text := r.join(words)
		found.Now = append(found.Now, clean(text))
		if comment != "" {
			text += " " + comment
			comment = ""
		}
		e.keep([]byte(r.indent() + text + r.cr()))
	}
	if comment != "" {
		e.keep([]byte(r.indent() + comment + r.cr()))
	}
	e.find(found)
}

// shown makes a line fit to be shown.
func shown(l []byte) string { return clean(string(bytes.TrimSpace(l))) }

func clean(s string) string {
	if len(s) > 1024 {
		s = s[:1024] + "..."
	}
	return strings.Map(func(c rune) rune {
		switch {
		case c == 0:
			return -1
		case c == '\t':
			return ' '
		case c < ' ' || c == 0x7f:
			return '?'
		}
		return c
	}, s)
}
