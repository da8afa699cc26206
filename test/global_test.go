package test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sluice-proxy/sluice/test/harness"
)

// A globalRun is a program without a master that runs with lines in its global
// section, observed from outside.
type globalRun struct {
	*harness.Program
	HTTP, CLI string
}

const aloneIn = `
defaults
    mode http
    timeout connect 2s
    timeout client 60s
    timeout server 60s
frontend web
    bind %s
    http-request return status 200 content-type text/plain string ok
`

// startGlobal starts it; the CLI is a file in its directory.
func startGlobal(t *testing.T, lines ...string) *globalRun {
	t.Helper()
	dir := harness.TempDir(t)
	r := &globalRun{HTTP: harness.Addr(t), CLI: filepath.Join(dir, "cli")}
	text := "global\n    stats socket " + r.CLI + " level admin\n    " + strings.Join(lines, "\n    ") + "\n" + fmt.Sprintf(aloneIn, r.HTTP)
	r.Program = harness.Start(t, harness.Options{Config: text, Dir: dir, Standalone: true, Await: []string{r.HTTP}})
	return r
}

// asRoot fails the test loudly where it cannot show anything.
func asRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Fatal("this test changes users and capabilities: run it as root")
	}
}

// get wants an answer.
func (r *globalRun) get() {
	r.TB.Helper()
	a, err := harness.Get(r.TB, r.HTTP, "/")
	if err != nil || a.Status != 200 {
		r.TB.Fatalf("%+v %v", a, err)
	}
}

// info is a line of "show info".
func (r *globalRun) info(name string) string {
	r.TB.Helper()
	a, err := harness.CLI(r.CLI, "show info")
	if err != nil {
		r.TB.Fatal(err)
	}
	for line := range strings.Lines(a) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), name+": "); ok {
			return v
		}
	}
	r.TB.Fatalf("no %s in\n%s", name, a)
	return ""
}

func (r *globalRun) wantInfo(fields ...string) {
	r.TB.Helper()
	for i := 0; i < len(fields); i += 2 {
		if got := r.info(fields[i]); got != fields[i+1] {
			r.TB.Errorf("%s: %s, want %s", fields[i], got, fields[i+1])
		}
	}
}

// tasks are the values of a line of status of every thread of a process.
func tasks(t testing.TB, pid int, name string) []string {
	t.Helper()
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	if err != nil || len(files) < 2 {
		t.Fatalf("threads of %d: %v, %v", pid, files, err)
	}
	var all []string
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			continue // it has ended
		}
		for line := range strings.Lines(string(b)) {
			if v, ok := strings.CutPrefix(line, name+":"); ok {
				all = append(all, strings.Join(strings.Fields(v), " "))
			}
		}
	}
	return all
}

// everyTask wants the same value on every thread.
func everyTask(t testing.TB, pid int, name, want string) {
	t.Helper()
	for _, v := range tasks(t, pid, name) {
		if v != want {
			t.Errorf("%s: %s, want %s on each of %v", name, v, want, tasks(t, pid, name))
			return
		}
	}
}

// oneLoopEach waits until one thread is bound to CPU 0 and one to CPU 1: a loop
// binds its thread when it begins to turn.
func oneLoopEach(t *testing.T, pid int) {
	t.Helper()
	eventually(t, 5*time.Second, "thread for each CPU", func() error {
		list := strings.Join(tasks(t, pid, "Cpus_allowed_list"), " ")
		if strings.Count(" "+list+" ", " 0 ") != 1 || strings.Count(" "+list+" ", " 1 ") != 1 {
			return fmt.Errorf("CPUs of the threads: %s", list)
		}
		return nil
	})
}

// Each loop's thread runs on its CPU, the others where the process may.
func TestCPUMap(t *testing.T) {
	var may unix.CPUSet
	if err := unix.SchedGetaffinity(0, &may); err != nil || !may.IsSet(0) || !may.IsSet(1) {
		t.Fatal("this test needs CPUs 0 and 1")
	}
	r := startGlobal(t, "nbthread 2", "cpu-map 1/1 0", "cpu-map 1/2 1")
	oneLoopEach(t, r.Pid)
	r.wantInfo("Nbthread", "2", "NbThreadGroups", "1")

	r = startGlobal(t, "nbthread 2", "thread-groups 2", "cpu-map auto:1-2 0-1")
	oneLoopEach(t, r.Pid)
	r.wantInfo("NbThreadGroups", "2")
}

