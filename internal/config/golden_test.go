package config

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// sameSpec ignores what a Spec's text cannot keep: places, how a list of
// addresses was written, and compiled forms.
var sameSpec = cmp.Options{
	cmpopts.IgnoreTypes(Pos{}),
	cmpopts.IgnoreFields(Bind{}, "Text"),
	cmpopts.IgnoreFields(Directive{}, "Program"),
	cmpopts.IgnoreFields(Proxy{}, "From"),
	cmpopts.EquateComparable(ForwardFor{}),
	cmpopts.EquateComparable(Address{}),
	cmpopts.EquateEmpty(),
}

// goldenEnv is the environment of the golden tests.
func goldenEnv() Env {
	e := Env{"HOME": "/root", "LIST": "one two  three", "EMPTY": "", "PORT": "8080"}
	e.Predefine("3.4.0", "local")
	return e
}

// goldenFiles are files that configurations name.
func goldenFiles(name string) ([]byte, error) {
	switch name {
	case "/good.http":
		return []byte("HTTP/1.0 503 Down\r\nContent-Type: text/plain\r\n\r\ndown\n"), nil
	case "/bare.http":
		return []byte("HTTP/1.1 500 Oops\nServer: x\n\noops\n"), nil
	case "/empty.http":
		return nil, nil
	case "/bad.http":
		return []byte("HTTP/1.1 500 Oops\nno field\n\n"), nil
	case "/cut.http":
		return []byte("HTTP/1.1 500 Oops\nServer: x\n"), nil
	case "/unreadable":
		return nil, readError{errors.New("I/O error")}
	}
	return nil, fs.ErrNotExist
}

// load is what a check of a file does: the discovery pass, then the whole.
func load(files ...File) (*Spec, *Diagnostics) {
	_, d := Discover(files, Options{Env: goldenEnv()})
	if d.Failed() {
		return nil, d
	}
	s, more := Parse(files, Options{Env: goldenEnv(), Discovered: true, ReadFile: goldenFiles})
	for _, m := range more.List {
		d.Add(m)
	}
	return s, d
}

// TestGolden reads testdata/*/*.cfg, a folder for each subject, and compares the
// messages, and the Spec when there is one, with the file of that name ending in
// .golden.
func TestGolden(t *testing.T) {
	names, err := filepath.Glob("testdata/*/*.cfg")
	if err != nil {
		t.Fatal(err)
	}
	if len(names) < 80 {
		t.Fatalf("only %d golden tests", len(names))
	}
	for _, name := range names {
		if strings.HasPrefix(name, "testdata/obsolete/") {
			continue // TestGoldenObsolete reads them, with the rows of rules
		}
		t.Run(strings.TrimSuffix(strings.TrimPrefix(name, "testdata/"), ".cfg"), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			spec, d := load(File{filepath.Base(name), data})
			var b strings.Builder
			for _, m := range d.List {
				b.WriteString("[" + m.Level.String() + "] " + m.String() + "\n")
			}
			if !d.Faulty() {
				text := spec.String()
				b.WriteString("--\n" + text)
				again, d2 := load(File{"text.cfg", []byte(text)})
				if d2.Faulty() {
					t.Fatalf("its text does not parse: %v\n%s", d2.List, text)
				}
				if diff := cmp.Diff(spec, again, sameSpec); diff != "" {
					t.Errorf("its text parses to another Spec: %s\n%s", diff, text)
				}
			}
			golden := strings.TrimSuffix(name, ".cfg") + ".golden"
			if *update {
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
