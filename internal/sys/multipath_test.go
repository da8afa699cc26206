package sys

import (
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// A listener and a connection of multipath TCP, when the kernel has it.
func TestMultipath(t *testing.T) {
	if b, err := os.ReadFile("/proc/sys/net/mptcp/enabled"); err != nil || strings.TrimSpace(string(b)) != "1" {
		t.Skip("no multipath TCP in this kernel")
	}
	fd, err := BindTCP(netip.MustParseAddrPort("127.0.0.1:0"), ListenOptions{Multipath: true})
	if err != nil {
		t.Fatal(err)
	}
	defer Close(fd)
	if err := Listen(fd, 1); err != nil {
		t.Fatal(err)
	}
	c, errno := MultipathSocket(unix.AF_INET)
	if errno != 0 {
		t.Fatal(errno)
	}
	defer Close(c)
	if errno := Connect(c, InetSockaddr(LocalAddr(fd))); errno != 0 && errno != syscall.EINPROGRESS {
		t.Fatal(errno)
	}
	for _, s := range []int{fd, c} {
		if p, err := unix.GetsockoptInt(s, unix.SOL_SOCKET, unix.SO_PROTOCOL); err != nil || p != unix.IPPROTO_MPTCP {
			t.Errorf("protocol %d, %v", p, err)
		}
	}
	if p := []unix.PollFd{{Fd: int32(c), Events: unix.POLLOUT}}; true {
		if n, err := unix.Poll(p, 5000); n != 1 || err != nil || SocketError(c) != 0 {
			t.Errorf("not connected: %d, %v", n, err)
		}
	}
}
