package logs

import (
	"net"
	"os"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
)

const receiveTimeout = 5 * time.Second

func listenUDP(t testing.TB, addr string) net.PacketConn {
	t.Helper()
	c, err := net.ListenPacket("udp", addr)
	if err != nil {
		t.Skip(err) // no IPv6 here
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func listenUnix(t testing.TB, path string) net.PacketConn {
	t.Helper()
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func receive(t testing.TB, c net.PacketConn) string {
	t.Helper()
	b := make([]byte, 70000)
	if err := c.SetReadDeadline(time.Now().Add(receiveTimeout)); err != nil {
		t.Fatal(err)
	}
	n, _, err := c.ReadFrom(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(b[:n])
}

// logLine is a "log" line of the configuration, local3 at debug.
func logLine(a config.Address, change ...func(*config.LogTarget)) *config.LogTarget {
	l := &config.LogTarget{Addr: a, Facility: "local3", Level: "debug", MinLevel: "emerg", Length: 1024}
	for _, f := range change {
		f(l)
	}
	return l
}

func udpLine(c net.PacketConn, change ...func(*config.LogTarget)) *config.LogTarget {
	ap := c.LocalAddr().(*net.UDPAddr).AddrPort()
	a := config.Address{Family: config.AFIPv4, IP: ap.Addr().Unmap(), Port: int(ap.Port())}
	if a.IP.Is6() {
		a.Family = config.AFIPv6
	}
	return logLine(a, change...)
}

func unixLine(path string) *config.LogTarget {
	return logLine(config.Address{Family: config.AFUnix, Path: path})
}

func fdLine(fd int, change ...func(*config.LogTarget)) *config.LogTarget {
	return logLine(config.Address{Family: config.AFFD, FD: fd}, change...)
}

func format(name string) func(*config.LogTarget) {
	return func(l *config.LogTarget) { l.Format = name }
}

func testOutput(t testing.TB, h *Hub, f *Format, lines ...*config.LogTarget) *Output {
	t.Helper()
	ts, err := h.Targets(lines, nil)
	if err != nil {
		t.Fatal(err)
	}
	return h.Output(OutputSpec{Targets: ts, Format: f})
}

func openDescriptors(t *testing.T) int {
	d, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip(err)
	}
	return len(d)
}
