package master

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// writePIDFile replaces the file at path by one that holds pid, at once: who
// reads it sees the old content or the new one. What is no file, such as
// /dev/null or a symbolic link, is written to and stays what it is.
func writePIDFile(path string, pid int) error {
	if st, err := os.Lstat(path); err == nil && !st.Mode().IsRegular() {
		return writeThrough(path, pid)
	}
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

// wantedPID is the path of the file that is to hold the PID, "" for none: the
// command line goes before the configuration in force.
func (m *master) wantedPID() string {
	if m.o.Pidfile != "" {
		return m.o.Pidfile
	}
	return m.result.PIDFile
}

// tryPIDFile finds out whether the file can be written, and leaves what it says
// alone: nothing serves yet.
func tryPIDFile(path string) error {
	if st, err := os.Lstat(path); err == nil && !st.Mode().IsRegular() {
		return nil // a FIFO may get its reader yet, a link its target
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".pid-*")
	if err != nil {
		return err
	}
	f.Close()
	return os.Remove(f.Name())
}

// writeThrough writes pid to what there is; a FIFO without a reader is an error
// and no reason to wait.
func writeThrough(path string, pid int) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|syscall.O_NONBLOCK, 0o644)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%d\n", pid)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// removePIDFile removes the file if it still is ours.
func removePIDFile(path string, pid int) {
	if st, err := os.Stat(path); err != nil || !st.Mode().IsRegular() {
		return // to read it might wait for ever
	}
	b, err := os.ReadFile(path)
	if err == nil && string(b) == fmt.Sprintf("%d\n", pid) {
		os.Remove(path)
	}
}
