package sys

import (
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// TCPInfo is what the kernel measured of a TCP connection; false for any other.
func TCPInfo(fd int) (*unix.TCPInfo, bool) {
	info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	return info, err == nil
}

// SavedSYN copies the packet with which a connection began, if the listener had it
// kept (TCP_SAVE_SYN), and returns its length; 0: there is none, or it was read before.
func SavedSYN(fd int, b []byte) int {
	if len(b) == 0 {
		return 0
	}
	n := uint32(len(b))
	_, _, errno := unix.RawSyscall6(unix.SYS_GETSOCKOPT, uintptr(fd), unix.IPPROTO_TCP, unix.TCP_SAVED_SYN, uintptr(unsafe.Pointer(&b[0])), uintptr(unsafe.Pointer(&n)), 0)
	if errno != 0 {
		return 0
	}
	return min(int(n), len(b))
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
