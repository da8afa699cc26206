package test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sluice-proxy/sluice/test/harness"
)

// A master whose descriptor table is full refuses reloads, at whatever step it
// runs out, and serves on; with one descriptor more each time it succeeds in the
// end (EMFILE).
func TestFaultMasterDescriptors(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	p.MustReload() // whatever a first reload opens for good
	tr := s.Load(t, soak(2, 8))
	base := uint64(len(harness.Descriptors(t, p.Pid)))
	failed, done := 0, false
	for extra := uint64(1); extra <= 30 && !done; extra++ { // one is the session of the command line
		worker := p.Worker()
		harness.LimitDescriptors(t, p.Pid, base+extra)
		a, _ := harness.CLIWithin(p.MasterSocket(), "reload", 10*time.Second)
		if done = strings.HasPrefix(a, "Success=1\n"); !done {
			failed++
			if !harness.Alive(worker) {
				t.Fatalf("%d descriptors: the worker is gone", extra)
			}
		}
		harness.LimitDescriptors(t, p.Pid, 10000)
		if p.Exited() {
			t.Fatalf("%d descriptors: the master ended", extra)
		}
	}
	if !done || failed == 0 {
		t.Errorf("%d reloads failed, one succeeded: %t", failed, done)
	}
	p.MustReload()
	tr.Stop(t)
}

// A worker started with too few descriptors for its listeners is a failed reload
// that says so.
func TestFaultLoaderDescriptors(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	worker := p.Worker()
	tr := s.Load(t, 2)
	var many strings.Builder
	many.WriteString("frontend many\n    default_backend origins\n")
	for range 40 {
		fmt.Fprintf(&many, "    bind %s\n", harness.Addr(t))
	}
	p.WriteConfig(s.Config("", many.String()))
	harness.LimitHard(t, p.Pid, 40)
	r := p.Reload()
	if r.Success || !strings.Contains(r.Text, "oo many open files") && !strings.Contains(r.Text, "descriptors") {
		t.Errorf("reply %s", r.Text)
	}
	if p.Worker() != worker {
		t.Error("another worker")
	}
	tr.Stop(t)
}

const hoardVariable = "SLUICE_TEST_HOARD"

// hoard is a process that holds thousands of descriptors in flight, which the
// kernel counts per user.
func hoard() {
	n := 0
	for {
		pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_DGRAM|syscall.SOCK_NONBLOCK, 0)
		if err != nil {
			break
		}
		fds := make([]int, 200)
		for i := range fds {
			fds[i] = pair[1]
		}
		for range 10 { // what one socket's queue takes
			if syscall.Sendmsg(pair[0], []byte("x"), syscall.UnixRights(fds...), nil, 0) != nil {
				break
			}
			n += len(fds)
		}
		if n >= 4000 {
			break
		}
	}
	fmt.Println(n)
	io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

// With too many descriptors in flight under its user, nothing can be handed to a
// new worker or come back from it (ETOOMANYREFS): the reload fails.
func TestFaultDescriptorsInFlight(t *testing.T) {
	nobody(t)
	s := newService(t)
	o := harness.Options{Config: s.Config("", ""), Await: []string{s.HTTP, s.TCP}}
	asNobody(t, &o)
	limited := filepath.Join(o.Dir, "limited")
	if err := os.WriteFile(limited, []byte("#!/bin/sh\nulimit -n 600\nexec "+o.Program+" \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	o.Program = limited
	p := harness.Start(t, o)
	worker := p.Worker()
	tr := s.Load(t, 2)

	self := executableCopy(t, "/proc/self/exe")
	h := exec.Command(self)
	h.Env = append(os.Environ(), hoardVariable+"=1")
	h.SysProcAttr = &syscall.SysProcAttr{Credential: o.User}
	release, _ := h.StdinPipe()
	said, _ := h.StdoutPipe()
	if err := h.Start(); err != nil {
		t.Fatal(err)
	}
	defer release.Close()
	var n int
	if line, err := bufio.NewReader(said).ReadString('\n'); err != nil || len(line) < 2 {
		t.Fatalf("%q %v", line, err)
	} else if fmt.Sscan(line, &n); n < 1000 {
		t.Fatalf("%d descriptors in flight", n)
	}
	r := p.Reload()
	if r.Success || !strings.Contains(r.Text, "Failed to load worker") || !strings.Contains(r.Text, "too many references") {
		t.Errorf("reply %s", r.Text)
	}
	if p.Worker() != worker {
		t.Error("another worker")
	}
	release.Close()
	h.Wait()
	p.MustReload()
	tr.Stop(t)
}

// nobody skips the test unless it can run things as another user.
func nobody(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root can become somebody else")
	}
}

// executableCopy is a copy that everybody may execute.
func executableCopy(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(harness.TempDir(t), "program")
	if err := os.WriteFile(to, b, 0o755); err != nil {
		t.Fatal(err)
	}
	return to
}

// asNobody has the program run without privileges, in a directory that is its own.
func asNobody(t *testing.T, o *harness.Options) {
	t.Helper()
	o.User = &syscall.Credential{Uid: 65534, Gid: 65534}
	o.Program = executableCopy(t, harness.Binary(t))
	o.Dir = harness.TempDir(t)
	if err := os.Chown(o.Dir, 65534, 65534); err != nil {
		t.Fatal(err)
	}
}

// fullDisk is a file system without a free byte.
func fullDisk(t *testing.T) string {
	t.Helper()
	dir := harness.TempDir(t)
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=4k,nr_inodes=3"); err != nil {
		t.Skipf("cannot mount: %v", err)
	}
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
	for i := range 10 {
		if os.WriteFile(fmt.Sprintf("%s/%d", dir, i), make([]byte, 4096), 0o600) != nil {
			return dir
		}
	}
	t.Fatal("it does not fill up")
	return ""
}

