package test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// sluice-reload, as packages install it: beside the program. Its status tells
// what became of the reload.
func TestSluiceReload(t *testing.T) {
	dir := harness.TempDir(t)
	script := filepath.Join(dir, "sluice-reload")
	text, err := os.ReadFile(filepath.Join(harness.Root(t), "packaging", "sluice-reload"))
	if err == nil {
		err = os.WriteFile(script, text, 0o755)
	}
	if err == nil {
		err = os.Symlink(harness.Binary(t), filepath.Join(dir, "sluice"))
	}
	if err != nil {
		t.Fatal(err)
	}
	s := newService(t)
	p := s.Start(t, "", "")
	reload := func(socket string, args ...string) (status int, stdout, stderr string) {
		t.Helper()
		cmd := exec.Command(script, args...)
		cmd.Env = append(os.Environ(), "MASTER_SOCKET="+socket)
		var out, problem strings.Builder
		cmd.Stdout, cmd.Stderr = &out, &problem
		err := cmd.Run()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		return cmd.ProcessState.ExitCode(), out.String(), problem.String()
	}
	want := func(wanted int, stdout, stderr string, socket string, args ...string) {
		t.Helper()
		status, out, problem := reload(socket, args...)
		if status != wanted || !strings.Contains(out, stdout) || !strings.Contains(problem, stderr) || (stderr == "") != (problem == "") {
			t.Errorf("status %d, want %d; stdout %q, want %q; stderr %q, want %q", status, wanted, out, stdout, problem, stderr)
		}
	}

	p.WriteConfig(s.Config("    http-response set-header x-version 2", ""))
	want(0, "Loading success.", "", p.MasterSocket())
	if got := harness.MustGet(t, s.HTTP, "/echo").Header.Get("x-version"); got != "2" {
		t.Errorf("after a success version %q serves", got)
	}
	p.WriteConfig(s.Config("    nonsense", ""))
	want(1, "unknown keyword 'nonsense'", "reload failed", p.MasterSocket(), "-q")
	if got := harness.MustGet(t, s.HTTP, "/echo").Header.Get("x-version"); got != "2" {
		t.Errorf("after a failure version %q serves", got)
	}
	want(2, "", "no such file", filepath.Join(dir, "none"))
	want(2, "", "flag provided but not defined", p.MasterSocket(), "-x")

	// A load that does not end: the reload goes on without who asked.
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	p.WriteConfig(s.Config("    acl hung path -f "+fifo, ""))
	want(2, "", "no result within 200ms", p.MasterSocket(), "-t", "200ms")
	harness.MustGet(t, s.HTTP, "/echo")
	p.Signal(syscall.SIGTERM)
	if code := p.AwaitExit(10 * time.Second); code != 0 {
		t.Errorf("exit status %d", code)
	}
	want(2, "", "master.sock", p.MasterSocket(), "-q")
}
