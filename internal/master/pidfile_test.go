package master

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func mustRead(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPIDFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "pid")
	if err := writePIDFile(path, 41); err != nil {
		t.Fatal(err)
	}
	before, _ := os.Stat(path)
	reader, err := os.Open(path) // who has it open keeps the old content
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := writePIDFile(path, 42); err != nil {
		t.Fatal(err)
	}
	after, _ := os.Stat(path)
	if got := mustRead(t, path); got != "42\n" || after.Mode() != 0o644 || os.SameFile(before, after) {
		t.Errorf("%q, mode %v, the same file: %t", got, after.Mode(), os.SameFile(before, after))
	}
	b := make([]byte, 10)
	if n, _ := reader.Read(b); string(b[:n]) != "41\n" {
		t.Errorf("the former file holds %q", b[:n])
	}
	removePIDFile(path, 41)
	if got := mustRead(t, path); got != "42\n" {
		t.Errorf("somebody else's: %q", got)
	}
	removePIDFile(path, 42)
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("ours is still there: %v", err)
	}
	removePIDFile(path, 42) // gone already
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A pidfile that cannot be made leaves nothing behind.
func TestPIDFileFails(t *testing.T) {
	dir := t.TempDir()
	if err := writePIDFile(filepath.Join(dir, "none", "pid"), 1); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("in a directory that is not there: %v", err)
	}
	if err := writePIDFile(dir, 1); err == nil {
		t.Error("a directory was written to")
	}
	if err := tryPIDFile(filepath.Join(dir, "none", "pid")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("tried in a directory that is not there: %v", err)
	}
	if err := tryPIDFile(filepath.Join(dir, "pid")); err != nil {
		t.Errorf("tried: %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// What is no file stays what it is: "-p /dev/null" must not replace the device,
// and nothing waits for the reader of a FIFO.
func TestPIDFileSpecial(t *testing.T) {
	dir := t.TempDir()
	target, link, fifo := filepath.Join(dir, "target"), filepath.Join(dir, "link"), filepath.Join(dir, "fifo")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(target, []byte("a longer line than a PID\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writePIDFile(link, 42); err != nil {
		t.Fatal(err)
	}
	if got := mustRead(t, target); got != "42\n" {
		t.Errorf("behind the link: %q", got)
	}
	if st, _ := os.Lstat(link); st.Mode()&os.ModeSymlink == 0 {
		t.Error("the link was replaced")
	}
	os.Remove(target)
	if err := writePIDFile(link, 43); err != nil {
		t.Errorf("a link to nothing: %v", err)
	}
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writePIDFile(fifo, 42); !errors.Is(err, syscall.ENXIO) {
		t.Errorf("a FIFO without a reader: %v", err)
	}
	removePIDFile(fifo, 42)
	if st, err := os.Lstat(fifo); err != nil || st.Mode()&os.ModeNamedPipe == 0 {
		t.Errorf("the FIFO is gone: %v", err)
	}
}
