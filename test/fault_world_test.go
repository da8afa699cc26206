package test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sluice-proxy/sluice/test/harness"
	"github.com/sluice-proxy/sluice/test/origin"
)

// pokes sends bytes as one packet into the channel of a process, through a
// duplicate of its descriptor, as if the process had sent them.
func pokes(t *testing.T, pid, fd int, packet []byte) {
	t.Helper()
	pidfd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pidfd)
	dup, err := unix.PidfdGetfd(pidfd, fd, 0)
	if err != nil {
		t.Skipf("descriptors of another process: %v", err)
	}
	defer unix.Close(dup)
	if _, err := unix.SendmsgN(dup, packet, nil, nil, unix.MSG_NOSIGNAL); err != nil {
		t.Fatal(err)
	}
}

// The descriptors of a worker's channels (see mworker).
const startupChannel, controlChannel = 3, 4

var badFrames = map[string][]byte{
	"garbage":         []byte("garbage of some length that is no frame"),
	"truncated":       {1, 3, 0},
	"empty":           {},
	"length lies":     {1, 3, 0, 0, 0, 0, 255, 255, 1},
	"unknown type":    {1, 99, 0, 0, 0, 0, 0, 0},
	"other version":   {9, 3, 0, 0, 0, 0, 0, 0},
	"no descriptors":  {1, 7, 0, 4, 0, 0, 0, 0},
	"of the way back": {1, 1, 0, 0, 0, 0, 0, 0},
}

// Garbage from a worker, on either channel: a loading one is a failed reload, a
// serving one is replaced as if it had crashed.
func TestFaultGarbageFrames(t *testing.T) {
	for name, packet := range badFrames {
		if len(packet) == 0 {
			continue // reads as the end of the channel, which is another test's
		}
		t.Run(name, func(t *testing.T) {
			s := newService(t)
			p := s.Start(t, "", "")
			worker := p.Worker()
			tr := s.Load(t, 2)
			config, fifo, _ := s.stuck(t, "")
			p.WriteConfig(config)
			reply := make(chan string, 1)
			go func() {
				a, err := p.TryMaster("reload")
				reply <- fmt.Sprint(a, err)
			}()
			loader := loading(t, p, worker)
			awaitReader(t, fifo)
			pokes(t, loader, startupChannel, packet)
			if a := <-reply; !strings.HasPrefix(a, "Success=0\n") {
				t.Errorf("startup channel: %s", a)
			}
			tr.Progress(t, 5*time.Second)
			if now := p.Worker(); now != worker {
				t.Fatalf("worker %d instead of %d", now, worker)
			}
			p.WriteConfig(s.Config("", ""))
			pokes(t, worker, controlChannel, packet)
			awaitWorkerAfter(t, p, worker)
			p.MustReload()
			tr.StopLosing(t, 2)
		})
	}
}

// awaitReader waits until somebody reads the FIFO, and keeps it open.
func awaitReader(t *testing.T, fifo string) {
	t.Helper()
	eventually(t, 5*time.Second, "reader of the FIFO", func() error {
		w, err := os.OpenFile(fifo, os.O_WRONLY|syscall.O_NONBLOCK, 0)
		if err == nil {
			t.Cleanup(func() { w.Close() })
		}
		return err
	})
}

// Two masters with the same configuration serve the same addresses together:
// reloads and crashes of the one are nothing to the other.
func TestFaultTwoMasters(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	q := s.Start(t, "", "")
	tr := s.Load(t, 2)
	for range soak(3, 50) {
		p.MustReload()
		q.MustReload()
	}
	w := q.Worker()
	if !harness.Alive(w) || !harness.Alive(p.Worker()) {
		t.Fatal("a worker is gone")
	}
	tr.Stop(t)
	q.Signal(syscall.SIGTERM)
	if rc := q.AwaitExit(5 * time.Second); rc != 0 {
		t.Errorf("exit status %d", rc)
	}
	for range 20 {
		harness.MustGet(t, s.HTTP, "/echo")
	}
	p.MustReload()
}

