package sys

import (
	"golang.org/x/sys/unix"
	"net/netip"
	"syscall"
)

// ListenOptions are what a bind line may ask of its socket before bind(2), and
// cannot change afterwards; Tuning is the rest.
type ListenOptions struct {
	V6Only      bool
	NoReusePort bool // does without SO_REUSEPORT: nobody else can bind the address
	V4V6        bool
	Transparent bool   // IP_TRANSPARENT: accept for foreign addresses
	Interface   string // SO_BINDTODEVICE
	Namespace   string // network namespace, see NamespacePath; "": that of the process
	Multipath   bool   // a socket of multipath TCP
}

// BindTCP opens a non-blocking stream socket bound to ap, not yet listening:
// with SO_REUSEPORT it is the listen, not the bind, that diverts connections,
// so a process may bind while it is still loading.
func BindTCP(ap netip.AddrPort, o ListenOptions) (int, error) {
	sa := InetSockaddr(ap)
	open := StreamSocket
	if o.Multipath {
		open = MultipathSocket
	}
	fd, err := openIn(o.Namespace, open, sa.Family())
	if err != nil {
		return -1, err
	}
	steps := []func() syscall.Errno{
		func() syscall.Errno { return setInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1) },
	}
	if !o.NoReusePort {
		steps = append(steps, func() syscall.Errno { return setInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1) })
	}
	if sa.Family() == unix.AF_INET6 {
		only := int32(0)
		if o.V6Only || !o.V4V6 && ap.Addr() != netip.IPv6Unspecified() {
			only = 1
		}
		if o.V6Only || o.V4V6 {
			steps = append(steps, func() syscall.Errno { return setInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, only) })
		}
	}
	if o.Transparent {
		steps = append(steps, func() syscall.Errno { return setTransparent(fd, sa.Family()) })
	}
	if o.Interface != "" {
		steps = append(steps, func() syscall.Errno { return errnoOf(unix.BindToDevice(fd, o.Interface)) })
	}
	steps = append(steps, func() syscall.Errno { return Bind(fd, sa) })
	for _, step := range steps {
		if errno := step(); errno != 0 {
			Close(fd)
			return -1, errno
		}
	}
	return fd, nil
}

// BindUnix opens a non-blocking stream socket bound to a UNIX address.
func BindUnix(sa *Sockaddr) (int, error) {
	fd, errno := StreamSocket(unix.AF_UNIX)
	if errno != 0 {
		return -1, errno
	}
	if errno := Bind(fd, sa); errno != 0 {
		Close(fd)
		return -1, errno
	}
	return fd, nil
}

// Bind is bind(2).
func Bind(fd int, sa *Sockaddr) syscall.Errno {
	return errnoOf(bind(fd, sa))
}

// Listen is listen(2).
func Listen(fd, backlog int) error { return unix.Listen(fd, backlog) }

// Unlisten makes a listening socket, and all its duplicates, refuse
// connections; Listen brings it back. A UNIX socket could never be brought back:
// it is left alone, and who connects waits in its queue.
func Unlisten(fd int) error {
	if domain, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN); err != nil || domain == unix.AF_UNIX {
		return err
	}
	return unix.Shutdown(fd, unix.SHUT_RDWR)
}

// IsListening reports whether fd is a socket on which listen(2) was called.
func IsListening(fd int) bool {
	v, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN)
	return err == nil && v == 1
}

// SetNonblock sets O_NONBLOCK on the open file description fd refers to. All
// its duplicates share it.
func SetNonblock(fd int) error { return unix.SetNonblock(fd, true) }

// errnoOf turns the error of an x/sys call back into its errno.
func errnoOf(err error) syscall.Errno {
	if err == nil {
		return 0
	}
	if e, ok := err.(syscall.Errno); ok {
		return e
	}
	return syscall.EINVAL
}
