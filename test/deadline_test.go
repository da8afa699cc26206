package test

import (
	"fmt"
	"os"
	"os/exec"
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
	for range 2 {
		m.expect("EXTEND_TIMEOUT_USEC=30000000\n")
		m.expect(fmt.Sprintf(`STATUS=Loading for [1-9] s: parsing: %s:%s: reading %s\.`+"\n", regexp.QuoteMeta(p.ConfigPath()), line, regexp.QuoteMeta(fifo)))
	}
	if err := os.WriteFile(fifo, []byte("/denied\n"), 0); err != nil {
		t.Fatal(err)
	}
	m.expect(fmt.Sprintf("READY=1\nMAINPID=%d\nSTATUS=Ready\\.\n", p.Pid))
	harness.MustGet(t, s.HTTP, "/echo")
	m.silent()
}

// The same as the first process of a PID namespace, as in a container: there a
// signal without a handler is lost. W-08: the reference does not stop.
func TestStopDuringLoadAsInit(t *testing.T) {
	inNamespace := []string{"--pid", "--fork", "--mount-proc", "--kill-child"}
	if out, err := exec.Command("unshare", append(inNamespace, "true")...).CombinedOutput(); err != nil {
		t.Skipf("no PID namespaces here: %v %s", err, out)
	}
	for sig, code := range map[syscall.Signal]int{syscall.SIGTERM: 0, syscall.SIGINT: 130, syscall.SIGUSR1: 0} {
		t.Run(sig.String(), func(t *testing.T) {
			s := newService(t)
			dir := harness.TempDir(t)
			config, _, _ := s.stuck(t, "    mworker-load-timeout 0\n")
			path := filepath.Join(dir, "stuck.cfg")
			if err := os.WriteFile(path, []byte(config), 0o644); err != nil {
				t.Fatal(err)
			}
			p := harness.Start(t, harness.Options{Program: "/usr/bin/unshare", Dir: dir, NoArgs: true, NoWait: true,
				Args: append(inNamespace, harness.Binary(t), "-W", "-f", path)})
			master := loading(t, p)
			worker := loading(t, p, master)
			if parent(t, worker) != master {
				master, worker = worker, master
			}
			eventually(t, 10*time.Second, "signal handlers", func() error {
				b, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", worker))
				if err != nil || !strings.Contains(string(b), path) {
					return fmt.Errorf("worker %q %v", b, err)
				}
				return nil
			})
			if err := syscall.Kill(master, sig); err != nil {
				t.Fatal(err)
			}
			if got := p.AwaitExit(5 * time.Second); got != code {
				t.Errorf("exit status %d, want %d", got, code)
			}
			p.AwaitGone(master, time.Second)
			p.AwaitGone(worker, time.Second)
		})
	}
}

// parent is the PID of a process's parent.
func parent(t *testing.T, pid int) int {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	var state string
	var ppid int
	fmt.Sscan(rest, &state, &ppid)
	return ppid
}

// Each of many requests during a load gets the result of the one load that
// contains its change, by its number.
func TestCoalescedReloads(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	worker := p.Worker()
	config, fifo, _ := s.stuck(t, "")
	p.WriteConfig(config)
	answers := make(chan harness.Reply, 6)
	go func() { answers <- p.Reload() }()
	loading(t, p, worker)
	p.WriteConfig(s.Config("", "nonsense\n"))
	for range 5 {
		go func() { answers <- p.Reload() }()
	}
	time.Sleep(200 * time.Millisecond) // that they have asked cannot be seen from outside
	if err := os.WriteFile(fifo, []byte("/denied\n"), 0); err != nil {
		t.Fatal(err)
	}
	// The one that succeeds is looked at for what it has changed, and so comes late.
	succeeded := 0
	for range 6 {
		switch r := <-answers; {
		case r.Success:
			if succeeded++; !strings.Contains(r.Text, ": Generation 2 serves.\nWhat differs from generation 1:\n1 rule added: http-request (frontend web)\n") {
				t.Errorf("the first: %s", r.Text)
			}
		case !strings.HasSuffix(strings.TrimSpace(r.Text), ": Generation 3 was not loaded. Generation 2 goes on.") || !strings.Contains(r.Text, "nonsense"):
			t.Errorf("another: %s", r.Text)
		}
	}
	if succeeded != 1 {
		t.Errorf("%d succeeded", succeeded)
	}
}

// Of a flood of messages the first and the last are kept, and the gap is told.
// W-22: the reference drops the first, which explain the others.
func TestFloodedStartupLog(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	var flood strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&flood, ".warning \"flood %d %s\"\n", i, strings.Repeat("x", 50))
	}
	p.WriteConfig(s.Config("", flood.String()))
	r := p.MustReload()
	logs := p.Master("show startup-logs")
	for what, text := range map[string]string{"reply": r.Text, "show startup-logs": logs} {
		if n := len(text); n > 70<<10 {
			t.Errorf("%s: %d bytes", what, n)
		}
		for _, want := range []string{"flood 0 x", "flood 1999 x", " messages left out ..."} {
			if strings.Count(text, want) != 1 {
				t.Errorf("%s: %d times %q", what, strings.Count(text, want), want)
			}
		}
	}
}

// A configuration file that does not come is named, too.
func TestFileDeadline(t *testing.T) {
	s := newService(t)
	p := harness.Start(t, harness.Options{Config: "global\n    mworker-load-timeout 700ms\n" + s.Config("", ""), Await: []string{s.HTTP, s.TCP}})
	if err := os.Remove(p.ConfigPath()); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(p.ConfigPath(), 0o600); err != nil {
		t.Fatal(err)
	}
	silent, err := os.OpenFile(p.ConfigPath(), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	if r := p.Reload(); r.Success || !strings.Contains(r.Text, "load timeout after 700ms in phase: reading files: "+p.ConfigPath()) {
		t.Errorf("reply %s", r.Text)
	}
	harness.MustGet(t, s.HTTP, "/echo")
}