// inNamespaces starts the program by unshare(1) and returns the pid of the
// master, as seen from here.
func inNamespaces(t *testing.T, config string, await string, flags ...string) (*harness.Program, int) {
	t.Helper()
	return programInNamespaces(t, harness.Binary(t), config, await, flags...)
}

func programInNamespaces(t *testing.T, program, config, await string, flags ...string) (*harness.Program, int) {
	t.Helper()
	if err := exec.Command("unshare", append(flags, "true")...).Run(); err != nil {
		t.Skipf("unshare %v: %v", flags, err)
	}
	dir := harness.TempDir(t)
	os.WriteFile(filepath.Join(dir, "sluice.cfg"), []byte(config), 0o644)
	path, err := exec.LookPath("unshare")
	if err != nil {
		t.Skip(err)
	}
	args := append(flags, program, "-W", "-S", filepath.Join(dir, "master.sock"), "-f", filepath.Join(dir, "sluice.cfg"))
	p := harness.Start(t, harness.Options{Program: path, Dir: dir, NoArgs: true, NoWait: true, Args: args})
	if await != "" {
		eventually(t, 10*time.Second, "service", func() error { return harness.Connects(await) })
	}
	master := p.Pid
	eventually(t, 10*time.Second, "the master", func() error {
		for _, pid := range p.Processes() {
			if st, err := harness.ReadStat(pid); err == nil && st.Parent == p.Pid {
				master = pid
				return nil
			}
		}
		return fmt.Errorf("processes %v", p.Processes())
	})
	return p, master
}

var pidNamespace = []string{"--pid", "--fork", "--mount-proc"}

