package check

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"syscall"
	"time"

	"github.com/sluice-proxy/sluice/internal/codec/socks4"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sys"
)

type dialer func(network, address string, limit time.Duration) (net.Conn, error)

// newDialer returns what connects to a server.
func newDialer(spec *Spec) dialer {
	multipath, via, socks := spec.Multipath, spec.Via, spec.ViaSocks
	if !multipath && via == nil {
		return net.DialTimeout
	}
	return func(network, address string, limit time.Duration) (net.Conn, error) {
		d := net.Dialer{Timeout: limit}
		d.SetMultipathTCP(multipath)
		if via == nil || network != "tcp" {
			return d.Dial(network, address)
		}
		if socks && via.Socks.IsValid() {
			return dialSocks(&d, via, address)
		}
		return dialVia(&d, via, address)
	}
}

// dialSocks connects through the server's SOCKS4 proxy.
func dialSocks(d *net.Dialer, via *proxy.Transport, address string) (net.Conn, error) {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, err
	}
	request, err := socks4.AppendRequest(nil, to)
	if err != nil {
		return nil, err
	}
	end := time.Now().Add(d.Timeout)
	conn, err := dialVia(d, via, via.Socks.String())
	if err != nil {
		return nil, err
	}
	_ = conn.SetDeadline(end)
	var reply [8]byte
	if _, err = conn.Write(request); err == nil {
		_, err = io.ReadFull(conn, reply[:])
	}
	if err == nil {
		_, err = socks4.ParseReply(reply[:])
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// portTries bounds the search for a port of a range that is free.
const portTries = 10

// dialVia connects as the server's line says. Checks have the address of "source",
// never that of "usesrc" (manual 4.2).
func dialVia(d *net.Dialer, via *proxy.Transport, address string) (conn net.Conn, err error) {
	from := proxy.Source{}
	if via.Source != nil {
		from = *via.Source
	}
	if from.Ports == nil {
		return dialFrom(d, via, address, from.From, from.Interface)
	}
	for range portTries {
		port, ok := from.Ports.Take()
		if !ok {
			return nil, &net.OpError{Op: "bind", Net: "tcp", Err: syscall.EADDRINUSE}
		}
		conn, err = dialFrom(d, via, address, netip.AddrPortFrom(from.From.Addr(), port), from.Interface)
		if err == nil {
			return &portConn{TCPConn: conn.(*net.TCPConn), ports: from.Ports, port: port}, nil
		}
		from.Ports.Give(port)
		if !errors.Is(err, syscall.EADDRINUSE) && !errors.Is(err, syscall.EADDRNOTAVAIL) {
			break
		}
	}
	return nil, err
}

// dialFrom connects from an address, unless it is the zero one, and a device.
func dialFrom(d *net.Dialer, via *proxy.Transport, address string, from netip.AddrPort, device string) (conn net.Conn, err error) {
	d.Control = func(_, _ string, c syscall.RawConn) error {
		var errno syscall.Errno
		err := c.Control(func(fd uintptr) {
			via.Prepare(int(fd))
			if device != "" {
				sys.BindToDevice(int(fd), device)
			}
			if from.IsValid() {
				errno = sys.BindSource(int(fd), from, false)
			}
		})
		if errno != 0 {
			err = errno
		}
		return err
	}
	if via.Namespace == nil {
		return d.Dial("tcp", address)
	}
	// The socket is opened by this goroutine, for the address is a literal one.
	errno := via.Namespace.Within(func() syscall.Errno {
		conn, err = d.Dial("tcp", address)
		return 0
	})
	if errno != 0 {
		return nil, errno
	}
	return conn, err
}

// portConn is a connection from a port of a range.
type portConn struct {
	*net.TCPConn
	ports *proxy.Ports
	port  uint16
}

func (c *portConn) Close() error {
	err := c.TCPConn.Close()
	if c.port != 0 {
		c.ports.Give(c.port)
		c.port = 0
	}
	return err
}
