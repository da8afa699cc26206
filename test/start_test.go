package test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// TERM ends everything at once with status 0, INT with 130.
func TestStop(t *testing.T) {
	for _, c := range []struct {
		signal syscall.Signal
		rc     int
	}{{syscall.SIGTERM, 0}, {syscall.SIGINT, 130}} {
		t.Run(c.signal.String(), func(t *testing.T) {
			s := newService(t)
			p := s.Start(t, "", "")
			harness.MustGet(t, s.HTTP, "/echo")
			p.Signal(c.signal)
			if rc := p.AwaitExit(5 * time.Second); rc != c.rc {
				t.Errorf("exit status %d, want %d\n%s", rc, c.rc, p.Output())
			}
			refusedWithin(t, s.HTTP, time.Second)
			if left := p.Processes(); len(left) > 0 {
				t.Errorf("processes left behind: %v", left)
			}
		})
	}
}

// USR1 drains: no new connections, the ones there are go on, then status 0.
func TestDrain(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	worker := p.Worker()
	c := harness.Dial(t, s.HTTP)
	io.WriteString(c, "GET /hold?size=1000 HTTP/1.1\r\nHost: test\r\n\r\n")
	br := bufio.NewReader(c)
	if _, err := br.Peek(1); err != nil {
		t.Fatal(err)
	}
	p.Signal(syscall.SIGUSR1)
	refusedWithin(t, s.HTTP, time.Second)
	refusedWithin(t, s.TCP, time.Second)
	if cpu := harness.CPUDuring(t, worker, 2*time.Second); cpu >= 50*time.Millisecond {
		t.Errorf("the draining worker used %v of CPU in 2 s", cpu)
	}
	if p.Exited() || !harness.Alive(worker) {
		t.Fatalf("ended before its last connection:\n%s", p.Output())
	}
	if a := p.Master("show version"); strings.TrimSpace(a) == "" {
		t.Errorf("the master does not answer while draining")
	}
	s.Origin.Release()
	a, err := harness.ReadAnswer(br, "GET")
	if err != nil || a.Err != nil || len(a.Body) != 1000 {
		t.Errorf("the request that was under way: %+v %v", a, err)
	}
	// Its answer could not announce the end any more: its head had been sent. The next one does.
	io.WriteString(c, "GET /echo HTTP/1.1\r\nHost: test\r\n\r\n")
	if a, err := harness.ReadAnswer(br, "GET"); err != nil || a.Status != 200 || !a.Close {
		t.Errorf("the next request on the connection: %+v %v", a, err)
	}
	if rc := p.AwaitExit(5 * time.Second); rc != 0 {
		t.Errorf("exit status %d, want 0\n%s", rc, p.Output())
	}
}

// A first start that fails names every error and ends with status 1.
func TestFailedFirstStart(t *testing.T) {
	s := newService(t)
	cfg := s.Config("    blahblah 1", "")
	p := harness.Start(t, harness.Options{Config: cfg + "\nbackend other\n    serwer x 127.0.0.1:1\n", NoWait: true})
	if rc := p.AwaitExit(10 * time.Second); rc != 1 {
		t.Errorf("exit status %d, want 1", rc)
	}
	line := func(text string) int { return 1 + strings.Count(cfg[:strings.Index(cfg, text)], "\n") }
	for _, want := range []string{
		fmt.Sprintf(`(?m)^\[ALERT\] +\(\d+\) : config : parsing \[\S*sluice.cfg:%d\] ?: unknown keyword 'blahblah' in 'frontend' section`, line("blahblah")),
		`(?m)^\[ALERT\] +\(\d+\) : config : parsing \[\S*sluice.cfg:\d+\] ?: unknown keyword 'serwer' in 'backend' section; did you mean 'server' maybe \?`,
		`(?m)^\[ALERT\] +\(\d+\) : config : Error\(s\) found in configuration file : \S*sluice.cfg`,
		`(?m)^\[WARNING\] +\(\d+\) : Failed to load worker \(\d+\) exited with code 1 \(Exit\)`,
	} {
		if !regexp.MustCompile(want).MatchString(p.Output()) {
			t.Errorf("nothing matches %s", want)
		}
	}
	if left := p.Processes(); len(left) > 0 {
		t.Errorf("processes left behind: %v", left)
	}
}

