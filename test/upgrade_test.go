package test

import (
	"bufio"
	"fmt"
	"io"
	"net"
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

// replaceProgram puts another program, which differs in nothing that matters, into the
// place of one that runs, as a package manager does.
func replaceProgram(t *testing.T, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	replaceBytes(t, path, append(b, 'x'), 0o755)
}

func replaceBytes(t *testing.T, path string, b []byte, mode os.FileMode) {
	t.Helper()
	tmp := path + ".new"
	if err := os.WriteFile(tmp, b, mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(tmp, mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(tmp, path); err != nil {
		t.Fatal(err)
	}
}

// runs is which file a process runs, as long as that is the one in its place.
func runs(t *testing.T, pid int, path string) bool {
	t.Helper()
	var of, at syscall.Stat_t
	if err := syscall.Stat(fmt.Sprintf("/proc/%d/exe", pid), &of); err != nil {
		return false
	}
	if err := syscall.Stat(path, &at); err != nil {
		t.Fatal(err)
	}
	return of.Dev == at.Dev && of.Ino == at.Ino
}

func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(15 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within 15 s: %s", what)
		}
	}
}

// startCopy starts a copy of the program, for a test that replaces it.
func startCopy(t *testing.T, s *service, o harness.Options) (p *harness.Program, path string) {
	t.Helper()
	path = filepath.Join(harness.TempDir(t), "sluice")
	copyProgram(t, path)
	o.Program, o.Await = path, []string{s.HTTP, s.TCP}
	if o.Config == "" {
		o.Config = s.Config("", "")
	}
	return harness.Start(t, o), path
}

// A reload from a new executable replaces the master's program as well: the same
// process, with its workers, sockets, sessions and history. Nothing is lost.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	s := newService(t)
	p, path := startCopy(t, s, harness.Options{})
	tr := s.Load(t, 3)

	// A prompt, with a line half typed.
	prompt := dialMaster(t, p)
	prompt.say("prompt p\nexpert-mode on\n")
	prompt.expect("master(e)> ")
	prompt.say("show ve")
	// A client within the worker, and one within the master.
	tunnel := dialMaster(t, p)
	tunnel.say("@@1\nshow info\n")
	tunnel.expect("Uptime")
	inner := dialMaster(t, p)
	inner.say("prompt p\n@@master\n")
	inner.expect("> ")

	before := p.Master("show proc json")
	replaceProgram(t, path)
	reply := p.Reload()
	if !reply.Success {
		t.Fatalf("%+v", reply)
	}
	await(t, "the master runs the new program", func() bool { return runs(t, p.Pid, path) })
	if !runs(t, p.Worker(), path) {
		t.Error("the worker runs another program")
	}
	comm, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", p.Pid))
	if string(comm) != "sluice\n" {
		t.Errorf("the process is called %q", comm)
	}
	prompt.say("rsion\n")
	prompt.expect("3.4.0")
	prompt.expect("master(e)> ")
	tunnel.say("show info\n") // it lives within a worker that drains, until that one ends
	tunnel.expect("Name: ")   // or has ended: then the master answers
	inner.say("show version\n")
	inner.expect("3.4.0")
	inner.say("quit\n")
	inner.expect("master> ")

	if a := p.Master("show generations"); !strings.Contains(a, "superseded*") || !strings.Contains(a, "serving*") {
		t.Error(a)
	}
	after := p.Master("show proc json")
	program := regexp.MustCompile(`"program":"([^"]+)"`)
	if b, a := program.FindStringSubmatch(before), program.FindStringSubmatch(after); b == nil || a == nil || b[1] == a[1] {
		t.Errorf("'show proc json' does not tell the programs apart: %v %v", b, a)
	}
	// The new program does everything that the old one did.
	old := p.Worker()
	p.Kill(old, syscall.SIGSTOP) // so that it holds its place when it is killed
	p.Kill(old, syscall.SIGKILL)
	p.AwaitGone(old, 5*time.Second)
	await(t, "a worker after the crash", func() bool {
		a, err := p.TryMaster("show proc")
		rows := regexp.MustCompile(`(?m)^(\d+) +worker `).FindAllStringSubmatch(a, -1)
		return err == nil && len(rows) == 1 && rows[0][1] != fmt.Sprint(old)
	})
	p.MustReload()
	if a := p.Master("rollback 1"); !strings.HasPrefix(a, "Success=1\n") {
		t.Error(a)
	}
	tr.StopLosing(t, 12) // what was in flight within the worker that was killed
	p.Signal(syscall.SIGTERM)
	if code := p.AwaitExit(10 * time.Second); code != 0 {
		t.Errorf("ended with %d", code)
	}
}

