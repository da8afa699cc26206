package diff_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/diff"
	"github.com/sluice-proxy/sluice/internal/features"
)

// A Spec is the same if it is field by field, but for places, compiled forms and
// what has an effect only by being inherited.
var sameSpec = cmp.Options{
	cmpopts.IgnoreTypes(config.Pos{}),
	cmpopts.IgnoreFields(config.Bind{}, "Text"),
	cmpopts.IgnoreFields(config.Directive{}, "Program"),
	cmpopts.IgnoreFields(config.Proxy{}, "From", "Seq", "DefaultServer"),
	cmpopts.IgnoreFields(config.Spec{}, "Defaults", "References", "PatternFiles", "Patterns"),
	cmpopts.EquateComparable(config.ForwardFor{}, config.Address{}),
	cmpopts.EquateEmpty(),
}

// corpusFiles are those that the corpus names.
var corpusFiles = map[string]string{
	"/good.http": "HTTP/1.0 503 Down\r\nContent-Type: text/plain\r\n\r\ndown\n", "/bare.http": "HTTP/1.1 500 Oops\nServer: x\n\noops\n", "/empty.http": "",
}

// TestCorpus takes the configurations of the parser's tests, and each without
// one of its lines: whenever what was parsed differs there is a difference.
func TestCorpus(t *testing.T) {
	names, err := filepath.Glob("../config/testdata/*/*.cfg")
	if err != nil || len(names) < 80 {
		t.Fatal(len(names), err)
	}
	pairs, found := 0, 0
	for i, name := range names {
		if testing.Short() && i%8 != 0 {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		whole, err := parse("f.cfg", string(data), corpusFiles)
		if err != nil {
			continue
		}
		again := mustParse(t, "f.cfg", string(data), corpusFiles)
		if d := diff.Compare(whole, again); !d.Same {
			t.Errorf("%s differs from itself: %s", name, said(d))
		}
		canonical, err := parse("f.cfg", whole.Spec.String(), corpusFiles)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if d := diff.Compare(whole, canonical); !d.Same {
			t.Errorf("%s differs from its canonical form: %s", name, said(d))
		}
		lines := strings.SplitAfter(string(data), "\n")
		if len(lines) > 200 {
			continue
		}
		for i := range lines {
			less, err := parse("f.cfg", strings.Join(slices.Concat(lines[:i], []string{"\n"}, lines[i+1:]), ""), corpusFiles)
			if err != nil {
				continue
			}
			pairs++
			d := diff.Compare(whole, less)
			if !d.Same {
				found++
				continue
			}
			if inVain(lines[:i+1]) {
				continue
			}
			if x := cmp.Diff(whole.Spec, less.Spec, sameSpec); x != "" {
				t.Errorf("%s without %q is said to be the same: %s", name, lines[i], x)
			}
		}
	}
	if !testing.Short() && (pairs < 500 || found < 300) {
		t.Errorf("only %d pairs with %d differences", pairs, found)
	}
}

// inVain says whether the last line may have no effect: in a proxy of a kind for
// which it is not, or in a defaults section, from which such proxies inherit it.
func inVain(lines []string) bool {
	section := ""
	for _, l := range lines {
		if w := strings.Fields(l); len(w) > 0 && config.IsSection(w[0]) {
			section = w[0]
		}
	}
	words := append(strings.Fields(strings.TrimPrefix(strings.TrimSpace(lines[len(lines)-1]), "no ")), "", "", "")
	acts := config.Sections(0)
	for n := 4; n > 0 && acts == 0; n-- {
		for _, t := range append(config.Rows(), features.Tables()...) {
			for _, row := range t {
				if row.Name == strings.Join(words[:min(n, len(words))], " ") {
					acts |= row.In
				}
			}
		}
	}
	switch section {
	case "defaults":
		return acts&config.InFrontend == 0 || acts&config.InBackend == 0 || words[0] == "defaults"
	case "frontend":
		return acts&config.InFrontend == 0
	case "backend":
		return acts&config.InBackend == 0
	}
	return false
}
