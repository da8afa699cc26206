package worker

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// A bind line's namespace is where its socket is, and nothing else of the
// process.
func TestNamespace(t *testing.T) {
	ip, err := exec.LookPath("ip")
	if err != nil || os.Geteuid() != 0 {
		t.Skip("SKIPPED: making a network namespace needs root and ip(8)")
	}
	name := fmt.Sprintf("sluice-worker-%d", os.Getpid())
	if out, err := exec.Command(ip, "netns", "add", name).CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: no network namespace: %v: %s", err, out)
	}
	t.Cleanup(func() { exec.Command(ip, "netns", "del", name).Run() })
	if out, err := exec.Command(ip, "-n", name, "link", "set", "lo", "up").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	addr := freePort(t)
	s, _ := store{}.load(t, addr, "namespace "+name)
	if err := s.Serve(); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(s.run.Listeners[0].Key, " namespace "+name) {
		t.Errorf("key %q", s.run.Listeners[0].Key)
	}
	if c, err := net.Dial("tcp", addr); err == nil {
		c.Close()
		t.Error("a client outside of the namespace connects")
	}
	host, port, _ := net.SplitHostPort(addr)
	ask := fmt.Sprintf(`exec 3<>/dev/tcp/%s/%s; printf 'GET / HTTP/1.0\r\n\r\n' >&3; read -r line <&3; echo "$line"`, host, port)
	out, err := exec.Command(ip, "netns", "exec", name, "bash", "-c", ask).CombinedOutput()
	if err != nil || !strings.Contains(string(out), " 204 ") {
		t.Errorf("a client in the namespace: %v: %s", err, out)
	}
}

// A server's namespace is where connections to it, and its checks, are made; who
// gives up root needs a capability for that.
func TestServerNamespace(t *testing.T) {
	ip, err := exec.LookPath("ip")
	if err != nil || os.Geteuid() != 0 {
		t.Skip("SKIPPED: making a network namespace needs root and ip(8)")
	}
	name := fmt.Sprintf("sluice-server-%d", os.Getpid())
	if out, err := exec.Command(ip, "netns", "add", name).CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: no network namespace: %v: %s", err, out)
	}
	t.Cleanup(func() { exec.Command(ip, "netns", "del", name).Run() })
	if out, err := exec.Command(ip, "-n", name, "link", "set", "lo", "up").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	front, inside := freePort(t), freePort(t)
	l, said := newLoad(t, "global\n nbthread 2\n maxconn 100\n"+timeoutLines+" mode http\n"+
		"frontend in\n bind "+inside+" namespace "+name+"\n http-request return status 204\n"+
		"listen out\n bind "+front+"\n server there "+inside+" namespace "+name+" check inter 20ms rise 1 fall 1\n"+
		" server here "+inside+" check inter 20ms rise 1 fall 1 backup\n")
	s, ok := l.prepare(store{}.sockets(t))
	if !ok {
		t.Fatalf("not prepared: %q", said.take())
	}
	s.left = make(chan int, 1)
	t.Cleanup(s.stop)
	if err := s.Serve(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"here", "there"} { // the former goes down, the latter stays up
		want := name == "there"
		await(t, func() bool {
			for _, srv := range s.run.Backends[0].Servers {
				if srv.Name == name {
					h := srv.Health.Get()
					return h.Usable() == want && h.Check.Status != ""
				}
			}
			return false
		})
	}
	for range 3 {
		r, err := http.Get("http://" + front + "/")
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != 204 {
			t.Errorf("status %d", r.StatusCode)
		}
	}
}

// Without root, and without the capabilities, nothing of that could work: that is
// said before anything is served.
func TestRightsToConnect(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: changing the user needs root")
	}
	for _, x := range []struct {
		global, server string
		ok             bool
	}{
		{"", "source 0.0.0.0 usesrc clientip", true},
		{"uid 65534", "source 0.0.0.0 usesrc clientip", false},
		{"uid 65534", "source 127.0.0.1 interface lo", false},
		{"uid 65534", "source 127.0.0.1", true},
		{"uid 65534\n setcap cap_net_raw", "source 0.0.0.0 usesrc clientip", true},
		{"uid 65534\n setcap cap_net_admin", "source 0.0.0.0 usesrc clientip", true},
		{"uid 65534\n setcap cap_net_bind_service", "source 0.0.0.0 usesrc clientip", false},
	} {
		l, said := newLoad(t, "global\n "+x.global+"\n"+timeoutLines+"backend b\n server s 127.0.0.1:1 "+x.server+"\n")
		if ok := l.transports(); ok != x.ok {
			t.Errorf("%q, %q: %v: %q", x.global, x.server, ok, said.take())
		}
		if lines := said.take(); !x.ok && (len(lines) != 2 || !strings.Contains(lines[0], "Some configuration options require full privileges, so global.uid cannot be changed.")) {
			t.Errorf("%q", lines)
		}
	}
}

// await waits until ok, which something that goes on by itself makes true.
func await(t *testing.T, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not come true")
		}
	}
}
