package sys

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// rawAddr is struct sockaddr_storage as the kernel writes it.
type rawAddr struct {
	family uint16
	data   [126]byte
}

func (a *rawAddr) addrPort() netip.AddrPort {
	switch a.family {
	case unix.AF_INET:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(a.data[2:6])), binary.BigEndian.Uint16(a.data[:2]))
	case unix.AF_INET6:
		ip := netip.AddrFrom16([16]byte(a.data[6:22]))
		return netip.AddrPortFrom(ip.Unmap(), binary.BigEndian.Uint16(a.data[:2]))
	}
	return netip.AddrPort{}
}

// Sockaddr is an address ready for connect(2) and bind(2), made once and used
// often.
type Sockaddr struct {
	raw  rawAddr
	size uint32
}

// Family returns AF_INET, AF_INET6 or AF_UNIX.
func (s *Sockaddr) Family() int { return int(s.raw.family) }

// InetSockaddr makes the address of an IP endpoint.
func InetSockaddr(ap netip.AddrPort) *Sockaddr {
	s := &Sockaddr{}
	binary.BigEndian.PutUint16(s.raw.data[:2], ap.Port())
	if ap.Addr().Is4() {
		s.raw.family, s.size = unix.AF_INET, 16
		ip := ap.Addr().As4()
		copy(s.raw.data[2:], ip[:])
		return s
	}
	s.raw.family, s.size = unix.AF_INET6, 28
	ip := ap.Addr().As16()
	copy(s.raw.data[6:], ip[:])
	return s
}

// UnixSockaddr makes the address of a path, or of an abstract name when
// abstract is set. Paths are limited to 107 bytes, abstract names to 107.
func UnixSockaddr(name string, abstract bool) (*Sockaddr, error) {
	if len(name) > 107 {
		return nil, fmt.Errorf("socket path '%s' too long (max 107)", name)
	}
	s := &Sockaddr{}
	s.raw.family = unix.AF_UNIX
	if abstract {
		copy(s.raw.data[1:], name)
		s.size = uint32(3 + len(name))
		return s, nil
	}
	copy(s.raw.data[:], name)
	s.size = uint32(3 + len(name))
	return s, nil
}

func bind(fd int, sa *Sockaddr) error {
	_, _, errno := syscall.RawSyscall(syscall.SYS_BIND, uintptr(fd), uintptr(unsafe.Pointer(&sa.raw)), uintptr(sa.size))
	if errno != 0 {
		return errno
	}
	return nil
}
