package test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// anExample builds and starts examples/mworker-http.
func anExample(t *testing.T) (p *harness.Program, addr string, write func(string)) {
	t.Helper()
	dir := harness.TempDir(t)
	program := filepath.Join(dir, "mworker-http")
	build := exec.Command("go", "build", "-o", program, "./examples/mworker-http")
	build.Dir = harness.Root(t)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	file := filepath.Join(dir, "message")
	write = func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("one")
	addr = harness.Addr(t)
	p = harness.Start(t, harness.Options{Program: program, NoArgs: true, Dir: dir, Args: []string{addr, file}, Await: []string{addr}})
	return p, addr, write
}

func message(c *http.Client, addr string) (string, error) {
	a, err := c.Get("http://" + addr + "/")
	if err != nil {
		return "", err
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	return string(b), err
}

// worker is the one process that is not the master.
func theWorker(t *testing.T, p *harness.Program) (pid int) {
	t.Helper()
	eventually(t, 10*time.Second, "a single worker", func() error {
		all := p.Processes()
		if len(all) != 2 {
			return fmt.Errorf("processes %v", all)
		}
		for _, one := range all {
			if one != p.Pid {
				pid = one
			}
		}
		return nil
	})
	return pid
}

// A net/http server of under 40 lines: reloads under load lose nothing.
func TestExampleReload(t *testing.T) {
	p, addr, write := anExample(t)
	var lost, right atomic.Int64
	var clients sync.WaitGroup
	stop := make(chan struct{})
	for i := range 6 {
		tr := &http.Transport{DisableKeepAlives: i%2 == 0}
		c := &http.Client{Transport: tr, Timeout: 10 * time.Second}
		clients.Go(func() {
			defer tr.CloseIdleConnections()
			for {
				select {
				case <-stop:
					return
				default:
				}
				if text, err := message(c, addr); err != nil || !strings.HasPrefix(text, "version ") && text != "one" {
					lost.Add(1)
					t.Logf("client %d: %q %v", i, text, err)
				} else {
					right.Add(1)
				}
			}
		})
	}
	ask := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	for i := range soak(10, 300) {
		want := fmt.Sprint("version ", i)
		write(want)
		p.Signal(syscall.SIGUSR2)
		eventually(t, 10*time.Second, want, func() error {
			if got, err := message(ask, addr); got != want {
				return fmt.Errorf("%q %v", got, err)
			}
			return nil
		})
	}
	// A reload that fails changes nothing.
	if err := os.Remove(filepath.Join(p.Dir, "message")); err != nil {
		t.Fatal(err)
	}
	before := right.Load()
	p.Signal(syscall.SIGUSR2)
	eventually(t, 10*time.Second, "more requests", func() error {
		if n := right.Load() - before; n < 100 {
			return fmt.Errorf("%d", n)
		}
		return nil
	})
	close(stop)
	clients.Wait()
	if lost.Load() > 0 {
		t.Errorf("%d requests lost, %d right", lost.Load(), right.Load())
	}
	t.Logf("%d requests right", right.Load())
	theWorker(t, p)
	p.Signal(syscall.SIGTERM)
	if code := p.AwaitExit(10 * time.Second); code != 0 {
		t.Errorf("exit status %d", code)
	}
}

// Connections that wait when the worker is killed are served by the next one,
// from the file as it was.
func TestExampleKilled(t *testing.T) {
	p, addr, write := anExample(t)
	for range soak(3, 100) {
		pid := theWorker(t, p)
		p.Kill(pid, syscall.SIGSTOP) // so that what comes now waits
		collect := queue(t, "tcp", addr, 30)
		write("not reloaded")
		p.Kill(pid, syscall.SIGKILL)
		collect("HTTP/1.1 200 OK\r\n")
	}
	if got, err := message(http.DefaultClient, addr); got != "one" {
		t.Errorf("%q %v", got, err)
	}
	http.DefaultClient.CloseIdleConnections()
}

// SIGTTOU pauses, SIGTTIN resumes.
func TestExamplePaused(t *testing.T) {
	p, addr, _ := anExample(t)
	for range 3 {
		p.Signal(syscall.SIGTTOU)
		eventually(t, 10*time.Second, "refusal", func() error {
			if harness.Connects(addr) == nil {
				return fmt.Errorf("still open")
			}
			return nil
		})
		p.Signal(syscall.SIGTTIN)
		eventually(t, 10*time.Second, "service", func() error {
			if err := harness.Connects(addr); err != nil {
				return err
			}
			return nil
		})
	}
	if got, err := message(http.DefaultClient, addr); got != "one" {
		t.Errorf("%q %v", got, err)
	}
	http.DefaultClient.CloseIdleConnections()
	p.Signal(syscall.SIGUSR1)
	if code := p.AwaitExit(15 * time.Second); code != 0 {
		t.Errorf("exit status %d", code)
	}
}
