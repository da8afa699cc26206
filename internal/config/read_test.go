package config

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func write(t *testing.T, name, text string) string {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestReadFiles(t *testing.T) {
	dir := t.TempDir()
	one := write(t, filepath.Join(dir, "one"), "1\n")
	d := filepath.Join(dir, "d")
	for _, sub := range []string{d, filepath.Join(d, "sub.cfg"), filepath.Join(dir, "none")} {
		if err := os.Mkdir(sub, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"b.cfg", "B.cfg", "a.cfg", ".h.cfg", "c.txt"} {
		write(t, filepath.Join(d, name), name)
	}
	files, err := ReadFiles(context.Background(), []string{d, filepath.Join(dir, "none"), one})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, strings.TrimPrefix(f.Name, dir+"/")+"="+string(f.Data))
	}
	if s := strings.Join(got, " "); s != "d/B.cfg=B.cfg d/a.cfg=a.cfg d/b.cfg=b.cfg one=1\n" {
		t.Error(s)
	}
}

func TestReadFilesFaults(t *testing.T) {
	dir := t.TempDir()
	nope := filepath.Join(dir, "nope")
	broken := filepath.Join(dir, "d", "x.cfg")
	if err := os.Mkdir(filepath.Dir(broken), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(nope, broken); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		nope:                 "config : Cannot open configuration file/directory " + nope + " : No such file or directory",
		filepath.Dir(broken): "config : Cannot open configuration file " + broken + " : No such file or directory",
		"/dev/zero":          "config : Loading /dev/zero: input is too large 64MB, limited to 64MB. Exiting.",
	} {
		if _, err := ReadFiles(context.Background(), []string{path}); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
}

// A FIFO whose writer never writes does not hold the reader longer than its
// context.
func TestReadFilesFIFO(t *testing.T) {
	name := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	w, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, err = ReadFiles(ctx, []string{name})
	if err == nil || !strings.Contains(err.Error(), "not read in time") {
		t.Errorf("%v", err)
	}
}
