package master

import (
	"fmt"
	"os"
	"path/filepath"
)

// writePIDFile replaces the file at path by one that holds pid, at once: who
// reads it sees the old content or the new one.
func writePIDFile(path string, pid int) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".pid-*")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%d\n", pid)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// removePIDFile removes the file if it still is ours.
func removePIDFile(path string, pid int) {
	b, err := os.ReadFile(path)
	if err == nil && string(b) == fmt.Sprintf("%d\n", pid) {
		os.Remove(path)
	}
}
