package test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// network is three hosts in network namespaces, in a row: client, router, server.
// The router takes what comes from the client's side for its own, so that a proxy on
// it sees connections to the server's address.
type network struct {
	t                      *testing.T
	client, router, server string
}

func newNetwork(t *testing.T) *network {
	t.Helper()
	if _, err := exec.LookPath("ip"); err != nil || os.Geteuid() != 0 {
		t.Skip("SKIPPED: network namespaces need root and ip(8)")
	}
	id := fmt.Sprintf("sl%d", os.Getpid()%100000)
	n := &network{t, id + "c", id + "r", id + "s"}
	for _, ns := range []string{n.client, n.router, n.server} {
		if out, err := exec.Command("ip", "netns", "add", ns).CombinedOutput(); err != nil {
			t.Skipf("SKIPPED: no network namespace: %v: %s", err, out)
		}
		t.Cleanup(func() { exec.Command("ip", "netns", "del", ns).Run() })
		n.ip(ns, "link set lo up")
	}
	for i, side := range []struct{ ns, net string }{{n.client, "10.77.1"}, {n.server, "10.77.2"}} {
		dev := fmt.Sprint("r", i)
		n.ip(n.router, "link add "+dev+" type veth peer name eth0 netns "+side.ns)
		n.ip(n.router, "addr add "+side.net+".1/24 dev "+dev)
		n.ip(n.router, "link set "+dev+" up")
		n.ip(side.ns, "addr add "+side.net+".2/24 dev eth0")
		n.ip(side.ns, "link set eth0 up")
		n.ip(side.ns, "route add default via "+side.net+".1")
		// What comes in from either side is taken as ours: connections of the client,
		// and the answers to addresses that the proxy has borrowed.
		n.ip(n.router, "rule add iif "+dev+" lookup 100")
	}
	n.ip(n.router, "route add local 0.0.0.0/0 dev lo table 100")
	return n
}

func (n *network) ip(ns, words string) {
	n.t.Helper()
	args := append([]string{"-n", ns}, strings.Fields(words)...)
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		n.t.Skipf("SKIPPED: ip %s: %v: %s", strings.Join(args, " "), err, out)
	}
}

// start runs the program on a host.
func (n *network) start(ns, config string) *harness.Program {
	n.t.Helper()
	dir := harness.TempDir(n.t)
	path := filepath.Join(dir, "sluice.cfg")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		n.t.Fatal(err)
	}
	return harness.Start(n.t, harness.Options{Program: "ip", NoArgs: true, NoWait: true, Dir: dir,
		Args: []string{"netns", "exec", ns, harness.Binary(n.t), "-db", "-f", path}})
}

// ask sends a request from the client's host until there is an answer.
func (n *network) ask(addr string) (answer string) {
	host, port, _ := strings.Cut(addr, ":")
	script := fmt.Sprintf(`exec 3<>/dev/tcp/%s/%s && printf 'GET / HTTP/1.0\r\n\r\n' >&3 && timeout 5 cat <&3`, host, port)
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		out, err := exec.Command("ip", "netns", "exec", n.client, "bash", "-c", script).Output()
		if answer = string(out); err == nil && answer != "" {
			break
		}
	}
	return answer
}

const seen = `
defaults
    mode http
    timeout connect 3s
    timeout client 3s
    timeout server 3s
frontend seen
    bind 10.77.2.2:80
    bind 10.77.2.2:81
    http-request return status 200 hdr seen "%[src] %[dst]:%[dst_port]"
`

// A proxy that nobody sees: it takes connections to the server's own address, goes
// on to that address, and comes from the client's, as a user whose only privilege is
// that of "setcap".
func TestTransparent(t *testing.T) {
	for _, x := range []struct{ name, global, server string }{
		{"a server of any address", "uid 65534\n setcap cap_net_raw", "server any 0.0.0.0"},
		{"cap_net_admin", "uid 65534\n setcap cap_net_admin", "server any 0.0.0.0:0"},
		{"as root", "", "server any 0.0.0.0"},
		{"old form", "", "option transparent"},
	} {
		t.Run(x.name, func(t *testing.T) {
			n := newNetwork(t)
			n.start(n.server, seen)
			p := n.start(n.router, "global\n "+x.global+`
defaults
    mode http
    timeout connect 3s
    timeout client 3s
    timeout server 3s
listen all
    bind :80 transparent
    source 0.0.0.0 usesrc clientip
    `+x.server+`
listen shifted
    bind :90 transparent
    source 0.0.0.0 usesrc client
    server any 0.0.0.0:-9
listen own
    bind :91 transparent
    server any 0.0.0.0:80
listen borrowed
    bind :92 transparent
    server any 0.0.0.0:80 source 0.0.0.0 usesrc 192.0.2.99
`)
			for port, want := range map[string]string{
				"80": "10.77.1.2 10.77.2.2:80", "90": "10.77.1.2 10.77.2.2:81", "91": "10.77.2.1 10.77.2.2:80", "92": "192.0.2.99 10.77.2.2:80",
			} {
				if got := n.ask("10.77.2.2:" + port); !strings.Contains(got, "seen: "+want+"\r\n") {
					t.Errorf("port %s: %q, want %q\n%s", port, got, want, p.Output())
				}
			}
		})
	}
}

// Without the capability nothing of that would work, which is told at the start.
func TestTransparentRefused(t *testing.T) {
	n := newNetwork(t)
	p := n.start(n.router, "global\n uid 65534\n"+`
defaults
    mode http
    timeout connect 3s
    timeout client 3s
    timeout server 3s
listen all
    bind :80
    server any 0.0.0.0 source 0.0.0.0 usesrc clientip
`)
	if rc := p.AwaitExit(10 * time.Second); rc != 1 {
		t.Errorf("ended with %d", rc)
	}
	if out := p.Output(); !strings.Contains(out, "Some configuration options require full privileges, so global.uid cannot be changed.") {
		t.Errorf("said %q", out)
	}
}
