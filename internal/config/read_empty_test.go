package config

import (
	"context"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What cannot be meant as a configuration is not taken for an empty one.
func TestReadFilesRefusesNothing(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		dir:  "No configuration file found in " + dir,
		fifo: "Could not read configuration file " + fifo,
	} {
		if _, err := ReadFiles(context.Background(), []string{path}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
	if f, err := ReadFiles(context.Background(), []string{"/dev/null"}); err != nil || len(f) != 1 {
		t.Errorf("/dev/null: %v %v", f, err)
	}
}
