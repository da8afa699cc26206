package cmdline

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// Every option is in doc/command-line.md, and nothing else is.
func TestDocumented(t *testing.T) {
	data, err := os.ReadFile("../../doc/command-line.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	table := page[strings.Index(page, "## Options"):strings.Index(page, "## Checking")]
	told := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)(^\\| |` )`(-[a-zA-Z4]+)").FindAllStringSubmatch(table, -1) {
		told[m[2]] = true
	}
	without := table[strings.Index(table, "Accepted without effect"):]
	for _, m := range regexp.MustCompile("`(-d[a-zA-Z])").FindAllStringSubmatch(without[:strings.Index(without, "`-vv`")], -1) {
		told[m[1]] = true
	}
	for _, r := range rows {
		if !told[r.name] {
			t.Errorf("%s is not documented", r.name)
		}
		delete(told, r.name)
	}
	for name := range told {
		t.Errorf("%s is documented and does not exist", name)
	}
}
