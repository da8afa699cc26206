package origin

import (
	"io"
	"net"
	"syscall"
	"testing"
)

// A TCP origin gives each connection to a handler of the test.
type TCP struct{ *server }

// NewEcho sends back what it receives, and half-closes when its peer did.
func NewEcho(tb testing.TB) *TCP {
	tb.Helper()
	return NewTCP(tb, func(c net.Conn) {
		io.Copy(c, c)
		c.(*net.TCPConn).CloseWrite()
	})
}

// NewTCP serves each connection with handle; the connection is closed after it.
func NewTCP(tb testing.TB, handle func(net.Conn)) *TCP {
	tb.Helper()
	return &TCP{listen(tb, handle)}
}

// Refusing returns an address that refuses connections and that nobody else
// can take meanwhile: bound, but not listening.
func Refusing(tb testing.TB) string {
	tb.Helper()
	fd, addr := bound(tb)
	tb.Cleanup(func() { syscall.Close(fd) })
	return addr
}

// Full returns an address whose accept queue is full: a SYN to it is dropped,
// so that a connect neither succeeds nor fails.
func Full(tb testing.TB) string {
	tb.Helper()
	fd, addr := bound(tb)
	if err := syscall.Listen(fd, 0); err != nil {
		tb.Fatalf("origin: listen: %v", err)
	}
	fill := []int{fd}
	tb.Cleanup(func() {
		for _, fd := range fill {
			syscall.Close(fd)
		}
	})
	sa, err := syscall.Getsockname(fd)
	if err != nil {
		tb.Fatal(err)
	}
	for range 4 {
		c, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
		if err != nil {
			tb.Fatal(err)
		}
		fill = append(fill, c)
		syscall.Connect(c, sa) // EINPROGRESS; the first ones complete, the rest wait for ever
	}
	return addr
}

func bound(tb testing.TB) (int, string) {
	tb.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		tb.Fatal(err)
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		tb.Fatal(err)
	}
	sa, err := syscall.Getsockname(fd)
	if err != nil {
		tb.Fatal(err)
	}
	in := sa.(*syscall.SockaddrInet4)
	a := net.TCPAddr{IP: in.Addr[:], Port: in.Port}
	return fd, a.String()
}