// Mistakes on the command line and files that cannot be used.
func TestUsage(t *testing.T) {
	good := filepath.Join(harness.TempDir(t), "good.cfg")
	os.WriteFile(good, []byte(defaults+"frontend f\n    bind "+harness.Addr(t)+"\n"), 0o644)
	bad := filepath.Join(harness.TempDir(t), "bad.cfg")
	os.WriteFile(bad, []byte("frontend f\n    nonsense\n"), 0o644)
	for _, c := range []struct {
		name, args, want string
		rc               int
	}{
		{"missing file", "-f /nonexistent/x.cfg", `Cannot open configuration file/directory /nonexistent/x\.cfg : No such file or directory`, 1},
		{"missing file under a master", "-W -f /nonexistent/x.cfg", `Cannot open configuration file/directory /nonexistent/x\.cfg : No such file or directory`, 1},
		{"master socket without master", "-S /tmp/none.sock -f " + good, `a master CLI socket was defined, but master-worker mode \(-W\) is not enabled\.`, 1},
		{"check", "-c -f " + good, ``, 0},
		{"check, verbose", "-c -V -f " + good, `Configuration file is valid`, 0},
		{"check of a bad file", "-c -f " + bad, `parsing \[\S*bad\.cfg:2\] ?: unknown keyword 'nonsense' in 'frontend' section`, 1},
		{"version", "-v", `version`, 0},
		{"details", "-vv", `version`, 0},
		{"condition", "-cc 1", ``, 0},
		{"false condition", "-cc 0", ``, 1},
		{"no such option", "-Z", `(?i)usage`, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := harness.Start(t, harness.Options{NoArgs: true, NoWait: true, Args: strings.Fields(c.args)})
			if rc := p.AwaitExit(10 * time.Second); rc != c.rc {
				t.Errorf("exit status %d, want %d:\n%s", rc, c.rc, p.Output())
			}
			if !regexp.MustCompile(c.want).MatchString(p.Output()) {
				t.Errorf("nothing matches %s", c.want)
			}
		})
	}
}

// A port that somebody else has is an error of the start, with its name.
func TestPortTaken(t *testing.T) {
	s := newService(t)
	p := harness.Start(t, harness.Options{Config: s.Config("    bind "+s.Origin.Addr(), ""), NoWait: true})
	if rc := p.AwaitExit(20 * time.Second); rc != 1 {
		t.Errorf("exit status %d, want 1", rc)
	}
	want := regexp.MustCompile(`(?i)cannot bind socket \(Address already in use\) for \[` + regexp.QuoteMeta(s.Origin.Addr()))
	if !want.MatchString(p.Output()) {
		t.Errorf("nothing matches %v", want)
	}
	refusedWithin(t, s.HTTP, time.Second)
}

// Without -W there is one process, which serves.
func TestStandalone(t *testing.T) {
	s := newService(t)
	p := harness.Start(t, harness.Options{Config: s.Config("", ""), Standalone: true, Await: []string{s.HTTP}})
	harness.MustGet(t, s.HTTP, "/echo?size=100000")
	if n := p.Processes(); len(n) != 1 {
		t.Errorf("processes %v, want one", n)
	}
	p.Signal(syscall.SIGUSR1)
	if rc := p.AwaitExit(5 * time.Second); rc != 0 {
		t.Errorf("exit status after USR1: %d, want 0", rc)
	}
}

// With -D the command returns when the service is there, and its pidfile is
// that of the master.
func TestDaemon(t *testing.T) {
	s := newService(t)
	dir := harness.TempDir(t)
	pidfile := filepath.Join(dir, "pid")
	p := harness.Start(t, harness.Options{Config: s.Config("", ""), Dir: dir, NoWait: true, Args: []string{"-D", "-p", pidfile}})
	rc := p.AwaitExit(20 * time.Second)
	b, err := os.ReadFile(pidfile)
	pid, _ := strconv.Atoi(strings.TrimSpace(string(b)))
	if rc != 0 || err != nil || pid < 2 {
		t.Fatalf("exit status %d, pidfile %q %v", rc, b, err)
	}
	stop := func() { // The daemon has a session of its own, so the harness does not find it.
		syscall.Kill(pid, syscall.SIGTERM)
		eventually(t, 5*time.Second, "end of the daemon", func() error {
			if harness.Alive(pid) {
				return fmt.Errorf("process %d lives", pid)
			}
			return nil
		})
	}
	defer stop()
	harness.MustGet(t, s.HTTP, "/echo")
	if st, err := harness.ReadStat(pid); err != nil || st.Group == p.Pid {
		t.Errorf("the daemon is still in the group that started it: %+v %v", st, err)
	}
	stop()
	refusedWithin(t, s.HTTP, time.Second)
}

// With -D a start that fails is the command's failure.
func TestDaemonFails(t *testing.T) {
	p := harness.Start(t, harness.Options{Config: "frontend f\n    nonsense\n", NoWait: true, Args: []string{"-D"}})
	if rc := p.AwaitExit(10 * time.Second); rc != 1 {
		t.Errorf("exit status %d, want 1", rc)
	}
	if !strings.Contains(p.Output(), "unknown keyword 'nonsense' in 'frontend' section") {
		t.Error("the error is not in the output")
	}
}

// Nobody who has nothing to do uses the CPU.
func TestIdle(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	harness.MustGet(t, s.HTTP, "/echo")
	worker := p.Worker()
	before, _ := harness.ReadStat(p.Pid)
	if cpu := harness.CPUDuring(t, worker, 2*time.Second); cpu >= 50*time.Millisecond {
		t.Errorf("the idle worker used %v of CPU in 2 s", cpu)
	}
	if after, _ := harness.ReadStat(p.Pid); after.CPU-before.CPU >= 50*time.Millisecond {
		t.Errorf("the idle master used %v of CPU in 2 s", after.CPU-before.CPU)
	}
}
