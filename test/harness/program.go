// Package harness runs the program under test as real processes: with a
// configuration in a temporary directory, on free ports, with its command
// lines within reach, and with nothing left of it after the test.
//
// The binary comes from SLUICE_PROGRAM, else HAPROXY_PROGRAM, else
// bin/sluice. So the tests themselves can be tried on the reference.
package harness

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Binary returns the path of the program under test.
func Binary(tb testing.TB) string {
	tb.Helper()
	for _, v := range []string{"SLUICE_PROGRAM", "HAPROXY_PROGRAM"} {
		if p := os.Getenv(v); p != "" {
			return p
		}
	}
	p, err := filepath.Abs(filepath.Join(Root(tb), "bin", "sluice"))
	if err == nil {
		_, err = os.Stat(p)
	}
	if err != nil {
		tb.Fatalf("no program to test: %v (make build, or set SLUICE_PROGRAM)", err)
	}
	return p
}

// Root is the directory of the module.
func Root(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for d := dir; d != "/"; d = filepath.Dir(d) {
		if _, err := os.Stat(filepath.Join(d, "go.mod")); err == nil {
			return d
		}
	}
	tb.Fatalf("no go.mod above %s", dir)
	return ""
}

// Options of a start. The zero value is a master with a worker.
type Options struct {
	Config     string              // written to sluice.cfg in Dir
	Args       []string            // added after the ones below
	Standalone bool                // -db instead of -W -S master.sock
	NoArgs     bool                // nothing but Args
	Program    string              // instead of Binary
	Dir        string              // default: a new one
	Env        []string            // added to the environment
	Await      []string            // addresses that must accept a connect before Start returns
	NoWait     bool                // do not wait for READY and Await
	Files      []*os.File          // descriptors 3 and on
	Traces     bool                // the test makes it crash: traces in the output are no failure
	User       *syscall.Credential // run as somebody else
}

// A Program is a started instance.
type Program struct {
	TB     testing.TB
	Dir    string // working directory; holds sluice.cfg, master.sock, output
	Pid    int
	opts   Options
	cmd    *exec.Cmd
	output string
	exited chan struct{}
	rc     int
}

