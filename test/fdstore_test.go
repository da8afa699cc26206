package test

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sluice-proxy/sluice/test/harness"
)

// A serviceManager is a stand-in for systemd as far as a service with a store
// for descriptors sees it: it keeps what it is given, and passes it to the
// service's next process.
type serviceManager struct {
	t    *testing.T
	path string
	mu   sync.Mutex
	kept []keptFile
	said []string
}

type keptFile struct {
	name string
	file *os.File
}

func newServiceManager(t *testing.T) *serviceManager {
	m := &serviceManager{t: t, path: filepath.Join(harness.TempDir(t), "notify")}
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Net: "unixgram", Name: m.path})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() {
		c.Close()
		<-done
		for _, k := range m.kept {
			k.file.Close()
		}
	})
	go func() {
		defer close(done)
		b, oob := make([]byte, 4096), make([]byte, 1024)
		for {
			n, oobn, _, _, err := c.ReadMsgUnix(b, oob)
			if err != nil {
				return
			}
			m.obey(string(b[:n]), oob[:oobn])
		}
	}()
	return m
}

// obey does what one message asks for. Descriptors it does not store are closed,
// which is also what answers BARRIER=1.
func (m *serviceManager) obey(message string, oob []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.said = append(m.said, message)
	words := map[string]string{}
	for line := range strings.SplitSeq(message, "\n") {
		k, v, _ := strings.Cut(line, "=")
		words[k] = v
	}
	name := words["FDNAME"]
	var files []*os.File
	control, _ := unix.ParseSocketControlMessage(oob)
	for _, c := range control {
		fds, _ := unix.ParseUnixRights(&c)
		for _, fd := range fds {
			unix.CloseOnExec(fd)
			files = append(files, os.NewFile(uintptr(fd), name))
		}
	}
	for _, f := range files {
		if words["FDSTORE"] == "1" {
			m.kept = append(m.kept, keptFile{name, f})
		} else {
			f.Close()
		}
	}
	if words["FDSTOREREMOVE"] == "1" {
		var left []keptFile
		for _, k := range m.kept {
			if k.name == name {
				k.file.Close()
			} else {
				left = append(left, k)
			}
		}
		m.kept = left
	}
}

// names are the keys of what is kept, in the order it came.
func (m *serviceManager) names() (keys []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, k := range m.kept {
		keys = append(keys, strings.ReplaceAll(k.name[strings.Index(k.name[7:], "/")+8:], "%3A", ":"))
	}
	return keys
}

// await waits until exactly so many sockets are kept, these among them.
func (m *serviceManager) await(count int, keys ...string) {
	m.t.Helper()
	eventually(m.t, 10*time.Second, "what the service manager keeps", func() error {
		got := "|" + strings.Join(m.names(), "|") + "|"
		for _, k := range keys {
			if !strings.Contains(got, "|"+k+"|") {
				return fmt.Errorf("no %s in %s", k, got)
			}
		}
		if n := len(m.names()); n != count {
			return fmt.Errorf("%d kept, want %d: %s", n, count, got)
		}
		return nil
	})
}

// start starts a process of the service as systemd does: what is kept comes as
// descriptors 3 and on.
func (m *serviceManager) start(dir string) *harness.Program {
	m.t.Helper()
	m.mu.Lock()
	ready := m.countReady()
	var files []*os.File
	var names []string
	for _, k := range m.kept {
		fd, err := unix.FcntlInt(k.file.Fd(), unix.F_DUPFD_CLOEXEC, 0)
		if err != nil {
			m.t.Fatal(err)
		}
		files, names = append(files, os.NewFile(uintptr(fd), k.name)), append(names, k.name)
	}
	m.mu.Unlock()
	env := []string{"NOTIFY_SOCKET=" + m.path, "FDSTORE=64"}
	if len(files) > 0 {
		env = append(env, "LISTEN_FDS="+strconv.Itoa(len(files)), "LISTEN_FDNAMES="+strings.Join(names, ":"))
	}
	p := harness.Start(m.t, harness.Options{
		Program: "/bin/sh", NoArgs: true, NoWait: true, Dir: dir, Env: env, Files: files,
		Args: []string{"-c", `export LISTEN_PID=$$; exec "$@"`, "sh", harness.Binary(m.t), "-Ws", "-S", filepath.Join(dir, "master.sock"), "-f", filepath.Join(dir, "sluice.cfg")},
	})
	for _, f := range files {
		f.Close()
	}
	eventually(m.t, 20*time.Second, "READY=1", func() error {
		m.mu.Lock()
		defer m.mu.Unlock()
		if n := m.countReady(); n == ready {
			return fmt.Errorf("not told; output:\n%s", p.Output())
		}
		return nil
	})
	return p
}

