package check

import (
	"io"
	"net"
	"strings"
	"testing"
)

// A server that wants to know whose a connection is is told by its checks too.
func TestAnnounce(t *testing.T) {
	for version, want := range map[int]func(conn net.Conn) string{
		0: func(net.Conn) string { return "" },
		1: func(c net.Conn) string {
			port := func(a net.Addr) string { return a.String()[strings.LastIndexByte(a.String(), ':')+1:] }
			return "PROXY TCP4 127.0.0.1 127.0.0.1 " + port(c.RemoteAddr()) + " " + port(c.LocalAddr()) + "\r\n"
		},
		2: func(net.Conn) string { return "\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00" },
	} {
		said := make(chan [2]string, 1)
		at := server(t, func(c net.Conn) {
			defer c.Close()
			b := make([]byte, len(want(c))+3)
			n, _ := io.ReadFull(c, b)
			io.WriteString(c, "HTTP/1.0 200 OK\r\n\r\n")
			said <- [2]string{string(b[:n]), want(c) + "GET"}
		})
		s := spec(t, "a", []string{"option httpchk GET /"})
		s.Target = Target{Network: "tcp", Address: at, SendProxy: version}
		if r := s.check(net.DialTimeout); r.Status == "SOCKERR" {
			t.Errorf("version %d: %+v", version, r)
		}
		if got := <-said; got[0] != got[1] {
			t.Errorf("version %d: the server got %q, want %q", version, got[0], got[1])
		}
	}
}
