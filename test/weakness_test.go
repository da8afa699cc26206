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

// The tests of this file are situations in which the reference's master-worker
// model loses the service or a request (its weaknesses W-nn); each comment
// says what the reference does.

// copied starts the service from a copy of the program, which the test may
// then take away.
func copied(t *testing.T, s *service) (p *harness.Program, binary string) {
	t.Helper()
	b, err := os.ReadFile(harness.Binary(t))
	if err != nil {
		t.Fatal(err)
	}
	binary = filepath.Join(harness.TempDir(t), "program")
	if err := os.WriteFile(binary, b, 0o755); err != nil {
		t.Fatal(err)
	}
	return harness.Start(t, harness.Options{Program: binary, Config: s.Config("", ""), Await: []string{s.HTTP, s.TCP}}), binary
}

// The executable is away at a reload, as during the upgrade of a package.
// W-02: the reference's master dies of it.
func TestReloadWithoutExecutable(t *testing.T) {
	s := newService(t)
	p, binary := copied(t, s)
	worker := p.Worker()
	tr := s.Load(t, 1)
	if err := os.Rename(binary, binary+".away"); err != nil {
		t.Fatal(err)
	}
	a, err := p.TryMaster("reload")
	t.Logf("reload without executable: %.300q %v", a, err)
	if p.Exited() {
		t.Fatalf("the master ended with %d", p.AwaitExit(0))
	}
	switch { // The running image still exists, so a success is as good as a refusal.
	case strings.HasPrefix(a, "Success=0\n"):
		if !harness.Alive(worker) {
			t.Error("a failed reload ended the worker")
		}
	case !strings.HasPrefix(a, "Success=1\n"):
		t.Errorf("reply %q", a)
	}
	if err := os.Rename(binary+".away", binary); err != nil {
		t.Fatal(err)
	}
	p.MustReload()
	tr.Stop(t)
}

// A new configuration wants a port that somebody else has. W-03: the
// reference pauses its listeners and refuses connections for two seconds.
func TestReloadPortConflict(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	worker := p.Worker()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	tr := s.Load(t, 2)
	p.WriteConfig(s.Config("    bind "+l.Addr().String(), ""))
	r := p.Reload()
	port := l.Addr().(*net.TCPAddr).Port
	held := fmt.Sprintf("The address [127.0.0.1:%d] is held by process %d (", port, os.Getpid())
	if r.Success || !strings.Contains(r.Text, "(Address already in use) for ["+l.Addr().String()+"].") || !strings.Contains(r.Text, held) {
		t.Errorf("the reply: %s", r.Text)
	}
	if p.Worker() != worker {
		t.Error("another worker")
	}
	tr.Stop(t)
}

// The pidfile cannot be written at a reload. W-04: fatal for the reference's
// master when the new worker was already READY.
func TestReloadPidfileUnwritable(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	tr := s.Load(t, 1)
	p.WriteConfig("global\n    pidfile /nonexistent/directory/pid\n" + s.Config("", ""))
	a, err := p.TryMaster("reload")
	t.Logf("reload: %.300q %v", a, err)
	time.Sleep(100 * time.Millisecond) // the reference ends a little after its reply
	if p.Exited() {
		t.Fatalf("the master ended with %d", p.AwaitExit(0))
	}
	p.WriteConfig(s.Config("", ""))
	p.MustReload()
	tr.Stop(t)
}

// A reload to a file without a single listener. W-18: for the reference it is
// a success, after which nothing is served.
func TestReloadToNothing(t *testing.T) {
	for name, text := range map[string]string{"empty": "", "comments": "# all gone\n", "no bind": defaults + "backend be\n"} {
		t.Run(name, func(t *testing.T) {
			s := newService(t)
			p := s.Start(t, "", "")
			p.WriteConfig(text)
			if r := p.Reload(); r.Success {
				t.Errorf("a configuration without listeners was loaded:\n%s", r.Text)
			}
			harness.MustGet(t, s.HTTP, "/echo")
		})
	}
}