// Without nbthread there are as many loops as CPUs that the process may use.
func TestThreadsFollowAffinity(t *testing.T) {
	var may, one unix.CPUSet
	if err := unix.SchedGetaffinity(0, &may); err != nil {
		t.Fatal(err)
	}
	startGlobal(t).wantInfo("Nbthread", strconv.Itoa(may.Count()))
	startGlobal(t, "thread-hard-limit 1").wantInfo("Nbthread", "1")
	startGlobal(t, "cpu-set drop-cpu 0").wantInfo("Nbthread", strconv.Itoa(max(may.Count()-1, 1)))

	one.Set(0)
	dir := harness.TempDir(t)
	r := &globalRun{HTTP: harness.Addr(t), CLI: filepath.Join(dir, "cli")}
	text := "global\n stats socket " + r.CLI + "\n" + fmt.Sprintf(aloneIn, r.HTTP)
	// A thread of ours that starts it passes its CPUs on.
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: nobody else is to inherit the CPUs
		if err := unix.SchedSetaffinity(0, &one); err != nil {
			t.Error(err)
			return
		}
		r.Program = harness.Start(t, harness.Options{Config: text, Dir: dir, Standalone: true, Await: []string{r.HTTP}})
	}()
	<-done
	r.wantInfo("Nbthread", "1")
}

// The limits that the configuration asks for are those of the process.
func TestDescriptorLimits(t *testing.T) {
	limit := func(r *globalRun) string {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", r.Pid))
		if err != nil {
			t.Fatal(err)
		}
		m := regexp.MustCompile(`Max open files +(\d+) `).FindSubmatch(b)
		return string(m[1])
	}
	r := startGlobal(t, "ulimit-n 3000")
	if n := limit(r); n != "3000" || r.info("Ulimit-n") != n {
		t.Errorf("ulimit-n 3000: %s, %s", n, r.info("Ulimit-n"))
	}
	if n, _ := strconv.Atoi(r.info("Maxconn")); n < 1000 || n >= 1500 {
		t.Errorf("ulimit-n 3000: maxconn %d", n)
	}
	r = startGlobal(t, "fd-hard-limit 2000")
	if n := limit(r); n != "2000" {
		t.Errorf("fd-hard-limit 2000: %s", n)
	}
	if n, _ := strconv.Atoi(r.info("Maxconn")); n < 500 || n >= 1000 {
		t.Errorf("fd-hard-limit 2000: maxconn %d", n)
	}
	startGlobal(t, "maxconn 77", "maxpipes 5").wantInfo("Maxconn", "77", "Hard_maxconn", "77", "Maxpipes", "5")
	r = startGlobal(t, "no strict-limits", "maxconn 4000", "fd-hard-limit 2000")
	r.AwaitOutput(`WARNING.*Cannot raise FD limit to \d+, current limit is 2000`, time.Second)

	p := harness.Start(t, harness.Options{Standalone: true, NoWait: true,
		Config: "global\n maxconn 4000\n fd-hard-limit 2000\n" + fmt.Sprintf(aloneIn, harness.Addr(t))})
	if rc := p.AwaitExit(5 * time.Second); rc != 1 || !strings.Contains(p.Output(), "Cannot raise FD limit to") {
		t.Errorf("strict limits: exit %d\n%s", rc, p.Output())
	}
}

