package worker

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/sluice-proxy/sluice/internal/pattern"
)

// Files are read whole, and nothing is read without end.
func TestReadBounded(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, size int64, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if size > 0 {
			if err := os.Truncate(path, size); err != nil { // takes no room
				t.Fatal(err)
			}
		}
		return path
	}
	for _, x := range []struct{ path, want, message string }{
		{file("plain", 0, "a\n"), "a\n", ""},
		{file("empty", 0, ""), "", ""},
		{os.DevNull, "", ""},
		{"/proc/self/comm", "worker.test\n", ""}, // says that it has no bytes
		{file("huge", maxFile+1, ""), "", "error encountered while reading  <x> : more than 1073741824 bytes"},
		{"/dev/zero", "", "error encountered while reading  <x> : more than 67108864 bytes"},
		{dir, "", "error encountered while reading  <x> : Is a directory"},
		{filepath.Join(dir, "none"), "", "failed to open pattern file <x>"},
		{filepath.Join(file("under", 0, ""), "x"), "", "failed to open pattern file <x>"},
	} {
		data, err := readBounded(x.path)
		if err != nil {
			if got := pattern.Unreadable("x", err).Error(); got != x.message {
				t.Errorf("%s: %s, want %s", x.path, got, x.message)
			}
			continue
		}
		if x.message != "" || !bytes.Equal(data, []byte(x.want)) {
			t.Errorf("%s: %.99q, want %q %s", x.path, data, x.want, x.message)
		}
	}
	if _, err := readBounded(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err) // which is kept: the file was not there
	}
	large := file("large", maxStream+5, "head")
	if data, err := readBounded(large); err != nil || len(data) != maxStream+5 || string(data[:4]) != "head" {
		t.Errorf("%d bytes, %v", len(data), err)
	}
}
