package logs

import (
	"os"
	"strings"
	"testing"
)

// TestManual compares the aliases with the table of manual 8.2.6.
func TestManual(t *testing.T) {
	data, err := os.ReadFile("testdata/manual-3.4.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for _, line := range strings.Split(string(data), "\n") {
		if name, _, ok := strings.Cut(line, "\t"); ok {
			want[name] = true
		}
	}
	if !want["%o"] || len(want) != 65 {
		t.Errorf("the list has %d aliases", len(want))
	}
	delete(want, "%o")
	docs := map[string]bool{}
	for _, a := range Aliases() {
		if !want["%"+a.Name] {
			t.Errorf("the manual has no %%%s", a.Name)
		}
		delete(want, "%"+a.Name)
		if !strings.HasPrefix(a.Doc, "Prints ") || !strings.HasSuffix(a.Doc, ".") || docs[a.Doc] {
			t.Errorf("%s: %q", a.Name, a.Doc)
		}
		docs[a.Doc] = true
	}
	for name := range want {
		t.Errorf("no row for %s", name)
	}
}
