package sys

import (
	"errors"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"
)

// After Unlisten and Listen clients are served again, whatever the family. A
// TCP socket refuses meanwhile; clients of a UNIX socket wait.
func TestUnlisten(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	// The port stays its own: the socket was bound to a port of its choice, which
	// only a second one that names it keeps.
	l.Close()
	tcp, err := BindTCP(netip.MustParseAddrPort(addr), ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	name := "@" + t.Name()
	sa, err := UnixSockaddr(t.Name(), true)
	if err != nil {
		t.Fatal(err)
	}
	un, err := BindUnix(sa)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []struct {
		fd            int
		network, addr string
		paused        error
	}{{tcp, "tcp", addr, syscall.ECONNREFUSED}, {un, "unix", name, nil}} {
		defer Close(s.fd)
		dial := func() error {
			c, err := net.DialTimeout(s.network, s.addr, 5*time.Second)
			if err == nil {
				c.Close()
			}
			return err
		}
		if err := Listen(s.fd, 8); err != nil {
			t.Fatal(err)
		}
		if err := dial(); err != nil {
			t.Fatalf("%s: %v", s.network, err)
		}
		if err := Unlisten(s.fd); err != nil {
			t.Fatalf("%s: %v", s.network, err)
		}
		if err := dial(); !errors.Is(err, s.paused) {
			t.Errorf("%s: while paused: %v, want %v", s.network, err, s.paused)
		}
		if err := Listen(s.fd, 8); err != nil {
			t.Fatal(err)
		}
		if err := dial(); err != nil {
			t.Errorf("%s: resumed: %v", s.network, err)
		}
	}
}
