package stream

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// With "option tcp-smart-connect" the acknowledgement of the server's acceptance
// comes with the request: one packet less.
func TestSmartConnect(t *testing.T) {
	var packets [2]uint32
	for i, on := range []bool{false, true} {
		origin, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer origin.Close()
		r := newReal(t, true, 1, func(r *real) { r.be.SmartConnect = on }, origin.Addr().String())
		c, err := net.Dial("tcp", r.at)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(20 * time.Second))
		io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
		u, err := origin.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer u.Close()
		u.SetDeadline(time.Now().Add(20 * time.Second))
		if _, err := http.ReadRequest(bufio.NewReader(u)); err != nil {
			t.Fatal(err)
		}
		raw, err := u.(*net.TCPConn).SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		raw.Control(func(fd uintptr) {
			info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
			if err != nil {
				t.Fatal(err)
			}
			packets[i] = info.Segs_in
		})
	}
	if packets[1]+1 != packets[0] {
		t.Errorf("the server received %d packets with the option, %d without", packets[1], packets[0])
	}
}
