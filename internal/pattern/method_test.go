package pattern

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestManual compares the methods with those of manual 7.1.
func TestManual(t *testing.T) {
	data, err := os.ReadFile("testdata/manual-3.4.txt")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, line := range strings.Split(string(data), "\n") {
		if line != "" && line[0] != '#' {
			want = append(want, line)
		}
	}
	docs := map[string]bool{}
	for _, e := range Methods() {
		got = append(got, e.Name)
		if !strings.HasPrefix(e.Doc, "Matches ") || !strings.HasSuffix(e.Doc, ".") || docs[e.Doc] {
			t.Errorf("%s: %q", e.Name, e.Doc)
		}
		docs[e.Doc] = true
		if m, ok := ParseMethod(e.Name); !ok || m.String() != e.Name {
			t.Errorf("-m %s: %v", e.Name, m)
		}
	}
	if named := slices.Collect(Names); !slices.Equal(named, got) {
		t.Errorf("%q, %q", named, got)
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("methods %q, manual %q", got, want)
	}
}