// A full disk (ENOSPC): the pidfile of a reload is a warning, a UNIX socket that
// cannot be bound fails the reload, and output that nobody takes holds nothing up.
func TestFaultDiskFull(t *testing.T) {
	s := newService(t)
	disk := fullDisk(t)
	p := s.Start(t, "", "")
	tr := s.Load(t, 2)
	p.WriteConfig("global\n    pidfile " + disk + "/pid\n" + s.Config("", ""))
	if r := p.Reload(); !strings.Contains(r.Text, "Cannot create pidfile "+disk+"/pid") {
		t.Errorf("pidfile: %s", r.Text)
	}
	worker := p.Worker()
	p.WriteConfig(s.Config("    bind unix@"+disk+"/socket", ""))
	if r := p.Reload(); r.Success || !strings.Contains(r.Text, "o space left on device") {
		t.Errorf("UNIX socket: %s", r.Text)
	}
	if p.Worker() != worker {
		t.Error("another worker")
	}
	p.WriteConfig(s.Config("", ""))
	p.MustReload()
	tr.Stop(t)
}

// Standard output and error on a full device hold up neither the service nor
// reloads nor the end.
func TestFaultOutputFull(t *testing.T) {
	s := newService(t)
	dir := harness.TempDir(t)
	os.WriteFile(dir+"/sluice.cfg", []byte(s.Config("", "")), 0o644)
	p := harness.Start(t, harness.Options{Program: "/bin/sh", Dir: dir, NoArgs: true, NoWait: true,
		Args: []string{"-c", "exec " + harness.Binary(t) + " -W -S " + dir + "/master.sock -f " + dir + "/sluice.cfg >/dev/full 2>&1"}})
	eventually(t, 10*time.Second, "service", func() error { return harness.Connects(s.HTTP) })
	tr := s.Load(t, 2)
	for range 3 {
		p.MustReload()
	}
	tr.Stop(t)
	p.Signal(syscall.SIGTERM)
	if rc := p.AwaitExit(5 * time.Second); rc != 0 {
		t.Errorf("exit status %d", rc)
	}
}

// A configuration with tens of thousands of mistakes: the first and the last of
// them are in the reply, the middle is left out, and nobody waits (case 19).
func TestFaultLogFlood(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	tr := s.Load(t, soak(2, 8))
	n := soak(20000, 200000)
	var flood strings.Builder
	for i := range n {
		fmt.Fprintf(&flood, "    mistake%d\n", i)
	}
	p.WriteConfig(s.Config("", "backend b\n"+flood.String()))
	r := p.Reload()
	if r.Success || !strings.Contains(r.Text, "'mistake0'") || !strings.Contains(r.Text, fmt.Sprintf("'mistake%d'", n-1)) && !strings.Contains(r.Text, "Fatal errors") {
		t.Errorf("reply of %d bytes: %.300s ... %s", len(r.Text), r.Text, r.Text[max(0, len(r.Text)-600):])
	}
	if len(r.Text) > 128<<10 {
		t.Errorf("%d bytes of reply", len(r.Text))
	}
	p.WriteConfig(s.Config("", ""))
	p.MustReload()
	tr.Stop(t)
}
