package config

import (
	"cmp"
	"io"
	"slices"
	"strconv"
	"strings"
)

// String returns the configuration as text: variables resolved, conditionals
// decided, one setting a line in a fixed order. It parses to an equal Spec, but
// for the places of lines.
func (s *Spec) String() string {
	var b strings.Builder
	s.WriteTo(&b)
	return b.String()
}

// WriteTo writes the text of String.
func (s *Spec) WriteTo(w io.Writer) (int64, error) {
	t := &textWriter{}
	t.section("global")
	t.global(s.Global)
	for other := range s.others() {
		other.write(t)
	}
	all := append(slices.Clone(s.Defaults), s.Proxies...)
	slices.SortFunc(all, func(a, b *Proxy) int { return cmp.Compare(a.Seq, b.Seq) })
	var last *Proxy
	for _, p := range all {
		head := []string{p.Kind.String()}
		if p.Name != "" {
			head = append(head, p.Name)
		}
		if p.From != nil && (p.Kind == KindDefaults || p.From != last) {
			head = append(head, "from", p.From.Name)
		}
		t.section(head...)
		base := p.From
		if base == nil {
			base = newProxy(p.Kind, "", Pos{})
		}
		t.proxy(p, base)
		if p.Kind == KindDefaults {
			last = p
		}
	}
	n, err := io.WriteString(w, t.b.String())
	return int64(n), err
}

type textWriter struct {
	b    strings.Builder
	each func(line string) // not nil: gets the lines, which are not written then
}

func (t *textWriter) section(words ...string) {
	if t.b.Len() > 0 && t.each == nil {
		t.b.WriteByte('\n')
	}
	t.words(words)
}

// line writes a setting; words are quoted as needed.
func (t *textWriter) line(words ...string) {
	if t.each == nil {
		t.b.WriteByte('\t')
	}
	t.words(words)
}

func (t *textWriter) words(words []string) {
	for i, w := range words {
		if i > 0 {
			t.b.WriteByte(' ')
		}
		t.b.WriteString(Quote(w))
	}
	if t.each != nil {
		t.each(t.b.String())
		t.b.Reset()
		return
	}
	t.b.WriteByte('\n')
}

func (t *textWriter) number(name string, n, unset int) {
	if n != unset {
		t.line(append(strings.Fields(name), strconv.Itoa(n))...)
	}
}

func (t *textWriter) text(name, v string) {
	if v != "" {
		t.line(name, v)
	}
}

func (t *textWriter) flag(name string, v bool) {
	if v {
		t.line(strings.Fields(name)...)
	}
}

func (t *textWriter) directives(set string, list []*Directive) {
	for _, d := range list {
		t.line(append(strings.Fields(set), d.Words...)...)
	}
}

func (t *textWriter) logs(list []*LogTarget) { t.logsAs("log", list) }

func (t *textWriter) logsAs(keyword string, list []*LogTarget) {
	for _, l := range list {
		if l.Global {
			t.line(keyword, "global")
			continue
		}
		w := []string{keyword, l.Address}
		if l.Length != 1024 {
			w = append(w, "len", strconv.Itoa(l.Length))
		}
		if l.Format != "" {
			w = append(w, "format", l.Format)
		}
		if l.SampleOf != 0 {
			var r []string
			for _, x := range l.Sample {
				r = append(r, rangeText(x.Low, x.High))
			}
			w = append(w, "sample", strings.Join(r, ",")+":"+strconv.Itoa(l.SampleOf))
		}
		if l.Profile != "" {
			w = append(w, "profile", l.Profile)
		}
		t.line(append(w, l.Facility, l.Level, l.MinLevel)...)
	}
}

func rangeText(low, high int) string {
	if low == high {
		return strconv.Itoa(low)
	}
	return strconv.Itoa(low) + "-" + strconv.Itoa(high)
}
