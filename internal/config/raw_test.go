package config

import (
	"bytes"
	"slices"
	"testing"
)

// What RawWords cuts, Parse cuts too, as long as no variable is in it.
func TestRawWords(t *testing.T) {
	for _, c := range []struct {
		line string
		want []string
	}{
		{"", nil},
		{" a b\t# c", []string{"a", "b"}},
		{`a\ b 'c d' "e\"f" g#h`, []string{"a b", "c d", `e"f`, "g"}},
		{`"$A-${B-x y}" ${C}`, []string{"\x00$A\x00-\x00${B-x y}\x00", "${C}"}},
		{`'' ""x`, []string{"", "x"}},
		{"\"${L[*]}\"\r", []string{"\x00${L[*]}\x00"}},
	} {
		words, _, ok := RawWords([]byte(c.line))
		if !ok {
			t.Errorf("%q is malformed", c.line)
		}
		var got []string
		for _, w := range words {
			got = append(got, w.Text)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.line, got, c.want)
		}
	}
	for _, line := range []string{`"a`, `'a`, `"${A`, `\xzz`, "a\x00b", `"$1"`} {
		if _, _, ok := RawWords([]byte(line)); ok {
			t.Errorf("%q is well formed", line)
		}
	}
}

func FuzzRawWords(f *testing.F) {
	f.Add([]byte(`a\ b 'c d' "e\"f" g#h`))
	f.Add([]byte(`"$A-${B-x y}" ${C} \x41`))
	f.Fuzz(func(t *testing.T, line []byte) {
		if bytes.IndexByte(line, 0) >= 0 || bytes.IndexByte(line, '\n') >= 0 {
			return
		}
		words, comment, ok := RawWords(line)
		s := splitter{lookup: func(string) (string, bool) { return "", false }}
		want, _, _, err := s.split(line)
		if ok != (err == nil) && len(words) < maxWords {
			t.Fatalf("%q: ok is %v, the parser says %v", line, ok, err)
		}
		if !ok || err != nil {
			return
		}
		if comment < len(line) && line[comment] != '#' {
			t.Fatalf("%q: no comment at %d", line, comment)
		}
		if bytes.Contains(line, []byte("$")) {
			return // variables may be empty or several words
		}
		var got []string
		for _, w := range words {
			got = append(got, w.Text)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%q: %q, the parser has %q", line, got, want)
		}
	})
}
