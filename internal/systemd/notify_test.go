package systemd

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

// manager listens as a service manager does.
func manager(t *testing.T, name string) *net.UnixConn {
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Net: "unixgram", Name: name})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	t.Setenv("NOTIFY_SOCKET", name)
	return c
}

func TestStates(t *testing.T) {
	for _, name := range []string{filepath.Join(t.TempDir(), "n"), fmt.Sprintf("@sluice-test-%d", os.Getpid())} {
		c := manager(t, name)
		n := FromEnvironment()
		for _, s := range []struct {
			say  func()
			want string
		}{
			{n.Ready, fmt.Sprintf("^READY=1\nMAINPID=%d\nSTATUS=Ready.\n$", os.Getpid())},
			{n.Reloading, "^RELOADING=1\nSTATUS=Reloading Configuration.\nMONOTONIC_USEC=[1-9][0-9]+\n$"},
			{n.ReloadFailed, "^READY=1\nSTATUS=Reload failed!\n$"},
			{func() { n.Status("one\nREADY=1") }, "^STATUS=one\n$"},
			{func() { n.Extend(1500 * time.Millisecond) }, "^EXTEND_TIMEOUT_USEC=1500000\n$"},
			{n.Stopping, "^STOPPING=1$"},
		} {
			s.say()
			b := make([]byte, 4096)
			c.SetReadDeadline(time.Now().Add(5 * time.Second))
			size, err := c.Read(b)
			if err != nil {
				t.Fatal(err)
			}
			if !regexp.MustCompile(s.want).Match(b[:size]) {
				t.Errorf("%s: %q, want %q", name, b[:size], s.want)
			}
		}
	}
}

// Without a manager, or with one that has gone, nothing happens.
func TestNobody(t *testing.T) {
	for _, name := range []string{"", "x", "/", filepath.Join(t.TempDir(), "gone")} {
		t.Setenv("NOTIFY_SOCKET", name)
		n := FromEnvironment()
		if (n == nil) != (len(name) < 2 || name == "x") {
			t.Errorf("%q: %v", name, n)
		}
		n.Ready()
	}
}
