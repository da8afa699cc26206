package worker

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
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