// A burst of signals under load. W-05: the reference resets connections and
// stalls for a second when reloads follow each other too closely.
func TestBurstOfReloads(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	first := p.Worker()
	tr := s.Load(t, 2)
	for range soak(100, 500) {
		p.Signal(syscall.SIGUSR2)
		time.Sleep(10 * time.Millisecond)
	}
	awaitWorkerAfter(t, p, first)
	eventually(t, 20*time.Second, "quiet", func() error {
		if n := p.Processes(); len(n) != 2 {
			// Old workers keep the TCP sessions of the load for a moment.
			return fmt.Errorf("processes %v", n)
		}
		return nil
	})
	for _, r := range tr {
		rep := r.Stop()
		counted(t, rep)
		if rep.Lost() > 0 {
			t.Errorf("%v", rep)
		}
		if rep.Slowest > time.Second && rep.Kind != 2 {
			t.Errorf("stalls: %v", rep)
		}
	}
}

// freeze stops a process and waits until none of its threads runs.
func freeze(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	eventually(t, 5*time.Second, "standstill", func() error {
		if !harness.StandsStill(pid) {
			return fmt.Errorf("a thread of %d runs", pid)
		}
		return nil
	})
}

// The old worker is frozen at a reload. W-13: its sockets stay beside the new
// ones and half of the connections hang. Here it costs none, and is killed.
func TestFrozenOldWorker(t *testing.T) {
	s := newService(t)
	const global = "global\n    mworker-hang-timeout 2s\n"
	p := harness.Start(t, harness.Options{Config: global + s.Config("", ""), Await: []string{s.HTTP, s.TCP}})
	old := p.Worker()
	freeze(t, old)
	defer syscall.Kill(old, syscall.SIGCONT)
	a, err := harness.CLIWithin(p.MasterSocket(), "reload", 20*time.Second)
	if !strings.HasPrefix(a, "Success=1\n") {
		t.Fatalf("reload beside a frozen worker: %q %v", a, err)
	}
	if !strings.Contains(a, fmt.Sprintf("Former worker (%d) has not let go of its listeners in 500ms: it is killed if it does not answer for 2s.\n", old)) {
		t.Errorf("reply %s", a)
	}
	bad := 0
	for range 40 {
		c := harness.Dial(t, s.HTTP)
		c.SetDeadline(time.Now().Add(300 * time.Millisecond))
		fmt.Fprintf(c, "GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		if n, _ := c.Read(make([]byte, 12)); n != 12 {
			bad++
		}
		c.Close()
	}
	if bad > 0 {
		t.Errorf("%d of 40 connections hung after a successful reload", bad)
	}
	p.AwaitGone(old, 10*time.Second)
	p.AwaitOutput(fmt.Sprintf(`Worker \(%d\) hangs: it has not answered for 2s`, old), time.Second)
	p.AwaitOutput(fmt.Sprintf(`Former worker \(%d\) exited with code 137 \(Killed\)`, old), time.Second)
}

// The serving worker is frozen: it is killed and replaced, and connections that
// waited are served by its successor.
func TestFrozenWorker(t *testing.T) {
	s := newService(t)
	const global = "global\n    mworker-hang-timeout 1s\n"
	p := harness.Start(t, harness.Options{Config: global + s.Config("", ""), Await: []string{s.HTTP, s.TCP}})
	old := p.Worker()
	freeze(t, old)
	harness.MustGet(t, s.HTTP, "/echo") // waits for the successor
	if p.Worker() == old {
		t.Error("the same worker")
	}
	p.AwaitOutput(fmt.Sprintf(`Worker \(%d\) hangs: it has not answered for 1s`, old), time.Second)
	p.AwaitOutput(`Current worker \(`+fmt.Sprint(old)+`\) exited with code 137 \(Killed\)`, time.Second)
	if a := p.Master("show crashes"); !strings.HasPrefix(a, "# crashes: 1\n") || !strings.Contains(a, fmt.Sprintf(" worker %d generation 1 ", old)) {
		t.Errorf("show crashes: %s", a)
	}
}

