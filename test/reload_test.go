package test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// Reload after reload under load, by command and by signal, and nothing is
// lost: HTTP and TCP, keep-alive and one connection per request. (The
// reference passes when REFERENCE_IDLE_CLOSE=1 adds `option
// idle-close-on-response`; the time between reloads keeps it from its W-05.)
func TestReloadUnderLoad(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	tr := s.Load(t, soak(4, 8))
	reloads, every := soak(12, 50), soak(time.Second, 1200*time.Millisecond)
	for i := range reloads {
		next := time.Now().Add(every)
		old := p.Worker()
		// A changed file, so that nothing can be short-cut.
		p.WriteConfig(s.Config(fmt.Sprintf("    http-response set-header x-reload %d", i), ""))
		if i%3 == 2 {
			p.Signal([]syscall.Signal{syscall.SIGUSR2, syscall.SIGHUP}[i%2])
			awaitWorkerAfter(t, p, old)
		} else {
			p.MustReload()
		}
		if now := p.Worker(); now == old {
			t.Fatalf("reload %d: worker %d is still the current one", i, old)
		}
		time.Sleep(time.Until(next))
	}
	a := harness.MustGet(t, s.HTTP, "/echo")
	if v := a.Header.Get("x-reload"); v != fmt.Sprint(reloads-1) {
		t.Errorf("the last configuration is not the one that serves: x-reload %q", v)
	}
	tr.Stop(t)
	eventually(t, 10*time.Second, "end of the old workers", func() error {
		if left := p.OldWorkers(); len(left) > 0 {
			return fmt.Errorf("old workers %v", left)
		}
		return nil
	})
}

// awaitWorkerAfter waits until show proc has a current worker other than old,
// which is no longer loading. The master of the reference is away for a
// moment in each reload (W-14), hence the tolerance.
func awaitWorkerAfter(t *testing.T, p *harness.Program, old int) {
	t.Helper()
	row := regexp.MustCompile(`(?m)^# workers\n(\d+) `)
	eventually(t, 20*time.Second, "new worker", func() error {
		a, err := p.TryMaster("show proc")
		if err != nil {
			return err
		}
		m := row.FindStringSubmatch(a)
		if m == nil || m[1] == fmt.Sprint(old) {
			return fmt.Errorf("show proc:\n%s", a)
		}
		if v, err := harness.CLIWithin(p.MasterSocket(), "@!"+m[1]+" show version", time.Second); err != nil || strings.Contains(v, "Can't") {
			return fmt.Errorf("@!%s show version: %q %v", m[1], v, err)
		}
		return nil
	})
}

// A reload that fails says why, with file and line, and touches nothing; the
// next good one clears it.
func TestBrokenReload(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	tr := s.Load(t, 2)
	worker := p.Worker()
	broken := s.Config("", "backend b2\n    blahblah\n")
	p.WriteConfig(broken)
	line := 1 + strings.Count(broken[:strings.Index(broken, "blahblah")], "\n")
	for range 3 {
		r := p.Reload()
		if r.Success {
			t.Fatalf("a broken file was loaded:\n%s", r.Text)
		}
		if !strings.HasPrefix(r.Text, "Success=0\n--\n") || !strings.HasSuffix(r.Text, "\n\n") {
			t.Errorf("framing of the reply: %q", r.Text)
		}
		for _, want := range []string{
			fmt.Sprintf(`(?m)^\[ALERT\] +\(\d+\) : config : parsing \[\S*sluice.cfg:%d\] ?: unknown keyword 'blahblah' in 'backend' section`, line),
			`(?m)^\[WARNING\] +\(\d+\) : Failed to load worker \(\d+\) exited with code 1 \(Exit\)$`,
		} {
			if !regexp.MustCompile(want).MatchString(r.Text) {
				t.Errorf("nothing in the reply matches %s:\n%s", want, r.Text)
			}
		}
		if !harness.Alive(worker) {
			t.Fatal("the worker that served is gone")
		}
		tr.Progress(t, 5*time.Second)
	}
	if n := len(p.Processes()); n != 2 {
		t.Errorf("%d processes after failed reloads, want master and worker", n)
	}
	p.WriteConfig(s.Config("    http-response set-header x-reload good", ""))
	r := p.Reload()
	if !r.Success || !strings.HasPrefix(r.Text, "Success=1\n") || !strings.Contains(r.Text, ": Loading success.\n") {
		t.Errorf("the good reload: %q", r.Text)
	}
	if p.Worker() == worker {
		t.Error("the worker is still the old one")
	}
	if a := harness.MustGet(t, s.HTTP, "/echo"); a.Header.Get("x-reload") != "good" {
		t.Error("the good configuration does not serve")
	}
	tr.Stop(t)
}

