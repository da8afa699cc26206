package doctor

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func run(args ...string) (status int, stdout, stderr string) {
	var out, err bytes.Buffer
	status = Run(args, []string{"HOME=/"}, &out, &err)
	return status, out.String(), err.String()
}

const (
	timeouts = "\ttimeout client 1s\n\ttimeout server 1s\n\ttimeout connect 1s\n"
	ill      = "listen l\n" + timeouts + "\tbind :80\n\tredispatch # c\n"
	well     = "listen l\n" + timeouts + "\tbind :80\n\toption redispatch # c\n"
	beyond   = "listen l\n" + timeouts + "\tbind :80\n\toption http_proxy\n"
)

func file(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestStatus(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		text         string
		plain, fixed int
	}{{well, Healthy, Healthy}, {ill, Ill, Healthy}, {beyond, Beyond, Beyond}, {ill + "\t" + unbuilt(t) + "\n", Ill, Ill}} {
		path := file(t, dir, "a.cfg", c.text)
		if got, _, _ := run("-f", path); got != c.plain {
			t.Errorf("%q: status %d, want %d", c.text, got, c.plain)
		}
		if got, _, _ := run("--fix", "-f", path); got != c.fixed {
			t.Errorf("%q: status %d after the repair, want %d", c.text, got, c.fixed)
		}
	}
	if got, _, msg := run("-f", filepath.Join(dir, "none")); got != Beyond || !strings.Contains(msg, "none") {
		t.Errorf("status %d, %q of a file that is not there", got, msg)
	}
}

func TestUsage(t *testing.T) {
	path := file(t, t.TempDir(), "a.cfg", ill)
	for _, args := range [][]string{{}, {"-x"}, {"-o", "x", "-f", path}, {"--in-place", "-f", path},
		{"--fix", "--in-place", "-o", "x", "-f", path}, {"--fix", "-f", path, "-f", path}} {
		if got, _, msg := run(args...); got != Beyond || msg == "" {
			t.Errorf("%q: status %d, %q", args, got, msg)
		}
	}
	if got, out, _ := run("--help"); got != Healthy || !strings.Contains(out, "--in-place") {
		t.Errorf("--help: status %d, %q", got, out)
	}
}

func TestFixToOutput(t *testing.T) {
	dir := t.TempDir()
	path := file(t, dir, "a.cfg", ill)
	if _, out, msg := run("--fix", "-f", path); out != well || !strings.Contains(msg, "+ option redispatch") {
		t.Errorf("%q, %q", out, msg)
	}
	to := filepath.Join(dir, "b.cfg")
	if got, out, _ := run("--fix", "-o", to, "-f", path); got != Healthy || !strings.Contains(out, "+ option redispatch") {
		t.Errorf("status %d, %q", got, out)
	}
	if data, _ := os.ReadFile(to); string(data) != well {
		t.Errorf("%q", data)
	}
	if data, _ := os.ReadFile(path); string(data) != ill {
		t.Errorf("the input has changed: %q", data)
	}
}

func TestFixInPlace(t *testing.T) {
	dir := t.TempDir()
	a := file(t, dir, "a.cfg", ill)
	b := file(t, dir, "b.cfg", "# nothing\n")
	link := filepath.Join(dir, "c.link")
	if err := os.Symlink(a, link); err != nil {
		t.Fatal(err)
	}
	if got, _, msg := run("--fix", "--in-place", "-f", link, "-f", b); got != Healthy || msg != "" {
		t.Fatalf("status %d, %q", got, msg)
	}
	for name, want := range map[string]string{a: well, a + ".bak": ill, b: "# nothing\n"} {
		if data, err := os.ReadFile(name); err != nil || string(data) != want {
			t.Errorf("%s: %q, %v", name, data, err)
		}
	}
	if st, err := os.Lstat(link); err != nil || st.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", st, err)
	}
	if st, _ := os.Stat(a); st.Mode().Perm() != 0o640 {
		t.Errorf("mode %o", st.Mode())
	}
	// A backup is never overwritten.
	file(t, dir, "a.cfg", ill)
	if got, _, _ := run("--fix", "--in-place", "-f", dir); got != Healthy {
		t.Errorf("status %d of the folder", got)
	}
	if _, err := os.Stat(a + ".bak.1"); err != nil {
		t.Error(err)
	}
	left, _ := filepath.Glob(filepath.Join(dir, ".*"))
	if len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestChangedMeanwhile(t *testing.T) {
	path := file(t, t.TempDir(), "a.cfg", well)
	if err := replaceFile(path, []byte(ill), []byte(well)); err == nil || !strings.Contains(err.Error(), "has changed") {
		t.Errorf("%v", err)
	}
}

func TestJSON(t *testing.T) {
	path := file(t, t.TempDir(), "a.cfg", ill)
	status, out, _ := run("--json", "-f", path)
	var got struct {
		Status   int
		Changed  []string
		Findings []Finding
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if status != Ill || got.Status != Ill || len(got.Changed) != 1 || len(got.Findings) != 1 || got.Findings[0].Line != 6 ||
		got.Findings[0].Now[0] != "option redispatch" {
		t.Errorf("%d %s", status, out)
	}
	if _, out, _ := run("--json", "-f", file(t, t.TempDir(), "b.cfg", "")); !strings.Contains(out, `"findings": []`) || !strings.Contains(out, `"changed": []`) {
		t.Error(out)
	}
}
