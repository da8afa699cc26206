package test

import (
	"fmt"
	"net"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// manager is a stand-in for systemd's side of NOTIFY_SOCKET.
type manager struct {
	t *testing.T
	c *net.UnixConn
}

func newManager(t *testing.T) (*manager, string) {
	path := filepath.Join(harness.TempDir(t), "notify")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Net: "unixgram", Name: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &manager{t, c}, path
}

// expect fails the test unless the next message is as wanted.
func (m *manager) expect(want string) {
	m.t.Helper()
	b := make([]byte, 4096)
	m.c.SetReadDeadline(time.Now().Add(20 * time.Second))
	n, err := m.c.Read(b)
	if err != nil {
		m.t.Fatalf("no message, want %q: %v", want, err)
	}
	if !regexp.MustCompile("^(?:" + want + ")$").Match(b[:n]) {
		m.t.Fatalf("message %q, want %q", b[:n], want)
	}
}

// silent fails the test if a message is waiting.
func (m *manager) silent() {
	m.t.Helper()
	b := make([]byte, 4096)
	m.c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if n, err := m.c.Read(b); err == nil {
		m.t.Errorf("unexpected message %q", b[:n])
	}
}

const reloading = "RELOADING=1\nSTATUS=Reloading Configuration\\.\nMONOTONIC_USEC=[0-9]+\n"

// "-Ws" tells systemd what the reference tells it: start, reload by signal and by
// command, failed reload, stop.
func TestSystemd(t *testing.T) {
	s := newService(t)
	m, path := newManager(t)
	p := harness.Start(t, harness.Options{Config: s.Config("", ""), Args: []string{"-Ws"}, NoWait: true, Env: []string{"NOTIFY_SOCKET=" + path}})
	ready := fmt.Sprintf("READY=1\nMAINPID=%d\nSTATUS=Ready\\.\n", p.Pid)
	m.expect(ready)
	harness.MustGet(t, s.HTTP, "/echo")
	p.Signal(syscall.SIGUSR2)
	m.expect(reloading)
	m.expect(ready)
	p.MustReload()
	m.expect(reloading)
	m.expect(ready)
	m.silent()
	p.Signal(syscall.SIGTERM)
	m.expect("STOPPING=1")
	if code := p.AwaitExit(10 * time.Second); code != 0 {
		t.Errorf("exit status %d", code)
	}
	m.silent()
}

// A reload that fails leaves the service as it was; systemd hears that it is
// ready again.
func TestSystemdFailedReload(t *testing.T) {
	s := newService(t)
	m, path := newManager(t)
	p := harness.Start(t, harness.Options{Config: s.Config("", ""), Args: []string{"-Ws"}, NoWait: true, Env: []string{"NOTIFY_SOCKET=" + path}})
	m.expect(fmt.Sprintf("READY=1\nMAINPID=%d\nSTATUS=Ready\\.\n", p.Pid))
	p.WriteConfig("nonsense\n")
	p.Signal(syscall.SIGHUP)
	m.expect(reloading)
	m.expect("READY=1\nSTATUS=Reload failed!\n")
	harness.MustGet(t, s.HTTP, "/echo")
	m.silent()
}

// W-09: a first start that fails was never ready.
func TestSystemdFailedStart(t *testing.T) {
	m, path := newManager(t)
	p := harness.Start(t, harness.Options{Config: defaults + "frontend f\n    nonsense\n", Args: []string{"-Ws"}, NoWait: true, Env: []string{"NOTIFY_SOCKET=" + path}})
	if code := p.AwaitExit(10 * time.Second); code != 1 {
		t.Errorf("exit status %d", code)
	}
	m.silent()
}

// The manager hears of a crash and of the end of it.
func TestSystemdCrash(t *testing.T) {
	s := newService(t)
	m, path := newManager(t)
	p := harness.Start(t, harness.Options{Config: s.Config("", ""), Args: []string{"-Ws"}, Env: []string{"NOTIFY_SOCKET=" + path}, Await: []string{s.HTTP}})
	ready := fmt.Sprintf("READY=1\nMAINPID=%d\nSTATUS=Ready\\.\n", p.Pid)
	m.expect(ready)
	p.Kill(p.Worker(), syscall.SIGKILL)
	m.expect("STATUS=The worker has ended and is started again\\.\n")
	m.expect(ready)
	m.silent()
}
