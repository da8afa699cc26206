package sample

import "testing"

// The second level of quoting has the escapes of the first but \#, \$ and \xNN,
// and none for its own delimiters (manual 2.2).
func TestParseWordEscapes(t *testing.T) {
	for s, want := range map[string][2]string{
		`a\,b)`:             {`a\`, `,b)`},
		`a\)b)`:             {`a\`, `)b)`},
		`a\ b\\\"\')`:       {`a b\"'`, `)`},
		`\n\r\t)`:           {"\n\r\t", `)`},
		`"\n,\ \"'\1\x41")`: {"\n, \"'\\1\\x41", `)`},
		`'\n\',x)`:          {`\n\`, `,x)`},
		`a\#b\$c\(d)`:       {`a\#b\$c\(d`, `)`},
		`a\`:                {`a\`, ``},
	} {
		text, rest, err := parseWord(s)
		if err != nil || text != want[0] || rest != want[1] {
			t.Errorf("%s: %q, %q, %v; want %q", s, text, rest, err, want)
		}
	}
}