// User, group, capabilities and the rest, on every thread.
func TestPrivileges(t *testing.T) {
	asRoot(t)
	r := startGlobal(t, "uid 65534", "gid 65534", "chroot auto", "setcap cap_net_bind_service,cap_net_raw")
	everyTask(t, r.Pid, "Uid", "65534 65534 65534 65534")
	everyTask(t, r.Pid, "Gid", "65534 65534 65534 65534")
	everyTask(t, r.Pid, "Groups", "")
	const want = "0000000000002400" // bits 10 and 13
	everyTask(t, r.Pid, "CapPrm", want)
	everyTask(t, r.Pid, "CapEff", want)
	everyTask(t, r.Pid, "NoNewPrivs", "1")
	everyTask(t, r.Pid, "Seccomp", "2")
	root, err := os.Readlink(fmt.Sprintf("/proc/%d/root", r.Pid))
	if err != nil || !strings.HasSuffix(root, " (deleted)") {
		t.Errorf("root directory %q, %v", root, err)
	}
	r.get()
	// A flag that was cleared with the user makes the files in /proc root's.
	if fi, err := os.Stat(fmt.Sprintf("/proc/%d/environ", r.Pid)); err != nil || fi.Sys().(*syscall.Stat_t).Uid != 0 {
		t.Errorf("dumpable after the change of the user: %v", err)
	}

	r = startGlobal(t, "uid 65534", "gid 65534", "set-dumpable", "insecure-fork-wanted", "insecure-setuid-wanted")
	everyTask(t, r.Pid, "CapPrm", "0000000000000000")
	everyTask(t, r.Pid, "NoNewPrivs", "0")
	everyTask(t, r.Pid, "Seccomp", "0")
	if fi, err := os.Stat(fmt.Sprintf("/proc/%d/environ", r.Pid)); err != nil || fi.Sys().(*syscall.Stat_t).Uid != 65534 {
		t.Errorf("set-dumpable: not dumpable: %v", err)
	}
}

// The worker under a master is confined in the same way, and the master, which
// starts workers, is not.
func TestMasterIsNotConfined(t *testing.T) {
	s := newService(t)
	p := s.Start(t, "", "")
	everyTask(t, p.Worker(), "Seccomp", "2")
	everyTask(t, p.Pid, "Seccomp", "0")
	p.MustReload()
	everyTask(t, p.Worker(), "NoNewPrivs", "1")
}

func TestUnixBind(t *testing.T) {
	asRoot(t)
	dir := harness.TempDir(t)
	text := "global\n unix-bind prefix " + dir + " mode 640 uid 65534 gid 65533\n stats socket /cli\n stats socket /own mode 600 uid 1\n" +
		fmt.Sprintf(aloneIn, "/first")
	harness.Start(t, harness.Options{Config: text, Dir: dir, Standalone: true, NoWait: true})
	for name, want := range map[string][3]uint32{"first": {0o640, 65534, 65533}, "cli": {0o640, 65534, 65533}, "own": {0o600, 1, 65533}} {
		eventually(t, 10*time.Second, name, func() error {
			fi, err := os.Stat(filepath.Join(dir, name))
			if err != nil {
				return err
			}
			st := fi.Sys().(*syscall.Stat_t)
			if got := [3]uint32{uint32(fi.Mode().Perm()), st.Uid, st.Gid}; got != want {
				return fmt.Errorf("mode, user, group %o, want %o", got, want)
			}
			return nil
		})
	}
}

// maxconnrate holds connections back; none is lost.
func TestConnectionRate(t *testing.T) {
	for _, line := range []string{"maxconnrate 10", "maxsessrate 10"} {
		r := startGlobal(t, "nbthread 1", line)
		began := time.Now()
		for range 31 {
			r.get()
		}
		if took := time.Since(began); took < 1500*time.Millisecond || took > 8*time.Second {
			t.Errorf("%s: 31 connections took %v", line, took)
		}
	}
	r := startGlobal(t, "maxconnrate 10", "maxsessrate 20")
	r.wantInfo("ConnRateLimit", "10", "SessRateLimit", "20")
}

// A client with a privileged port is not served.
func TestRejectPrivilegedPorts(t *testing.T) {
	asRoot(t)
	r := startGlobal(t, "harden.reject-privileged-ports.tcp on")
	r.get()
	for port := 700; ; port++ {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}, Timeout: time.Second}
		c, err := d.Dial("tcp", r.HTTP)
		if err != nil && port < 760 {
			continue // somebody has the port
		}
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(5 * time.Second))
		io.WriteString(c, "GET / HTTP/1.0\r\n\r\n")
		if b, err := io.ReadAll(c); len(b) > 0 || os.IsTimeout(err) {
			t.Errorf("served: %q, %v", b, err)
		}
		return
	}
}

