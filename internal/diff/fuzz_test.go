package diff_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-proxy/sluice/internal/diff"
)

// Whatever two configurations are, they can be compared; and each is the same as
// itself.
func FuzzCompare(f *testing.F) {
	names, err := filepath.Glob("testdata/*.pair")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		parts := strings.SplitN(string(text), "== new\n", 2)
		f.Add(strings.TrimPrefix(parts[0], "== old\n"), parts[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		old, err := parse("old.cfg", a, corpusFiles)
		if err != nil {
			return
		}
		again, err := parse("again.cfg", a, corpusFiles)
		if err != nil {
			t.Fatal(err)
		}
		if d := diff.Compare(old, again); !d.Same {
			t.Error(said(d))
		}
		new, err := parse("new.cfg", b, corpusFiles)
		if err != nil {
			return
		}
		d, back := diff.Compare(old, new), diff.Compare(new, old)
		if d.Same != back.Same || len(d.Changes) != len(back.Changes) {
			t.Errorf("%s\nbut back\n%s", said(d), said(back))
		}
		if d.WriteText(io.Discard) != nil || d.WriteShort(io.Discard) != nil || d.WriteJSON(io.Discard) != nil {
			t.Error("it cannot be written")
		}
		if (d.Proposal() != nil) != d.InPlace.Possible || d.InPlace.Possible == (len(d.InPlace.Reasons) > 0) {
			t.Errorf("%+v", d.InPlace)
		}
	})
}
