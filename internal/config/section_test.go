package config

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// everySection is a configuration with every section and nearly every row of
// those besides global and the proxies.
func everySection(t testing.TB) []byte {
	t.Helper()
	names, err := filepath.Glob("testdata/*/forms.cfg")
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	text.WriteString("global\n\texpose-experimental-directives\n")
	for _, name := range names {
		if _, ok := sections[filepath.Base(filepath.Dir(name))]; !ok {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(data)
	}
	text.WriteString("listen l\n\tmode http\n\tbind :1\n\terrorfiles site-1 503\n")
	return []byte(text.String())
}

// Each section that is known has its rows, its place in the Spec and an opener.
func TestEverySection(t *testing.T) {
	text := everySection(t)
	spec, d := load(File{"all.cfg", text})
	if d.Faulty() {
		t.Fatal(d.List)
	}
	n := 0
	for other := range spec.others() {
		n++
		var w textWriter
		other.write(&w)
		first, _, _ := strings.Cut(w.b.String(), "\n")
		keyword, _, _ := strings.Cut(first, " ")
		if _, ok := sections[keyword]; !ok {
			t.Errorf("%T prints %q, which begins no section", other, first)
		}
		if !strings.Contains(string(text), keyword) {
			t.Errorf("%s is not one of the text", keyword)
		}
	}
	for _, keyword := range slices.Sorted(maps.Keys(sections)) {
		if !strings.Contains("\n"+string(text), "\n"+keyword) && keyword != "defaults" && keyword != "backend" {
			t.Errorf("%s is not tested here", keyword)
		}
	}
	if n < 25 {
		t.Errorf("only %d sections", n)
	}
}

// Every row of these sections has what documentation needs.
func TestSectionRows(t *testing.T) {
	const others = InACME | InCache | InCrtStore | InFCGIApp | InHealthCheck | InHTTPErrors | InLogForward | InLogProfile |
		InMailers | InNamespaceList | InPeers | InProgram | InResolvers | InRing | InTraces | InUserlist
	var seen Sections
	for _, table := range Rows() {
		for _, k := range table {
			if k.In&others == 0 {
				continue
			}
			seen |= k.In & others
			if k.Doc == "" && !k.Group {
				t.Errorf("row %s: %+v", k.Name, k)
			}
			if k.Syntax != "" && !strings.HasPrefix(k.Syntax, k.Name) {
				t.Errorf("the syntax of %s is %q", k.Name, k.Syntax)
			}
		}
	}
	if seen != others {
		t.Errorf("sections without a row: %b", others&^seen)
	}
}

// Wherever the file ends, its reading ends well.
func TestSectionsCut(t *testing.T) {
	text := everySection(t)
	for n := range text {
		spec, d := Parse([]File{{"cut.cfg", text[:n]}}, Options{Env: goldenEnv(), ReadFile: goldenFiles})
		if n > 0 && text[n-1] != '\n' && !d.Faulty() {
			t.Fatalf("%d bytes end without a line feed, and nobody minds", n)
		}
		if !d.Faulty() {
			_ = spec.String()
		}
	}
}

// Lines of one section, and their words, cut short.
func TestSectionWordsCut(t *testing.T) {
	head := ""
	for _, line := range strings.Split(string(everySection(t)), "\n") {
		if !strings.HasPrefix(line, "\t") {
			head = line
			continue
		}
		words := strings.Fields(line)
		for n := range words {
			spec, d := load(File{"cut.cfg", []byte("global\n\texpose-experimental-directives\n" + head + "\n\t" + strings.Join(words[:n], " ") + "\n")})
			if d.Faulty() {
				continue
			}
			if again, d2 := load(File{"text.cfg", []byte(spec.String())}); d2.Faulty() {
				t.Errorf("%q prints as\n%s\nwhich fails: %v %v", line, spec, d2.List, again)
			}
		}
	}
}

// Names are looked up by maps: a great many sections are read in time that grows
// with their number.
func TestManySections(t *testing.T) {
	const n = 10_000
	for _, form := range []string{"userlist s%d\n\tuser a insecure-password b\n", "http-errors s%d\n\terrorfile 503 /good.http\nbackend b%[1]d\n\terrorfiles s%[1]d\n",
		"peers s%d\n\tpeer local 127.0.0.1:1\n", "resolvers s%d\n\tnameserver n 127.0.0.1:53\n", "cache s%d\n\ttotal-max-size 1\n", "ring s%d\n\tsize 20000\n",
		"log-forward s%d\n\tbind 127.0.0.1:1\nbackend b%[1]d\n", "crt-store s%d\n\tload crt x acme s%[1]d\nacme s%[1]d\n\tdirectory x\n"} {
		var text strings.Builder
		text.WriteString("global\n\texpose-experimental-directives\n")
		for i := range n {
			fmt.Fprintf(&text, form, i)
		}
		spec, d := load(File{"many.cfg", []byte(text.String())})
		if d.Faulty() {
			t.Errorf("%.20s: %v", form, d.List[0])
			continue
		}
		count := 0
		for range spec.others() {
			count++
		}
		if count < n {
			t.Errorf("%.20s: %d sections", form, count)
		}
	}
}

// FuzzSection reads lines as those of each section in turn; what they make is
// printed and read again.
func FuzzSection(f *testing.F) {
	heads := slices.DeleteFunc(slices.Sorted(maps.Keys(sections)), func(s string) bool { return s == "global" })
	head := ""
	for _, line := range strings.Split(string(everySection(f)), "\n") {
		if !strings.HasPrefix(line, "\t") {
			head, _, _ = strings.Cut(line, " ")
			continue
		}
		if k := slices.Index(heads, head); k >= 0 {
			f.Add(k, line)
		}
	}
	f.Fuzz(func(t *testing.T, k int, lines string) {
		if largeRange(lines) {
			return
		}
		keyword := heads[uint(k)%uint(len(heads))]
		name := " name"
		if keyword == "traces" || keyword == "namespace_list" {
			name = ""
		}
		text := "global\n\texpose-experimental-directives\n" + keyword + name + "\n" + lines + "\n"
		spec, d := load(File{"f.cfg", []byte(text)})
		if spec == nil || d.Faulty() {
			return
		}
		again, d2 := load(File{"g.cfg", []byte(spec.String())})
		if d2.Faulty() {
			t.Fatalf("%q prints as\n%s\nwhich fails: %v", text, spec, d2.List)
		}
		if diff := cmp.Diff(spec, again, sameSpec); diff != "" {
			t.Fatalf("%q prints as\n%s\nwhich differs: %s", text, spec, diff)
		}
	})
}
