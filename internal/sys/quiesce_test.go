package sys

import (
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"
)

// A quiesced TCP socket still gives what waits, which works, and takes nothing
// new: that goes to another socket of a wider address once it is closed.
func TestQuiesceTCP(t *testing.T) {
	narrow, err := BindTCP(netip.MustParseAddrPort("127.0.0.1:0"), ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	closed := false
	defer func() {
		if !closed {
			Close(narrow)
		}
	}()
	if err := Listen(narrow, 10); err != nil {
		t.Fatal(err)
	}
	sa, err := syscall.Getsockname(narrow)
	if err != nil {
		t.Fatal(err)
	}
	addr := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(sa.(*syscall.SockaddrInet4).Port))
	wide, err := BindTCP(netip.AddrPortFrom(netip.IPv4Unspecified(), addr.Port()), ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer Close(wide)
	if err := Listen(wide, 10); err != nil {
		t.Fatal(err)
	}
	before, err := net.Dial("tcp", addr.String())
	if err != nil {
		t.Fatal(err)
	}
	defer before.Close()
	if err := Quiesce(narrow); err != nil {
		t.Fatal(err)
	}
	late := make(chan error, 1)
	go func() {
		c, err := net.DialTimeout("tcp", addr.String(), 10*time.Second)
		if err == nil {
			c.Close()
		}
		late <- err
	}()
	fd, _, errno := Accept(narrow)
	if errno != 0 {
		t.Fatal(errno)
	}
	defer Close(fd)
	before.Write([]byte("x"))
	before.SetReadDeadline(time.Now().Add(5 * time.Second))
	if n, err := syscall.Write(fd, []byte("y")); n != 1 {
		t.Fatal(err)
	}
	if n, err := before.Read(make([]byte, 1)); n != 1 {
		t.Fatal(err)
	}
	select {
	case err := <-late:
		t.Fatalf("a connect during the quiet: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	if _, _, errno := Accept(narrow); errno != syscall.EAGAIN {
		t.Errorf("accept: %v", errno)
	}
	Close(narrow)
	closed = true
	if err := <-late; err != nil {
		t.Error(err)
	}
}
