package config_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/rule"
)

// TestGoldenObsolete reads testdata/obsolete/*.cfg, with the rows of rules, and
// compares the messages, and the Spec when there is one, with the file of that
// name ending in .golden.
func TestGoldenObsolete(t *testing.T) {
	names, err := filepath.Glob("testdata/obsolete/*.cfg")
	if err != nil {
		t.Fatal(err)
	}
	if len(names) < 30 {
		t.Fatalf("only %d golden tests", len(names))
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".cfg"), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			spec, d := config.Parse([]config.File{{Name: filepath.Base(name), Data: data}},
				config.Options{Tables: []config.Table{rule.Table()}})
			var b strings.Builder
			for _, m := range d.List {
				b.WriteString("[" + m.Level.String() + "] " + m.String() + "\n")
			}
			if !d.Failed() {
				b.WriteString("--\n" + spec.String())
			}
			golden := strings.TrimSuffix(name, ".cfg") + ".golden"
			if flag.Lookup("update").Value.String() == "true" {
				if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), b.String()); diff != "" {
				t.Errorf("messages or Spec differ: %s", diff)
			}
		})
	}
}

// Warnings about old forms are bounded.
func TestManyOldForms(t *testing.T) {
	text := "defaults\n\ttimeout client 1s\n" + strings.Repeat("\tredispatch\n", 5000)
	_, d := config.Parse([]config.File{{Name: "t.cfg", Data: []byte(text)}}, config.Options{})
	last := d.List[len(d.List)-1].Text
	if d.Failed() || len(d.List) != 1000 || !strings.Contains(last, "sluice doctor") {
		t.Errorf("%d messages, the last is %q", len(d.List), last)
	}
}
