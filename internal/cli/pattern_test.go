package cli

import (
	"bytes"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/cli/line"
	"github.com/sluice-proxy/sluice/internal/pattern"
)

var patternFiles = map[string]string{
	"m.map":   "# c\na.com va\n  b.com   vb with  blanks \na.com va2\nfoo\n\nlong\tx\n",
	"l.acl":   "abc\n^x[0-9]+\n",
	"ip.map":  "1.2.3.0/24 net\n1.2.3.4 host\n::1 six\n10.0.0.0/255.0.255.0 hole\n",
	"int.map": "a 1\nb 22\n",
	"n.map":   "1:5 r\n3 three\n",
}

// patternLists are the lists of the configuration to which the answers in testdata
// belong, line by line.
func patternLists(t *testing.T) *pattern.Registry {
	g := &pattern.Registry{}
	read := func(name string) ([]byte, error) {
		if text, ok := patternFiles[name]; ok {
			return []byte(text), nil
		}
		return nil, fs.ErrNotExist
	}
	number := 9
	open := func(name string, u pattern.Use) {
		t.Helper()
		u.Place = pattern.Place{File: "o.cfg", Line: number}
		if _, err := g.Open(name, u, read); err != nil {
			t.Fatal(err)
		}
	}
	own := func(word string, id int, m pattern.Method, words ...string) {
		t.Helper()
		v, err := g.Own(word, id, pattern.Use{Place: pattern.Place{File: "o.cfg", Line: number}, Method: m})
		if err != nil {
			t.Fatal(err)
		}
		var op pattern.Operator
		for _, w := range words {
			if err := v.Reference().Append(w, m, &op); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, declare := range []func(){
		func() { own("path", -1, pattern.Str, "/foo", "/bar") },
		func() {
			open("l.acl", pattern.Use{Method: pattern.Str, Fold: true})
			own("path", -1, pattern.Str)
		},
		func() { open("l.acl", pattern.Use{Method: pattern.Reg}); own("path_reg", -1, pattern.Reg) },
		func() {
			open("m.map", pattern.Use{Map: true, Method: pattern.Str})
			own("hdr", -1, pattern.Str)
		},
		func() { open("virt@vv", pattern.Use{Method: pattern.Str}); own("hdr", -1, pattern.Str) },
		func() {
			open("opt@nope.acl", pattern.Use{Method: pattern.Str})
			own("hdr", 77, pattern.Str, "extra")
		},
		func() { own("src", -1, pattern.IP, "10.0.0.0/8") },
		func() { own("dst_port", -1, pattern.Int, "gt", "5", "10:20") },
		func() {}, // set-map
		func() { open("m.map", pattern.Use{Map: true, Method: pattern.Str, Out: pattern.Text}) },
		func() { open("m.map", pattern.Use{Map: true, Method: pattern.Beg, Out: pattern.Text}) },
		func() { open("ip.map", pattern.Use{Map: true, Method: pattern.IP, Out: pattern.Text}) },
		func() { open("int.map", pattern.Use{Map: true, Method: pattern.Str, Out: pattern.Integer}) },
		func() { open("n.map", pattern.Use{Map: true, Method: pattern.Int, Out: pattern.Text}) },
		func() { open("virt@dyn", pattern.Use{Map: true, Method: pattern.Str, Out: pattern.Text}) },
	} {
		number++
		declare()
	}
	g.Number()
	return g
}

func askPatterns(t *testing.T, g *pattern.Registry, in string) string {
	t.Helper()
	var out bytes.Buffer
	err := line.Serve(client{strings.NewReader(in + "\n"), &out}, line.Config{
		Table: append(line.Common(), PatternTable(func() *pattern.Registry { return g })...), Level: line.LevelAdmin})
	if err != nil {
		t.Fatalf("%q: %v", in, err)
	}
	return out.String()
}

var entryID = regexp.MustCompile(`(?m)^0x[0-9a-f]+ `)

// The answers of HAProxy 3.5-dev5 to the same commands, one after the other, about the
// same lists. The file has them behind "> " and the command.
func TestPatterns(t *testing.T) {
	data, err := os.ReadFile("testdata/patterns-3.5.txt")
	if err != nil {
		t.Fatal(err)
	}
	g, n := patternLists(t), 0
	for _, part := range strings.Split("\n"+string(data), "\n> ")[1:] {
		command, want, _ := strings.Cut(part, "\n")
		want += "\n" // which ended the part
		in := strings.ReplaceAll(command, `\n`, "\n")
		if strings.Contains(command, "<<") {
			in += "\n"
		}
		if got := entryID.ReplaceAllString(askPatterns(t, g, in), "0x "); strings.TrimRight(got, "\n") != strings.TrimRight(want, "\n") {
			t.Errorf("%s\n got %q\nwant %q", command, got, want)
		}
		n++
	}
	if n < 90 {
		t.Errorf("%d commands", n)
	}
}

// An entry is named by what "show" gives for it.
func TestPatternReferences(t *testing.T) {
	g := patternLists(t)
	first, _, _ := strings.Cut(askPatterns(t, g, "show map int.map"), " ")
	for _, x := range []struct{ in, want string }{
		{"set map int.map #" + first + " 5", "\n"},
		{"get map int.map a", "type=str, case=sensitive, found=yes, idx=tree, key=\"a\", value=\"5\", type=\"sint\"\n\n"},
		{"set map int.map #" + first + " x", "unable to parse 'x'.\n\n"},
		{"del map int.map #" + first, "\n"},
		{"del map int.map #" + first, "Key not found.\n\n"},
		{"get map int.map a", "type=str, case=sensitive, found=no\n\n"},
		{"add map l.acl k v", "Unknown map identifier. Please use #<id> or <file>.\n\n"},
	} {
		if got := askPatterns(t, g, x.in); got != x.want {
			t.Errorf("%s\n got %q\nwant %q", x.in, got, x.want)
		}
	}
}

func FuzzPatterns(f *testing.F) {
	for _, s := range []string{"add map @1 m.map a b", "set map m.map #0x1 v", "show acl #0", "get map ip.map 1.2.3.4", "commit map @99999999999 m.map", "add map m.map <<\na b\n\n", "clear acl @"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		var out bytes.Buffer
		_ = line.Serve(client{strings.NewReader(in + "\n"), &out}, line.Config{
			Table: append(line.Common(), PatternTable(func() *pattern.Registry { return patternLists(t) })...), Level: line.LevelAdmin,
			OnPanic: func(command string, v any, stack []byte) { t.Errorf("%s: %v\n%s", command, v, stack) }})
	})
}
