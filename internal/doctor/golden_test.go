package doctor

import (
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/config/legacy"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func examine(name string, data []byte) *Report {
	env := config.Env{}
	env.Predefine("3.4.0", "")
	return Examine([]config.File{{Name: name, Data: data}}, Options{Env: env,
		ReadFile: func(string) ([]byte, error) { return nil, fs.ErrNotExist }})
}

// golden returns the inputs, testdata/*.cfg.
func golden(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("testdata/*.cfg")
	if err != nil {
		t.Fatal(err)
	}
	if len(names) < 70 {
		t.Fatalf("only %d golden tests", len(names))
	}
	return names
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestGolden compares the report with the file ending in .report, and the
// repaired text, when it differs from the input, with the one ending in .fixed.
// Text is only ever repaired once.
func TestGolden(t *testing.T) {
	for _, name := range golden(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			data := read(t, name)
			r := examine(filepath.Base(name), data)
			shown := *r
			// What is not built changes with every version.
			shown.Findings = slices.DeleteFunc(slices.Clone(r.Findings), func(f Finding) bool { return f.Kind == Unbuilt })
			var report bytes.Buffer
			if err := shown.WriteText(&report); err != nil {
				t.Fatal(err)
			}
			base := strings.TrimSuffix(name, ".cfg")
			compare(t, base+".report", report.Bytes())
			fixed := r.Files[0].Data
			if !bytes.Equal(fixed, data) {
				compare(t, base+".fixed", fixed)
			} else if _, err := os.Stat(base + ".fixed"); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s.fixed is there and nothing was repaired", base)
			}
			again(t, r)
		})
	}
}

func compare(t *testing.T, golden string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(read(t, golden)), string(got)); diff != "" {
		t.Errorf("%s differs: %s", golden, diff)
	}
}

// again examines what was repaired: nothing is left that would be.
func again(t *testing.T, r *Report) {
	t.Helper()
	fixed := r.Files[0]
	second := examine(fixed.Name, fixed.Data)
	if got := second.Files[0].Data; !bytes.Equal(got, fixed.Data) {
		t.Fatalf("repaired text is repaired again:\n%q\n%q", fixed.Data, got)
	}
	for _, f := range second.Findings {
		if f.Repaired {
			t.Fatalf("repaired text has something to repair: %+v", f)
		}
	}
	if a, b := r.Status(true), second.Status(false); a != b {
		t.Fatalf("status %d after the repair, %d of the repaired text", a, b)
	}
}

// TestReference has a HAProxy check every repaired configuration in which
// nothing is left to a person: HAPROXY_REFERENCE, else Debian's.
func TestReference(t *testing.T) {
	program := os.Getenv("HAPROXY_REFERENCE")
	if program == "" {
		program = "/usr/sbin/haproxy"
	}
	if _, err := os.Stat(program); err != nil {
		t.Skip(err)
	}
	checked := 0
	for _, name := range golden(t) {
		r := examine(filepath.Base(name), read(t, name))
		if r.Status(true) == Beyond || len(r.Files[0].Data) == 0 {
			continue
		}
		path := filepath.Join(t.TempDir(), filepath.Base(name))
		if err := os.WriteFile(path, r.Files[0].Data, 0o644); err != nil {
			t.Fatal(err)
		}
		checked++
		out, err := exec.Command(program, "-W", "-c", "-f", path).CombinedOutput()
		var exit *exec.ExitError
		// Status 2: no error, and no listener either.
		if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 2) || bytes.Contains(out, []byte("[ALERT]")) {
			t.Errorf("%s: %v\n%s\n%s", name, err, out, r.Files[0].Data)
		}
	}
	if checked < 30 {
		t.Errorf("only %d repaired configurations checked", checked)
	}
}

// unbuilt returns a keyword of proxies that is not built yet, in listen sections.
func unbuilt(t *testing.T) string {
	t.Helper()
	for _, table := range config.Rows() {
		for _, k := range table {
			if k.Parse == nil && k.In&config.InListen != 0 && !slices.ContainsFunc(legacy.Forms(), func(f legacy.Form) bool { return f.Name == k.Name }) {
				return k.Name
			}
		}
	}
	t.Skip("everything is built")
	return ""
}

func TestUnbuilt(t *testing.T) {
	r := examine("t.cfg", []byte("listen l :80\n"+timeouts+"\t"+unbuilt(t)+"\n"))
	last := r.Findings[len(r.Findings)-1]
	if last.Kind != Unbuilt || last.Line != 5 || last.Repaired {
		t.Errorf("%+v", r.Findings)
	}
}
