package values

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// unasked says of converters of Debian's haproxy why there is no question.
var unasked = map[string]string{
	"debug": "writes to a ring", "51d.single": "needs a library", "da-csv-conv": "needs a library", "in_table": "stick tables",
}

// Every converter of Debian's haproxy has a question.
func TestCovered(t *testing.T) {
	path := filepath.Join(t.TempDir(), "empty.cfg")
	if err := os.WriteFile(path, []byte("global\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	// It complains that there is nothing to do.
	out, _ := exec.Command(reference(t), "-dKcnv", "-q", "-c", "-f", path).Output()
	asked := map[string]bool{}
	for _, q := range questions {
		for _, part := range regexp.MustCompile(`(^|,)([a-z0-9_.-]+)`).FindAllStringSubmatch(q.expr, -1) {
			asked[part[2]] = true
		}
	}
	n := 0
	for _, line := range strings.Split(string(out), "\n") {
		name, _, _ := strings.Cut(strings.TrimSpace(line), "(")
		name, _, _ = strings.Cut(name, ":")
		name = strings.TrimSpace(strings.Split(name+" ", " ")[0])
		if name == "" || strings.HasPrefix(name, "#") || strings.HasPrefix(name, "map") || strings.HasPrefix(name, "table_") {
			continue
		}
		n++
		if _, ok := unasked[name]; !asked[name] && !ok {
			t.Errorf("nobody asks for %s", name)
		}
	}
	if n < 70 {
		t.Errorf("only %d converters:\n%s", n, out)
	}
}