// Better than the reference (W-06c): after a failed reload the worker that
// serves is still listed as the current one.
func TestShowProcAfterBrokenReload(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	worker := p.Worker()
	p.WriteConfig("nonsense\n")
	if p.Reload().Success {
		t.Fatal("nonsense was loaded")
	}
	if now := p.Worker(); now != worker {
		t.Errorf("current worker %d, want %d", now, worker)
	}
	if old := p.OldWorkers(); len(old) > 0 {
		t.Errorf("old workers %v, want none", old)
	}
}

// fifo makes a FIFO and returns a function that lets its reader go on.
func fifo(t *testing.T) (path string, release func()) {
	t.Helper()
	path = filepath.Join(harness.TempDir(t), "acl")
	if err := syscall.Mkfifo(path, 0o644); err != nil {
		t.Fatal(err)
	}
	return path, func() {
		t.Helper()
		eventually(t, 20*time.Second, "reader of the FIFO", func() error {
			f, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
			if err == nil {
				f.WriteString("/never\n")
				f.Close()
			}
			return err
		})
	}
}

// A reload held up in parsing: the master answers, traffic flows, a second
// reload is refused, and the reload succeeds when parsing goes on.
func TestReloadHeldInParsing(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	tr := s.Load(t, 2)
	worker := p.Worker()
	path, release := fifo(t)
	p.WriteConfig(s.Config("    acl held path -f "+path+"\n    http-request deny if held", ""))
	reply := make(chan harness.Reply, 1)
	go func() {
		a, err := p.TryMaster("reload")
		reply <- harness.Reply{Success: strings.HasPrefix(a, "Success=1\n"), Text: fmt.Sprint(a, err)}
	}()
	eventually(t, 5*time.Second, "candidate in show proc", func() error {
		if n := len(p.Processes()); n != 3 {
			return fmt.Errorf("%d processes", n)
		}
		return nil
	})
	for end := time.Now().Add(soak(3*time.Second, 10*time.Second)); time.Now().Before(end); {
		begin := time.Now()
		a := p.Master("show proc")
		if took := time.Since(begin); took > time.Second {
			t.Errorf("show proc took %v", took)
		}
		if !strings.Contains(a, fmt.Sprintf("\n%d ", worker)) {
			t.Errorf("the serving worker is not in show proc:\n%s", a)
		}
		if v := p.Master(fmt.Sprintf("@!%d show version", worker)); strings.Contains(v, "Can't") {
			t.Errorf("the serving worker cannot be asked: %s", v)
		}
		tr.Progress(t, 3*time.Second)
	}
	select {
	case r := <-reply:
		t.Fatalf("the reload did not wait for its file: %s", r.Text)
	default:
	}
	// Better than the reference, which refuses it: a second reload waits for the
	// first, reads the files again, and its caller gets its own result.
	second := make(chan string, 1)
	go func() {
		a, err := harness.CLIWithin(p.MasterSocket(), "reload", 30*time.Second)
		second <- fmt.Sprint(a, err)
	}()
	release()
	select {
	case r := <-reply:
		if !r.Success {
			t.Errorf("the reload: %s", r.Text)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("no reply after parsing went on")
	}
	next := p.Worker()
	if next == worker {
		t.Error("the worker is still the old one")
	}
	release()
	select {
	case a := <-second:
		if !strings.HasPrefix(a, "Success=1\n") {
			t.Errorf("the second reload: %s", a)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("no reply to the second reload")
	}
	if now := p.Worker(); now == next {
		t.Error("the second reload started no worker")
	}
	tr.Stop(t)
}

// Signals work while a reload is held up. TERM: better than the reference
// (W-08), where the master dies of it with 143 and orphans the loader.
func TestSignalsWhileLoading(t *testing.T) {
	for _, c := range []struct {
		signal syscall.Signal
		rc     int
	}{{syscall.SIGTERM, 0}, {syscall.SIGINT, 130}} {
		t.Run(c.signal.String(), func(t *testing.T) {
			s := newService(t)
			p := s.Start(t, "", "")
			path, _ := fifo(t)
			p.WriteConfig(s.Config("    acl held path -f "+path+"\n    http-request deny if held", ""))
			p.Signal(syscall.SIGUSR2)
			eventually(t, 5*time.Second, "loader", func() error {
				if n := len(p.Processes()); n != 3 {
					return fmt.Errorf("%d processes", n)
				}
				return nil
			})
			p.Signal(c.signal)
			if rc := p.AwaitExit(5 * time.Second); rc != c.rc {
				t.Errorf("exit status %d, want %d", rc, c.rc)
			}
			eventually(t, 2*time.Second, "end of all processes", func() error {
				if left := p.Processes(); len(left) > 0 {
					return fmt.Errorf("left behind: %v", left)
				}
				return nil
			})
		})
	}
}

// SIGUSR2 during a reload is not forgotten and not multiplied.
func TestReloadSignalWhileLoading(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	first := p.Worker()
	path, release := fifo(t)
	p.WriteConfig(s.Config("    acl held path -f "+path+"\n    http-request deny if held", ""))
	p.Signal(syscall.SIGUSR2)
	eventually(t, 5*time.Second, "loader", func() error {
		if n := len(p.Processes()); n != 3 {
			return fmt.Errorf("%d processes", n)
		}
		return nil
	})
	p.WriteConfig(s.Config("    http-response set-header x-reload second", ""))
	for range 10 {
		p.Signal(syscall.SIGUSR2)
	}
	release()
	eventually(t, 10*time.Second, "the second configuration", func() error {
		a, err := harness.Get(t, s.HTTP, "/echo")
		if err != nil {
			return err
		}
		if a.Header.Get("x-reload") != "second" {
			return fmt.Errorf("x-reload %q", a.Header.Get("x-reload"))
		}
		return nil
	})
	awaitWorkerAfter(t, p, first)
	for _, r := range p.Procs() {
		if r.Type == "master" && (r.Reloads < 1 || r.Reloads > 3) {
			t.Errorf("%d reloads for a held one and 10 merged signals", r.Reloads)
		}
	}
}

// A large configuration loads while the master answers and traffic flows.
func TestReloadLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
	s := newService(t)
	p := s.Start(t, "", "")
	tr := s.Load(t, 2)
	worker := p.Worker()
	var b bytes.Buffer
	w := bufio.NewWriter(&b)
	for i := range soak(20000, 100000) {
		fmt.Fprintf(w, "backend many%d\n    server s1 127.0.0.1:%d\n", i, 1+i%60000)
	}
	w.Flush()
	p.WriteConfig(s.Config("", b.String()))
	done := make(chan string, 1)
	begin := time.Now()
	go func() {
		a, err := p.TryMaster("reload")
		done <- fmt.Sprint(a, err)
	}()
	var took []time.Duration
	for loading := true; loading; {
		select {
		case a := <-done:
			if !strings.HasPrefix(a, "Success=1\n") {
				t.Errorf("the reload: %.2000s", a)
			}
			loading = false
		default:
			begin := time.Now()
			// The reference's master is away while it executes itself (W-14).
			if _, err := p.TryMaster("show proc"); err == nil {
				took = append(took, time.Since(begin))
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	if len(took) == 0 {
		t.Error("show proc was not answered once while loading")
	} else if m := slices.Max(took); m > time.Second {
		t.Errorf("show proc took %v while loading", m)
	}
	t.Logf("%d answers to show proc in the %v of the reload", len(took), time.Since(begin).Round(time.Millisecond))
	if p.Worker() == worker {
		t.Error("the worker is still the old one")
	}
	tr.Stop(t)
}