// As process 1 of a container TERM during a load ends everything: the kernel
// drops signals that process 1 has no handler for (case 16: the reference goes
// on).
func TestFaultProcessOne(t *testing.T) {
	s := newService(t)
	config, fifo, _ := s.stuck(t, "    mworker-load-timeout 0\n")
	p, master := inNamespaces(t, config, "", pidNamespace...)
	awaitReader(t, fifo)
	p.Kill(master, syscall.SIGTERM)
	if rc := p.AwaitExit(5 * time.Second); rc != 0 {
		t.Errorf("exit status %d", rc)
	}
	if left := p.Processes(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// Process 1 gets the orphans of the container, and reaps them.
func TestFaultOrphans(t *testing.T) {
	s := newService(t)
	p, master := inNamespaces(t, s.Config("", ""), s.HTTP, pidNamespace...)
	for range 20 {
		if out, err := exec.Command("nsenter", "-t", fmt.Sprint(master), "-p", "-m", "sh", "-c", "(sleep 0.05 &)").CombinedOutput(); err != nil {
			t.Skipf("nsenter: %v %s", err, out)
		}
	}
	children := func() (alive, dead int) {
		dirs, _ := filepath.Glob("/proc/[0-9]*")
		for _, d := range dirs {
			pid, _ := strconv.Atoi(filepath.Base(d))
			if st, err := harness.ReadStat(pid); err == nil && st.Parent == master {
				if st.State == 'Z' {
					dead++
				} else {
					alive++
				}
			}
		}
		return alive, dead
	}
	time.Sleep(100 * time.Millisecond) // the orphans' lives
	eventually(t, 5*time.Second, "end of the orphans", func() error {
		if alive, dead := children(); alive != 1 || dead > 0 {
			return fmt.Errorf("%d children, %d zombies", alive, dead)
		}
		return nil
	})
	p.MustReload()
	harness.MustGet(t, s.HTTP, "/echo")
}

// Far away on the monotonic clock everything takes as long as anywhere.
func TestFaultClock(t *testing.T) {
	s := newService(t)
	p, master := inNamespaces(t, s.Config("", ""), s.HTTP, "--time", "--fork", "--monotonic", "3000000000", "--boottime", "3000000000")
	tr := s.Load(t, 2)
	p.MustReload()
	config, _, _ := s.stuck(t, "    mworker-load-timeout 700ms\n")
	p.WriteConfig(config)
	if r := p.Reload(); r.Success || r.Took < 700*time.Millisecond || r.Took > 5*time.Second {
		t.Errorf("after %v: %s", r.Took, r.Text)
	}
	tr.Stop(t)
	p.Kill(master, syscall.SIGTERM)
	if rc := p.AwaitExit(5 * time.Second); rc != 0 {
		t.Errorf("exit status %d", rc)
	}
}

// Without privileges, what needs them is an error that says so, and the rest
// works.
func TestFaultUnprivileged(t *testing.T) {
	nobody(t)
	for global, want := range map[string]string{
		"":                    "",
		"    chroot /tmp\n":   "(?i)chroot.*(operation not permitted|/tmp)",
		"    user root\n":     "(?i)(uid|user).*",
		"    uid 12345\n":     "(?i)uid 12345",
		"    gid 12345\n":     "(?i)gid 12345",
		"    user no-such\n":  "no-such",
		"    group no-such\n": "no-such",
	} {
		t.Run(strings.TrimSpace(global), func(t *testing.T) {
			s := newService(t)
			o := harness.Options{Config: "global\n" + global + s.Config("", ""), NoWait: true}
			asNobody(t, &o)
			p := harness.Start(t, o)
			if want == "" || global == "    user root\n" { // a uid of 0 is none to change to
				eventually(t, 10*time.Second, "service", func() error { return harness.Connects(s.HTTP) })
				return
			}
			if rc := p.AwaitExit(10 * time.Second); rc != 1 {
				t.Errorf("exit status %d", rc)
			}
			p.AwaitOutput(`(?m)^\[ALERT\].*`+want, time.Second)
		})
	}
}

// A request that kills every worker that gets it: the master stays, starts
// workers ever more slowly, falls back to the generation before, and serves when
// the poison ends.
func TestFaultPoison(t *testing.T) {
	s := newService(t)
	var p *harness.Program
	poison := origin.NewTCP(t, func(c net.Conn) {
		if n, _ := c.Read(make([]byte, 1)); n == 0 {
			return // somebody looked whether the port is open
		}
		for _, pid := range p.Processes() {
			if st, err := harness.ReadStat(pid); err == nil && st.Parent == p.Pid {
				syscall.Kill(pid, syscall.SIGSEGV)
			}
		}
	})
	addr := harness.Addr(t)
	with := s.Config("", fmt.Sprintf("listen poison\n    mode tcp\n    bind %s\n    server x %s\n", addr, poison.Addr()))
	p = harness.Start(t, harness.Options{Config: with, Await: []string{s.HTTP}, Traces: true})
	p.WriteConfig(strings.Replace(with, "listen poison", "listen worse", 1))
	p.MustReload()
	before := time.Now()
	eventually(t, 30*time.Second, "fallback", func() error {
		if c, err := net.DialTimeout("tcp", addr, 200*time.Millisecond); err == nil {
			c.SetDeadline(time.Now().Add(200 * time.Millisecond))
			c.Write([]byte("x"))
			c.Read(make([]byte, 1))
			c.Close()
		}
		if !strings.Contains(p.Output(), "falling back to generation 1") {
			return fmt.Errorf("none")
		}
		return nil
	})
	if p.Exited() {
		t.Fatal("the master is gone")
	}
	if n := strings.Count(p.Output(), "Initializing new worker"); n > 20 {
		t.Errorf("%d workers in %v", n, time.Since(before))
	}
	eventually(t, 15*time.Second, "service", func() error {
		_, err := harness.Get(t, s.HTTP, "/echo")
		return err
	})
	p.MustReload()
	harness.MustGet(t, s.HTTP, "/echo")
}
