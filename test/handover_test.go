package test

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/harness"
)

// haproxy is the reference of the distribution.
func haproxy(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"haproxy", "/usr/sbin/haproxy"} {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	t.Fatal("no haproxy: make tools installs it")
	return ""
}

// The service is handed from process to process by "-x" and "-sf", Sluice's own
// and HAProxy's, with a master and without, under load; nothing is lost, and the
// sockets are the same ones from first to last.
func TestHandover(t *testing.T) {
	reference := haproxy(t)
	type step struct {
		name, program string
		master        bool
	}
	own, with, other := step{"sluice", "", false}, step{"sluice with a master", "", true}, step{"haproxy", reference, false}
	for _, chain := range [][]step{
		{own, own, own},
		{with, with},
		{own, with, own},
		{other, own, other, with, other},
	} {
		var names []string
		for _, st := range chain {
			names = append(names, st.name)
		}
		t.Run(strings.Join(names, " to "), func(t *testing.T) {
			s := newService(t)
			var tr traffic
			var old *harness.Program
			var socket string
			var inodes []string
			for i, st := range chain {
				o := harness.Options{Dir: harness.TempDir(t), Program: st.program, Standalone: !st.master, Await: []string{s.HTTP, s.TCP}}
				next := filepath.Join(o.Dir, "stats.sock")
				if old != nil {
					o.Args = []string{"-x", socket, "-sf", fmt.Sprint(old.Pid)}
				}
				idle := ""
				if st.program != "" {
					idle = "    option idle-close-on-response\n"
				}
				o.Config = "global\n    stats socket " + next + " level admin expose-fd listeners\n" +
					s.Config(idle+fmt.Sprintf("    http-response set-header x-step %d\n", i), "")
				p := harness.Start(t, o)
				eventually(t, 10*time.Second, "the step's own answers", func() error {
					a, err := harness.Get(t, s.HTTP, "/echo")
					if err != nil || a.Header.Get("x-step") != fmt.Sprint(i) {
						return fmt.Errorf("%v %v", a, err)
					}
					return nil
				})
				if old != nil && old.AwaitExit(20*time.Second) < 0 {
					t.Fatal("the former process goes on")
				}
				now := listenInodes(t, s.HTTP, s.TCP)
				if inodes == nil {
					inodes, tr = now, s.Load(t, 4)
				} else if fmt.Sprint(now) != fmt.Sprint(inodes) {
					t.Errorf("%s: sockets %v, before %v", st.name, now, inodes)
				}
				tr.Progress(t, 10*time.Second)
				old, socket = p, next
			}
			tr.Stop(t)
		})
	}
}

// listenInodes returns the numbers of the sockets that listen on addresses.
func listenInodes(t *testing.T, addrs ...string) []string {
	t.Helper()
	data, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, a := range addrs {
		ap := netip.MustParseAddrPort(a)
		for line := range strings.Lines(string(data)) {
			// sl local_address rem_address st queues timer retrnsmt uid timeout inode; 0A listens
			f := strings.Fields(line)
			if len(f) > 9 && strings.HasSuffix(f[1], fmt.Sprintf(":%04X", ap.Port())) && f[3] == "0A" {
				list = append(list, f[9])
			}
		}
	}
	if len(list) == 0 {
		t.Fatalf("nothing listens on %v", addrs)
	}
	return list
}
