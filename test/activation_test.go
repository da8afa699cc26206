package test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// A socket of a socket unit (sd_listen_fds(3)) is served under its number, "bind fd@3",
// with and without a master, and goes on through reloads and crashes. Whom LISTEN_PID
// names does not matter to that, as in HAProxy, which knows nothing of the variables.
func TestSocketActivation(t *testing.T) {
	for _, tt := range []struct {
		name, pid string
		args      []string
	}{
		{"master", "$$", []string{"-Ws"}},
		{"another process's variables", "1", []string{"-W"}},
		{"no master", "$$", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			f, err := ln.(*net.TCPListener).File()
			if err != nil {
				t.Fatal(err)
			}
			addr := ln.Addr().String()
			ln.Close()
			dir := harness.TempDir(t)
			config := func(n int) string {
				return fmt.Sprintf("defaults\n    mode http\n    timeout client 5s\nfrontend web\n    bind fd@3\n    http-request return status 200 hdr x-step %d\n", n)
			}
			path, sock := filepath.Join(dir, "sluice.cfg"), filepath.Join(dir, "master.sock")
			if err := os.WriteFile(path, []byte(config(1)), 0o644); err != nil {
				t.Fatal(err)
			}
			args := append([]string{"-c", "export LISTEN_PID=" + tt.pid + `; exec "$@"`, "sh", harness.Binary(t)}, tt.args...)
			if tt.args != nil {
				args = append(args, "-S", sock)
			}
			p := harness.Start(t, harness.Options{Program: "/bin/sh", NoArgs: true, NoWait: true, Dir: dir,
				Env: []string{"LISTEN_FDS=1", "LISTEN_FDNAMES=web.socket"}, Files: []*os.File{f}, Args: append(args, "-f", path)})
			f.Close()
			answers := func(step int) {
				t.Helper()
				eventually(t, 10*time.Second, "an answer of the step", func() error {
					a, err := harness.Get(t, addr, "/")
					if err != nil || a.Header.Get("x-step") != fmt.Sprint(step) {
						return fmt.Errorf("%v %v", a, err)
					}
					return nil
				})
			}
			answers(1)
			if tt.args == nil {
				return
			}
			for step := 2; step < 4; step++ {
				if err := os.WriteFile(path, []byte(config(step)), 0o644); err != nil {
					t.Fatal(err)
				}
				if r := p.Reload(); !r.Success {
					t.Fatal(r.Text)
				}
				answers(step)
			}
			worker := p.Worker()
			p.Kill(worker, syscall.SIGKILL)
			p.AwaitGone(worker, 5*time.Second)
			answers(3)
			env, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", p.Worker()))
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains("\x00"+string(env), "\x00LISTEN_") {
				t.Errorf("the worker has the variables: %q", env)
			}
		})
	}
}