// masterClient is a conversation with the master CLI.
type masterClient struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

func dialMaster(t *testing.T, p *harness.Program) *masterClient {
	t.Helper()
	c, err := net.Dial("unix", p.MasterSocket())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &masterClient{t: t, conn: c, in: bufio.NewReader(c)}
}

func (c *masterClient) say(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c.conn, text); err != nil {
		c.t.Fatal(err)
	}
}

// expect reads up to a text.
func (c *masterClient) expect(text string) {
	c.t.Helper()
	c.conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	var got strings.Builder
	for !strings.HasSuffix(got.String(), text) {
		b, err := c.in.ReadByte()
		if err != nil {
			c.t.Fatalf("no %q: %v; got %q", text, err, got.String())
		}
		got.WriteByte(b)
	}
}

// A program that cannot be executed, or cannot take over, is a failed reload.
func TestUpgradeToWhatIsNone(t *testing.T) {
	t.Parallel()
	s := newService(t)
	p, path := startCopy(t, s, harness.Options{})
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	older := filepath.Join(harness.TempDir(t), "older")
	build := exec.Command("go", "build", "-o", older, "-ldflags", "-X github.com/sluice-proxy/sluice/mworker.stateVersion=0", "./cmd/sluice")
	build.Dir, build.Env = harness.Root(t), append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	old, err := os.ReadFile(older)
	if err != nil {
		t.Fatal(err)
	}
	worker := p.Worker()
	tr := s.Load(t, 1)
	for _, c := range []struct {
		name string
		b    []byte
		mode os.FileMode
		want string
	}{
		{"garbage", []byte("garbage"), 0o755, "exec format error"},
		{"nothing", nil, 0o755, "exec format error"},
		{"half a program", good[:len(good)/2], 0o755, ""},
		{"no permission", good, 0o644, "permission denied"},
		{"another program", mustRead(t, "/bin/true"), 0o755, "exited with code 0"},
		{"an older program", old, 0o755, "the new program cannot take over from this one: mworker: the state of the former master has version 1, this program reads 0"},
	} {
		replaceBytes(t, path, c.b, c.mode)
		a := p.Master("reload")
		if !strings.HasPrefix(a, "Success=0\n") || !strings.Contains(a, c.want) {
			t.Errorf("%s: %s", c.name, a)
		}
		if p.Worker() != worker {
			t.Fatalf("%s: another worker serves", c.name)
		}
	}
	// A directory, and nothing: what runs is still there.
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	p.MustReload()
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
	if a := p.Master("reload"); !strings.HasPrefix(a, "Success=0\n") {
		t.Error(a)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	replaceBytes(t, path, append(good, 'y'), 0o755)
	p.MustReload()
	await(t, "the master runs the new program", func() bool { return runs(t, p.Pid, path) })
	tr.Stop(t)
}

func mustRead(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Upgrade after upgrade while signals rain: the same process, nothing lost, nobody
// left behind, and nothing grows.
func TestUpgradeStorm(t *testing.T) {
	s := newService(t)
	p, path := startCopy(t, s, harness.Options{Config: "global\n    mworker-history 1\n" + s.Config("", "")})
	tr := s.Load(t, 2)
	stop := make(chan struct{})
	done := make(chan int, 1)
	go func() {
		sent := 0
		for {
			for _, sig := range []syscall.Signal{syscall.SIGWINCH, syscall.SIGTTIN, syscall.SIGHUP, syscall.SIGUSR2, syscall.SIGPIPE, syscall.SIGCHLD, syscall.SIGCONT} {
				select {
				case <-stop:
					done <- sent
					return
				case <-time.After(7 * time.Millisecond):
				}
				if syscall.Kill(p.Pid, sig) == nil {
					sent++
				}
			}
		}
	}()
	var first, last int
	n := soak(20, 1000)
	for i := range n {
		replaceProgram(t, path)
		if a, err := p.TryMaster("reload"); err != nil {
			t.Fatalf("upgrade %d: %q %v; the master ended with %d", i+1, a, err, p.AwaitExit(5*time.Second))
		}
		await(t, fmt.Sprintf("upgrade %d", i+1), func() bool { return runs(t, p.Pid, path) })
		switch i {
		case n / 2:
			first = len(harness.Descriptors(t, p.Pid))
		case n - 1:
			last = len(harness.Descriptors(t, p.Pid))
		}
	}
	close(stop)
	t.Logf("%d upgrades, %d signals", n, <-done)
	// Loads that the signals asked for may be under way, each with its channels.
	if last > first+20 {
		t.Errorf("descriptors: %d half way, %d at the end", first, last)
	}
	await(t, "the former workers to end", func() bool { return len(p.OldWorkers()) == 0 })
	await(t, "two processes", func() bool { return len(p.Processes()) == 2 })
	tr.Stop(t)
}

// Programs beside the workers do not notice, and a master that is process 1 goes on to
// be it.
func TestUpgradeWithPrograms(t *testing.T) {
	t.Parallel()
	s := newService(t)
	p, path := startCopy(t, s, harness.Options{Config: s.Config("", "") + "program sleeper\n    command /bin/sh -c \"trap '' USR1; exec sleep 600\"\n    no option start-on-reload\n"})
	var sleeper string
	find := regexp.MustCompile(`(?m)^(\d+) +sleeper `)
	await(t, "the program", func() bool {
		m := find.FindStringSubmatch(p.Master("show proc"))
		if m != nil {
			sleeper = m[1]
		}
		return m != nil
	})
	for range 3 { // the second one is of a program that has been taken over already
		replaceProgram(t, path)
		p.MustReload()
		await(t, "the master runs the new program", func() bool { return runs(t, p.Pid, path) })
		if m := find.FindStringSubmatch(p.Master("show proc")); m == nil || m[1] != sleeper {
			t.Fatalf("the program was %s, now %v\n%s", sleeper, m, p.Output())
		}
	}
	var pid int
	fmt.Sscan(sleeper, &pid)
	p.Kill(pid, syscall.SIGKILL)
	p.AwaitOutput(`program 'sleeper' .*started again`, 5*time.Second)
	p.Signal(syscall.SIGTERM)
	if code := p.AwaitExit(15 * time.Second); code != 0 {
		t.Errorf("ended with %d", code)
	}
}

// As process 1 of a container, whose orphans it goes on to reap.
func TestUpgradeAsProcessOne(t *testing.T) {
	t.Parallel()
	s := newService(t)
	path := filepath.Join(harness.TempDir(t), "sluice")
	copyProgram(t, path)
	p, master := programInNamespaces(t, path, s.Config("", ""), s.HTTP, pidNamespace...)
	tr := s.Load(t, 1)
	for range 2 {
		replaceProgram(t, path)
		p.MustReload()
		await(t, "the master runs the new program", func() bool { return runs(t, master, path) })
	}
	if a := p.Master("show proc"); !regexp.MustCompile(`(?m)^1 +master +2 `).MatchString(a) {
		t.Error(a)
	}
	tr.Stop(t)
	p.Kill(master, syscall.SIGTERM)
	if code := p.AwaitExit(10 * time.Second); code != 0 {
		t.Errorf("ended with %d", code)
	}
	if left := p.Processes(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
