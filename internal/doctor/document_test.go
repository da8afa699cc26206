package doctor

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-proxy/sluice/internal/config/legacy"
)

// doc/doctor.md has a line for each row.
func TestDocument(t *testing.T) {
	const (
		file  = "../../doc/doctor.md"
		begin = "-update -->\n"
		end   = "<!-- end of forms -->"
	)
	text := string(read(t, file))
	head, rest, ok := strings.Cut(text, begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("the marks of the table are gone")
	}
	var b strings.Builder
	b.WriteString("| old form | what replaces it | runs |\n|---|---|---|\n")
	b.WriteString("| `listen NAME ADDRESS …`, `frontend NAME ADDRESS …` | `bind ADDRESS …` in the section | yes |\n")
	for _, f := range legacy.Forms() {
		runs := "yes"
		switch {
		case f.Kept:
			runs = "as it is"
		case f.Text != "" && strings.HasPrefix(f.By, "nothing that says the same"):
			runs = "no"
		}
		name := f.Name
		switch name {
		case "bind", "stats socket":
			name += " … process"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name, strings.ReplaceAll(f.By, "|", `\|`), runs)
	}
	want := head + begin + b.String() + end + tail
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, text); diff != "" {
		t.Errorf("%s is not what the rows say: %s", file, diff)
	}
}
