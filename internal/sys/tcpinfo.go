package sys

import (
	"net/netip"

	"golang.org/x/sys/unix"
)

// TCPInfo is what the kernel measured of a TCP connection; false for any other.
func TCPInfo(fd int) (*unix.TCPInfo, bool) {
	info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	return info, err == nil
}

// OwnAddress says whether an address is one of this machine's: whether a socket can
// be bound to it.
func OwnAddress(a netip.Addr) bool {
	family := unix.AF_INET6
	if a.Is4() {
		family = unix.AF_INET
	}
	fd, err := unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	if a.Is4() {
		return unix.Bind(fd, &unix.SockaddrInet4{Addr: a.As4()}) == nil
	}
	return unix.Bind(fd, &unix.SockaddrInet6{Addr: a.As16()}) == nil
}
