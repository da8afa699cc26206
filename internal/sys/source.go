package sys

import (
	"net/netip"
	"syscall"

	"golang.org/x/sys/unix"
)

// BindSource gives a socket that is going to connect its own address. Without a port
// the kernel chooses one only when it connects, so that every destination has all
// ports (IP_BIND_ADDRESS_NO_PORT). foreign: the address may be another machine's
// (IP_TRANSPARENT, which needs CAP_NET_RAW or CAP_NET_ADMIN).
func BindSource(fd int, from netip.AddrPort, foreign bool) syscall.Errno {
	sa := InetSockaddr(from)
	if foreign {
		if errno := setTransparent(fd, sa.Family()); errno != 0 {
			return errno
		}
	}
	if from.Port() == 0 {
		setInt(fd, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1)
	} else {
		// The same port serves connections to several servers.
		setInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
	}
	return Bind(fd, sa)
}

// setTransparent lets the socket have addresses that are not the machine's.
func setTransparent(fd, family int) syscall.Errno {
	if family == unix.AF_INET6 {
		return setInt(fd, unix.IPPROTO_IPV6, unix.IPV6_TRANSPARENT, 1)
	}
	return setInt(fd, unix.IPPROTO_IP, unix.IP_TRANSPARENT, 1)
}

// BindToDevice restricts a socket to a network interface.
func BindToDevice(fd int, name string) syscall.Errno { return errnoOf(unix.BindToDevice(fd, name)) }

// SetFastOpenConnect has connect(2) return at once where the peer's cookie is
// known, and the first bytes go out with the SYN.
func SetFastOpenConnect(fd int) { setInt(fd, unix.IPPROTO_TCP, unix.TCP_FASTOPEN_CONNECT, 1) }