func (m *serviceManager) countReady() (n int) {
	for _, s := range m.said {
		if strings.Contains(s, "READY=1\nMAINPID") {
			n++
		}
	}
	return n
}

// queue sends requests that nobody answers yet, and returns who waits for the
// answers.
func queue(t *testing.T, network, addr string, count int) (collect func(want string)) {
	t.Helper()
	var clients []net.Conn
	for i := range count {
		c, err := net.DialTimeout(network, addr, 5*time.Second)
		if err != nil {
			t.Fatalf("connection %d to %s: %v", i, addr, err)
		}
		fmt.Fprintf(c, "GET /echo HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
		clients = append(clients, c)
	}
	return func(want string) {
		t.Helper()
		for i, c := range clients {
			c.SetDeadline(time.Now().Add(15 * time.Second))
			b, err := io.ReadAll(c)
			c.Close()
			if !strings.HasPrefix(string(b), want) {
				t.Errorf("waiting connection %d of %s: %q %v", i, addr, b, err)
			}
		}
	}
}

// The master is killed, which takes the worker with it; connections that come
// until the next master serves wait in the sockets that systemd keeps. Better
// than the reference: there the sockets are gone.
func TestMasterKilledConnectionsWait(t *testing.T) {
	s := newService(t)
	m := newServiceManager(t)
	dir := harness.TempDir(t)
	socket := filepath.Join(dir, "web.sock")
	write := func(text string) {
		if err := os.WriteFile(filepath.Join(dir, "sluice.cfg"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(s.Config("    bind "+socket, ""))
	p := m.start(dir)
	m.await(3, s.HTTP, s.TCP, "unix@"+socket)
	for round := range soak(2, 50) {
		p.Signal(syscall.SIGKILL)
		p.AwaitExit(10 * time.Second)
		eventually(t, 10*time.Second, "end of the workers", func() error {
			if left := p.Processes(); len(left) > 0 {
				return fmt.Errorf("%v", left)
			}
			return nil
		})
		web, local := queue(t, "tcp", s.HTTP, 40), queue(t, "unix", socket, 10)
		p = m.start(dir)
		web("HTTP/1.1 200")
		local("HTTP/1.1 200")
		harness.MustGet(t, s.HTTP, "/echo")
		m.await(3, s.HTTP, s.TCP, "unix@"+socket)
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}

	// The same when the service is restarted: TERM is not for good.
	p.Signal(syscall.SIGTERM)
	p.AwaitExit(10 * time.Second)
	web := queue(t, "tcp", s.HTTP, 40)
	p = m.start(dir)
	web("HTTP/1.1 200")
	m.await(3, s.HTTP, s.TCP, "unix@"+socket)

	// A restarted master gives up what the configuration does not want any more.
	p.Signal(syscall.SIGKILL)
	p.AwaitExit(10 * time.Second)
	write(strings.Replace(s.Config("", ""), "bind "+s.TCP, "bind abns@sluice-"+strconv.Itoa(os.Getpid()), 1))
	p = m.start(dir)
	m.await(2, s.HTTP)
	if harness.Connects(s.TCP) == nil {
		t.Errorf("%s is still open", s.TCP)
	}
	harness.MustGet(t, s.HTTP, "/echo")

	// SIGUSR1 is for good: clients are refused, not left waiting.
	p.Signal(syscall.SIGUSR1)
	p.AwaitExit(10 * time.Second)
	m.await(0)
	if harness.Connects(s.HTTP) == nil {
		t.Errorf("%s is still open", s.HTTP)
	}
}

// A reload that replaces a socket by a narrower one of the same port takes the old
// one out of systemd's hands: it would go on taking connections that nobody
// accepts. The narrower one goes on when the wider is back.
func TestStoredSocketReplaced(t *testing.T) {
	s := newService(t)
	m := newServiceManager(t)
	dir := harness.TempDir(t)
	_, port, _ := net.SplitHostPort(s.HTTP)
	wide, other := "*:"+port, "127.0.0.2:"+port // other is found behind wide only
	write := func(addr string) {
		text := strings.Replace(s.Config("", ""), "bind "+s.HTTP, "bind "+addr, 1)
		if err := os.WriteFile(filepath.Join(dir, "sluice.cfg"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(wide)
	p := m.start(dir)
	kept := []string{wide, s.TCP}
	for range 3 {
		m.await(len(kept), kept...)
		harness.MustGet(t, other, "/echo")
		write(s.HTTP)
		p.MustReload()
		m.await(2, s.HTTP, s.TCP)
		eventually(t, 10*time.Second, "refusal on "+other, func() error {
			if harness.Connects(other) == nil {
				return fmt.Errorf("still open")
			}
			return nil
		})
		harness.MustGet(t, s.HTTP, "/echo")
		write(wide)
		p.MustReload()
		kept = []string{wide, s.HTTP, s.TCP}
	}
}
