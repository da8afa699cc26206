package sys

import (
	"errors"
	"net/netip"

	"golang.org/x/sys/unix"
)

// Bound is what a socket that others gave is bound to, and the options that
// only a new socket can have otherwise.
type Bound struct {
	Addr        netip.AddrPort // zero of a UNIX socket
	Path        string         // of a UNIX socket; an abstract name begins with a NUL
	V6Only      bool           // of an IPv6 socket
	Transparent bool
}

// BoundTo describes a listening stream socket, and refuses anything else.
func BoundTo(fd int) (Bound, error) {
	var b Bound
	if kind, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE); err != nil || kind != unix.SOCK_STREAM {
		return b, errors.New("not a stream socket")
	}
	if !IsListening(fd) {
		return b, errors.New("not listening")
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		return b, err
	}
	option := func(level, name int) bool {
		v, err := unix.GetsockoptInt(fd, level, name)
		return err == nil && v != 0
	}
	switch sa := name.(type) {
	case *unix.SockaddrInet4:
		b.Addr = netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
		b.Transparent = option(unix.IPPROTO_IP, unix.IP_TRANSPARENT)
	case *unix.SockaddrInet6:
		b.Addr = netip.AddrPortFrom(netip.AddrFrom16(sa.Addr), uint16(sa.Port))
		b.V6Only = option(unix.IPPROTO_IPV6, unix.IPV6_V6ONLY)
		b.Transparent = option(unix.IPPROTO_IPV6, unix.IPV6_TRANSPARENT)
	case *unix.SockaddrUnix:
		b.Path = sa.Name
		if len(b.Path) > 0 && b.Path[0] == '@' { // how Getsockname shows an abstract name
			b.Path = "\x00" + b.Path[1:]
		}
	default:
		return b, errors.New("of an address family that is not known here")
	}
	return b, nil
}