// TempDir is like tb.TempDir with a path short enough for a UNIX socket.
func TempDir(tb testing.TB) string {
	tb.Helper()
	dir, err := os.MkdirTemp("", "sl")
	if err != nil {
		tb.Fatal(err)
	}
	os.Chmod(dir, 0o755)
	tb.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// startDeadline is generous: the machines that run tests are busy ones.
const startDeadline = 20 * time.Second

// Start starts the program and waits until it serves.
func Start(tb testing.TB, o Options) *Program {
	tb.Helper()
	p := &Program{TB: tb, opts: o, Dir: o.Dir, exited: make(chan struct{})}
	if p.Dir == "" {
		p.Dir = TempDir(tb)
	}
	if o.Program == "" {
		o.Program = Binary(tb)
	}
	var args []string
	if !o.NoArgs {
		p.WriteConfig(o.Config)
		if o.Standalone {
			args = []string{"-db", "-f", p.ConfigPath()}
		} else {
			args = []string{"-W", "-S", p.MasterSocket(), "-f", p.ConfigPath()}
		}
	}
	p.output = filepath.Join(p.Dir, "output")
	out, err := os.Create(p.output)
	if err != nil {
		tb.Fatal(err)
	}
	defer out.Close()
	p.cmd = exec.Command(o.Program, append(args, o.Args...)...)
	p.cmd.Dir = p.Dir
	p.cmd.Env = append(os.Environ(), o.Env...)
	p.cmd.Stdout, p.cmd.Stderr = out, out
	p.cmd.ExtraFiles = o.Files
	// A process group of its own tells its processes from others, also after their parent died.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: o.User}
	if err := p.cmd.Start(); err != nil {
		tb.Fatalf("start %s: %v", o.Program, err)
	}
	p.Pid = p.cmd.Process.Pid
	tb.Cleanup(p.cleanup)
	go func() {
		p.cmd.Wait()
		ws := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
		if p.rc = ws.ExitStatus(); ws.Signaled() {
			p.rc = 128 + int(ws.Signal())
		}
		close(p.exited)
	}()
	if !o.NoWait {
		p.awaitReady()
	}
	return p
}

func (p *Program) awaitReady() {
	p.TB.Helper()
	deadline := time.Now().Add(startDeadline)
	if !p.opts.Standalone && !p.opts.NoArgs {
		// @1 is only a worker that has finished loading.
		p.poll(deadline, "a worker that is READY", func() bool {
			// The reference never closes a session after this error, hence the limit.
			a, err := CLIWithin(p.MasterSocket(), "@1 show version", 300*time.Millisecond)
			return err == nil && !strings.Contains(a, "Can't") && strings.TrimSpace(a) != ""
		})
	}
	for _, a := range p.opts.Await {
		p.poll(deadline, "a listener on "+a, func() bool { return Connects(a) == nil })
	}
}

func (p *Program) poll(deadline time.Time, what string, ok func() bool) {
	p.TB.Helper()
	for !ok() {
		select {
		case <-p.exited:
			p.TB.Fatalf("while waiting for %s the program ended with rc %d:\n%s", what, p.rc, p.Output())
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			p.TB.Fatalf("no %s in time:\n%s", what, p.Output())
		}
	}
}

// Connects tries one connect.
func Connects(addr string) error {
	network := "tcp"
	if strings.HasPrefix(addr, "/") {
		network = "unix"
	}
	c, err := net.DialTimeout(network, addr, time.Second)
	if err == nil {
		c.Close()
	}
	return err
}

// ConfigPath is the path of the configuration file.
func (p *Program) ConfigPath() string { return filepath.Join(p.Dir, "sluice.cfg") }

// MasterSocket is the path of the master CLI.
func (p *Program) MasterSocket() string { return filepath.Join(p.Dir, "master.sock") }

// WriteConfig replaces the configuration file by rename, as careful tools do.
func (p *Program) WriteConfig(text string) {
	p.TB.Helper()
	tmp := p.ConfigPath() + ".new"
	if err := os.WriteFile(tmp, []byte(text), 0o644); err != nil {
		p.TB.Fatal(err)
	}
	if err := os.Rename(tmp, p.ConfigPath()); err != nil {
		p.TB.Fatal(err)
	}
}

// Output is what the program wrote to its standard output and error so far.
func (p *Program) Output() string {
	b, _ := os.ReadFile(p.output)
	return string(bytes.ToValidUTF8(b, []byte("?")))
}

// AwaitOutput waits for a match in the output.
func (p *Program) AwaitOutput(re string, within time.Duration) {
	p.TB.Helper()
	r := regexp.MustCompile(re)
	p.pollAlways(time.Now().Add(within), fmt.Sprintf("output matching %q", re), func() bool { return r.MatchString(p.Output()) })
}

// pollAlways is poll that goes on after the end of the program.
func (p *Program) pollAlways(deadline time.Time, what string, ok func() bool) {
	p.TB.Helper()
	for !ok() {
		if time.Now().After(deadline) {
			p.TB.Fatalf("no %s in time:\n%s", what, p.Output())
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// Signal sends a signal to the process that was started.
func (p *Program) Signal(s syscall.Signal) {
	p.TB.Helper()
	if err := syscall.Kill(p.Pid, s); err != nil {
		p.TB.Fatalf("signal %v to %d: %v", s, p.Pid, err)
	}
}

// Exited tells whether the process that was started has ended.
func (p *Program) Exited() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// AwaitExit waits for the end and returns the exit status, 128+n for signal n.
func (p *Program) AwaitExit(within time.Duration) int {
	p.TB.Helper()
	if p.Exited() {
		return p.rc
	}
	select {
	case <-p.exited:
		return p.rc
	case <-time.After(within):
		p.TB.Fatalf("still running after %v:\n%s", within, p.Output())
		return -1
	}
}

// cleanup ends every process of the group, by pid, politely first, and fails
// the test if the program panicked.
func (p *Program) cleanup() {
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		deadline := time.Now().Add(3 * time.Second)
		for _, pid := range p.Processes() {
			syscall.Kill(pid, syscall.SIGCONT)
			if s == syscall.SIGKILL || pid == p.Pid {
				syscall.Kill(pid, s)
			}
		}
		for len(p.Processes()) > 0 && time.Now().Before(deadline) {
			time.Sleep(5 * time.Millisecond)
		}
		if s == syscall.SIGTERM {
			if left := p.Processes(); len(left) > 0 && !p.TB.Failed() {
				p.TB.Logf("not gone 3 s after TERM, killing: %v", left)
			}
		}
	}
	<-p.exited
	if !p.opts.Traces {
		NoPanic(p.TB, p.Output())
	}
	if p.TB.Failed() {
		p.TB.Logf("output of the program:\n%s", tail(p.Output(), 6000))
	}
}

var panicked = regexp.MustCompile(`(?m)^(panic: |fatal error: |goroutine \d+ \[|SIGSEGV|unexpected fault address)`)

// NoPanic fails the test if the text is that of a Go program that came to grief.
func NoPanic(tb testing.TB, output string) {
	tb.Helper()
	if at := panicked.FindStringIndex(output); at != nil {
		tb.Errorf("the program panicked:\n%s", tail(output[at[0]:min(len(output), at[0]+6000)], 6000))
	}
}

func tail(s string, n int) string {
	if len(s) > n {
		return "…" + s[len(s)-n:]
	}
	return s
}
