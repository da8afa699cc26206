package test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sluice-proxy/sluice/test/harness"
)

// Standard output and error may be a full pipe that nobody reads: the service starts,
// reloads and stops all the same.
func TestOutputNobodyReads(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	fill, err := unix.FcntlInt(w.Fd(), unix.F_GETPIPE_SZ, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, fill)); err != nil {
		t.Fatal(err)
	}
	s := newService(t)
	dir := harness.TempDir(t)
	path, sock := filepath.Join(dir, "sluice.cfg"), filepath.Join(dir, "master.sock")
	if err := os.WriteFile(path, []byte(s.Config("", "")), 0o644); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(harness.Binary(t), "-W", "-S", sock, "-f", path)
	c.Stdout, c.Stderr = w, w
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	t.Cleanup(func() { c.Process.Kill() })
	answers := func() {
		t.Helper()
		eventually(t, 10*time.Second, "a connect", func() error { return harness.Connects(s.HTTP) })
		eventually(t, 10*time.Second, "an answer", func() error {
			a, err := harness.Get(t, s.HTTP, "/echo")
			if err == nil && a.Status != 200 {
				err = fmt.Errorf("status %d", a.Status)
			}
			return err
		})
	}
	answers()
	for range 3 {
		if got, err := harness.CLI(sock, "reload"); err != nil || !strings.HasPrefix(got, "Success=1\n") {
			t.Fatalf("reload: %q %v", got, err)
		}
		answers()
	}
	c.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it does not end")
	}
}