// A worker that is aborted, or crashes, leaves a trace that the master keeps.
func TestCrashTrace(t *testing.T) {
	s := newService(t)
	p := harness.Start(t, harness.Options{Config: s.Config("", ""), Await: []string{s.HTTP, s.TCP}, Traces: true})
	old := p.Worker()
	p.Kill(old, syscall.SIGABRT)
	p.AwaitGone(old, 5*time.Second)
	p.AwaitOutput(fmt.Sprintf(`Current worker \(%d\) exited with code 134 \(Aborted\)`, old), 5*time.Second)
	p.AwaitOutput(fmt.Sprintf(`Worker \(%d\) crashed: SIGABRT: stacks of all goroutines \('show crashes %d'`, old, old), time.Second)
	a := p.Master(fmt.Sprintf("show crashes %d", old))
	if !strings.Contains(a, "\n| SIGABRT: stacks of all goroutines\n| \n| goroutine ") || !strings.Contains(a, "internal/loop.(*Loop).Run(") {
		t.Errorf("show crashes: %s", a)
	}
	if a := p.Master("show crashes 1"); !strings.HasPrefix(a, "No crash of that worker is known.") {
		t.Errorf("reply %q", a)
	}
	harness.MustGet(t, s.HTTP, "/echo")
}

// Three failed reloads and a good one while a session is open. W-06: the
// reference counts failed reloads against mworker-max-reloads and cuts it.
func TestFailedReloadsDoNotAge(t *testing.T) {
	s := newService(t)
	const global = "global\n    mworker-max-reloads 1\n"
	p := harness.Start(t, harness.Options{Config: global + s.Config("", ""), Await: []string{s.HTTP, s.TCP}})
	c := harness.Dial(t, s.TCP)
	echoes(t, c, "before")
	for range 3 {
		p.WriteConfig(global + s.Config("", "nonsense\n"))
		if p.Reload().Success {
			t.Fatal("nonsense was loaded")
		}
	}
	p.WriteConfig(global + s.Config("", ""))
	p.MustReload()
	echoes(t, c, "after")
}

// A hidden command of the reference lets anybody end the command line (W-10).
func TestNoHiddenReadyCommand(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	a := p.Master(fmt.Sprintf("_send_status READY %d", p.Worker()))
	if !strings.HasPrefix(a, "Unknown command") {
		t.Errorf("reply %q", a)
	}
	if err := harness.Connects(p.MasterSocket()); err != nil {
		t.Errorf("the command line afterwards: %v", err)
	}
}

// A relative -C and a relative -f still work at a reload. W-15.
func TestReloadRelativeDirectory(t *testing.T) {
	s := newService(t)
	dir := harness.TempDir(t)
	os.Mkdir(filepath.Join(dir, "conf"), 0o755)
	os.WriteFile(filepath.Join(dir, "conf", "web.cfg"), []byte(s.Config("", "")), 0o644)
	p := harness.Start(t, harness.Options{Dir: dir, NoArgs: true, NoWait: true,
		Args: []string{"-W", "-S", filepath.Join(dir, "master.sock"), "-C", "conf", "-f", "web.cfg"}})
	eventually(t, 10*time.Second, "service", func() error { return harness.Connects(s.HTTP) })
	old := p.Worker()
	for range 2 {
		if a, err := p.TryMaster("reload"); !strings.HasPrefix(a, "Success=1\n") {
			t.Fatalf("reload: %q %v (master ended: %v)", a, err, p.Exited())
		}
	}
	if p.Worker() == old {
		t.Error("the worker is still the old one")
	}
	harness.MustGet(t, s.HTTP, "/echo")
}
