package test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// stuck is a configuration whose load waits for a FIFO that nobody writes to, in
// the line that it also returns.
func (s *service) stuck(t *testing.T, global string) (config, fifo, line string) {
	t.Helper()
	fifo = filepath.Join(harness.TempDir(t), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	rule := "    http-request deny if { path -f " + fifo + " }"
	config = "global\n" + global + s.Config(rule, "")
	return config, fifo, fmt.Sprint(1 + strings.Count(config[:strings.Index(config, rule)], "\n"))
}

// loading waits until a process beside the master and the workers there is.
func loading(t *testing.T, p *harness.Program, others ...int) (pid int) {
	t.Helper()
	known := map[int]bool{p.Pid: true}
	for _, o := range others {
		known[o] = true
	}
	eventually(t, 10*time.Second, "a loading worker", func() error {
		for _, n := range p.Processes() {
			if !known[n] {
				pid = n
				return nil
			}
		}
		return fmt.Errorf("processes %v", p.Processes())
	})
	return pid
}

// A load that hangs is killed at its deadline and says where it was. W-07: the
// reference waits for ever.
func TestLoadDeadline(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	worker := p.Worker()
	tr := s.Load(t, 1)
	config, fifo, line := s.stuck(t, "    mworker-load-timeout 700ms\n")
	p.WriteConfig(config)
	r := p.Reload()
	want := fmt.Sprintf("load timeout after 700ms in phase: parsing: %s:%s: reading %s", p.ConfigPath(), line, fifo)
	if r.Success || !strings.Contains(r.Text, want) {
		t.Errorf("reply %s\nwant %s", r.Text, want)
	}
	if p.Worker() != worker {
		t.Error("another worker")
	}
	if n := p.Processes(); len(n) != 2 {
		t.Errorf("processes %v", n)
	}
	tr.Stop(t)
}

// The first start has a deadline as well: its end is a failed start.
func TestFirstLoadDeadline(t *testing.T) {
	s := newService(t)
	config, _, line := s.stuck(t, "    mworker-load-timeout 700ms\n")
	p := harness.Start(t, harness.Options{Config: config, NoWait: true})
	candidate := loading(t, p)
	if code := p.AwaitExit(10 * time.Second); code != 1 {
		t.Errorf("exit status %d", code)
	}
	p.AwaitGone(candidate, time.Second)
	if !strings.Contains(p.Output(), ":"+line+": reading ") {
		t.Errorf("output:\n%s", p.Output())
	}
}

// "reload cancel" ends a load; who asked for it hears that.
func TestReloadCancel(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	if a := p.Master("reload cancel"); !strings.Contains(a, "No reload is under way.") {
		t.Errorf("reply %q", a)
	}
	worker := p.Worker()
	config, _, _ := s.stuck(t, "    mworker-load-timeout 0\n")
	p.WriteConfig(config)
	answer := make(chan harness.Reply, 1)
	go func() { answer <- p.Reload() }()
	candidate := loading(t, p, worker)
	if a := p.Master("reload cancel"); !strings.Contains(a, "The load of generation 2 is cancelled.") {
		t.Errorf("reply %q", a)
	}
	r := <-answer
	if r.Success || !strings.Contains(r.Text, ": cancelled\n") || !strings.Contains(r.Text, "Generation 2 was not loaded. Generation 1 goes on.\n") {
		t.Errorf("reply %s", r.Text)
	}
	p.AwaitGone(candidate, time.Second)
	harness.MustGet(t, s.HTTP, "/echo")
}

// Who means it can drop every listener (W-18).
func TestReloadForce(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	p.WriteConfig("# all gone\n")
	if r := p.Reload(); r.Success || !strings.Contains(r.Text, "'reload force'") {
		t.Errorf("reply %s", r.Text)
	}
	harness.MustGet(t, s.HTTP, "/echo")
	if a := p.Master("reload force"); !strings.HasPrefix(a, "Success=1\n--\n") || !strings.Contains(a, "Generation 3 serves.\n") {
		t.Errorf("reply %q", a)
	}
	refusedWithin(t, s.HTTP, 2*time.Second)
	p.WriteConfig(s.Config("", ""))
	p.MustReload()
	harness.MustGet(t, s.HTTP, "/echo")
}

// TERM, INT and USR1 during a load end everything. W-08: the reference leaves an
// orphan.
func TestStopDuringLoad(t *testing.T) {
	for _, tt := range []struct {
		sig  syscall.Signal
		code int
	}{{syscall.SIGTERM, 0}, {syscall.SIGINT, 130}, {syscall.SIGUSR1, 0}} {
		for _, first := range []bool{true, false} {
			t.Run(fmt.Sprintf("%v first=%t", tt.sig, first), func(t *testing.T) {
				s := newService(t)
				config, _, _ := s.stuck(t, "    mworker-load-timeout 0\n")
				var p *harness.Program
				var all []int
				if first {
					p = harness.Start(t, harness.Options{Config: config, NoWait: true})
				} else {
					p = s.Start(t, "", "")
					all = append(all, p.Worker())
					p.WriteConfig(config)
					p.Signal(syscall.SIGUSR2)
				}
				all = append(all, loading(t, p, all...))
				p.Signal(tt.sig)
				if code := p.AwaitExit(5 * time.Second); code != tt.code {
					t.Errorf("exit status %d, want %d", code, tt.code)
				}
				for _, pid := range all {
					p.AwaitGone(pid, time.Second)
				}
			})
		}
	}
}

// The service manager hears how a long load goes on, and gives it time.
func TestSystemdProgress(t *testing.T) {
	s := newService(t)
	m, path := newManager(t)
	config, fifo, line := s.stuck(t, "")
	p := harness.Start(t, harness.Options{Config: config, Args: []string{"-Ws"}, NoWait: true, Env: []string{"NOTIFY_SOCKET=" + path}})
	for n := 2; n < 4; n++ {
		m.expect("EXTEND_TIMEOUT_USEC=30000000\n")
		m.expect(fmt.Sprintf(`STATUS=Loading for %d s: parsing: %s:%s: reading %s\.`+"\n", n, regexp.QuoteMeta(p.ConfigPath()), line, regexp.QuoteMeta(fifo)))
	}
	if err := os.WriteFile(fifo, []byte("/denied\n"), 0); err != nil {
		t.Fatal(err)
	}
	m.expect(fmt.Sprintf("READY=1\nMAINPID=%d\nSTATUS=Ready\\.\n", p.Pid))
	harness.MustGet(t, s.HTTP, "/echo")
	m.silent()
}