// At a soft stop an idle client is sent home long before its timeout.
func TestSoftStopEndsIdleClients(t *testing.T) {
	r := startGlobal(t)
	c := harness.Dial(t, r.HTTP)
	br := bufio.NewReader(c)
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if a, err := harness.ReadAnswer(br, "GET"); err != nil || a.Close {
		t.Fatalf("%v %v", a, err)
	}
	r.Signal(syscall.SIGUSR1)
	if rc := r.AwaitExit(10 * time.Second); rc != 0 {
		t.Errorf("exit %d", rc)
	}
	if _, err := br.ReadByte(); err != io.EOF {
		t.Errorf("the client saw %v", err)
	}
}

// During the time of grace clients are still served and "show info" says what
// is coming.
func TestGrace(t *testing.T) {
	r := startGlobal(t, "grace 2s")
	r.Signal(syscall.SIGUSR1)
	eventually(t, 2*time.Second, "Stopping", func() error {
		if v := r.info("Stopping"); v != "1" {
			return fmt.Errorf("Stopping: %s", v)
		}
		return nil
	})
	r.get()
	if rc := r.AwaitExit(10 * time.Second); rc != 0 {
		t.Errorf("exit %d", rc)
	}
}

func TestRenice(t *testing.T) {
	r := startGlobal(t, "tune.renice.startup 15", "tune.renice.runtime 7")
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", r.Pid))
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			continue
		}
		fields := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
		if fields[16] != "7" { // field 19
			t.Errorf("%s: nice %s", f, fields[16])
		}
	}
}

// What tunes a mechanism that is not there is named with its line.
func TestWithoutEffect(t *testing.T) {
	r := startGlobal(t, "tune.runqueue-depth 40", "tune.sched.low-latency off")
	r.AwaitOutput(`WARNING.*sluice.cfg:3\] : 'tune.runqueue-depth' has no effect`, time.Second)
	if strings.Contains(r.Output(), "low-latency") {
		t.Error("warned of a value that asks for what is done anyway")
	}
}

// Files with relative names are found where "default-path" says.
func TestDefaultPath(t *testing.T) {
	dir := harness.TempDir(t)
	page := "HTTP/1.0 503 Gone\r\n\r\nmine"
	if err := os.WriteFile(filepath.Join(dir, "503.http"), []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
	addr := harness.Addr(t)
	harness.Start(t, harness.Options{Standalone: true, Await: []string{addr}, Config: "global\n default-path origin " + dir + defaults +
		"    errorfile 503 503.http\nfrontend web\n bind " + addr + "\n"})
	if a := must(harness.Get(t, addr, "/")); a.Status != 503 || string(a.Body) != "mine" {
		t.Errorf("%d %q", a.Status, a.Body)
	}
}

func must(a *harness.Answer, err error) *harness.Answer {
	if err != nil {
		return &harness.Answer{Err: err}
	}
	return a
}

// Without SO_REUSEPORT nobody else gets the address.
func TestNoReusePortSetting(t *testing.T) {
	r := startGlobal(t, "noreuseport")
	p := harness.Start(t, harness.Options{Standalone: true, NoWait: true, Config: "global\n" + fmt.Sprintf(aloneIn, r.HTTP)})
	if rc := p.AwaitExit(5 * time.Second); rc != 1 || !strings.Contains(p.Output(), "cannot bind socket (Address already in use)") {
		t.Errorf("exit %d\n%s", rc, p.Output())
	}
	r = startGlobal(t)
	harness.Start(t, harness.Options{Standalone: true, Await: []string{r.HTTP}, Config: "global\n" + fmt.Sprintf(aloneIn, r.HTTP)})
}

// A process takes all the CPU it can get while it polls without waiting.
func TestBusyPolling(t *testing.T) {
	r := startGlobal(t, "nbthread 1", "busy-polling")
	r.wantInfo("BusyPolling", "1")
	if cpu := harness.CPUDuring(t, r.Pid, time.Second); cpu < 150*time.Millisecond {
		t.Errorf("only %v of CPU in a second", cpu)
	}
	r = startGlobal(t, "nbthread 1")
	if cpu := harness.CPUDuring(t, r.Pid, time.Second); cpu > 100*time.Millisecond {
		t.Errorf("%v of CPU in a second of doing nothing", cpu)
	}
}
