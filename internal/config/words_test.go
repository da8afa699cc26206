package config

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func testSplitter() *splitter {
	e := goldenEnv()
	return &splitter{lookup: e.Lookup}
}

func TestWords(t *testing.T) {
	for _, tt := range []struct {
		line string
		want []string
	}{
		{``, nil},
		{"  \t\v\f\r", nil},
		{`# a b`, nil},
		{`a b	c`, []string{"a", "b", "c"}},
		{"a\rb\vc\fd", []string{"a", "b", "c", "d"}},
		{`a#b c`, []string{"a"}},
		{`a\#b`, []string{"a#b"}},
		{`"a b"'c d'e\ f`, []string{"a bc de f"}},
		{`'' "" a`, []string{"", "", "a"}},
		{`"'"'"'`, []string{`'"`}},
		{`\n\r\t\x41\x7e`, []string{"\n\r\tA~"}},
		{`\a\"\'\\`, []string{`\a"'\`}},
		{`'\n\\'`, []string{`\n\\`}},
		{`$HOME "$HOME" '$HOME'`, []string{"$HOME", "/root", "$HOME"}},
		{`\$HOME "\$HOME"`, []string{`\$HOME`, "$HOME"}},
		{`"${LIST[*]}"`, []string{"one", "two", "three"}},
		{`x"${LIST[*]}"y`, []string{"xone", "two", "threey"}},
		{`"${LIST}"`, []string{"one two  three"}},
		{`"${NOPE-x y}z" w`, []string{"x yz", "w"}},
		{`"${NOPE[*]-x y}z" w`, []string{"x", "yz", "w"}},
		{`"$HOME$PORT"`, []string{"/root8080"}},
	} {
		got, _, _, err := testSplitter().split([]byte(tt.line))
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%q: %q, %v; want %q", tt.line, got, err, tt.want)
		}
	}
}

// A line cut anywhere gives words or an error, and the words before the cut are
// those of the whole line.
func TestWordsCut(t *testing.T) {
	line := []byte(`a 'b c' "d $HOME ${NOPE-e f} ${LIST[*]}" \x41\n\ g # h`)
	whole, _, _, err := testSplitter().split(line)
	if err != nil {
		t.Fatal(err.text)
	}
	for i := range line {
		words, _, _, err := testSplitter().split(line[:i])
		if err != nil {
			continue
		}
		if n := len(words); n > 1 && !slices.Equal(words[:n-1], whole[:n-1]) {
			t.Errorf("cut at %d: %q", i, words)
		}
	}
}

func TestQuote(t *testing.T) {
	for _, s := range []string{"", "a", "a b", `"`, `'`, `'"`, `\`, "$x", "#", "\n\r\t\x01\x7f", "é", "a'b\\c$d\"e"} {
		got, _, _, err := testSplitter().split([]byte("x " + Quote(s)))
		if err != nil || len(got) != 2 || got[1] != s {
			t.Errorf("%q is quoted as %s, which reads %q", s, Quote(s), got)
		}
	}
}

func TestExcerpt(t *testing.T) {
	for _, tt := range []struct {
		line string
		at   int
		want string
	}{
		{"\tx \x01\xe9 y", 6, "\n  x ?? y\n       ^"},
		{strings.Repeat("a", 90), 5, "\n  " + strings.Repeat("a", 80) + "\n       ^"},
		{"  ", 1, "\n  \n  ^"},
	} {
		if got := excerpt([]byte(tt.line), tt.at); got != tt.want {
			t.Errorf("%q at %d: %q, want %q", tt.line, tt.at, got, tt.want)
		}
	}
}

func FuzzWords(f *testing.F) {
	for _, s := range []string{`a "b ${LIST[*]} c" 'd' \x41 # e`, `"${NOPE-x}"`, `"$`, `\`, `'`, `"${.LINE}"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if bytes.ContainsAny(line, "\n\x00") {
			return
		}
		words, empty, at, err := testSplitter().split(line)
		if err != nil {
			if err.at >= len(line)+1 {
				t.Fatalf("fault at %d of %d", err.at, len(line))
			}
			excerpt(line, err.at)
			return
		}
		if empty >= 0 {
			excerpt(line, at)
			return
		}
		// The words, quoted, are the same words again.
		var b strings.Builder
		for _, w := range words {
			b.WriteString(Quote(w) + " ")
		}
		again, _, _, err := testSplitter().split([]byte(b.String()))
		if err != nil || !slices.Equal(words, again) {
			t.Fatalf("%q gives %q, again %q", line, words, again)
		}
	})
}
