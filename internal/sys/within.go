package sys

import (
	"net/netip"

	"golang.org/x/sys/unix"
)

// Within says whether the listening TCP socket narrow takes connections away from
// wide, which both are bound and may be listening: whether wide would get every
// connection that narrow gets if narrow was not there. False where the kernel
// (before 5.14) does not tell the network namespace of a socket.
func Within(narrow, wide int) bool {
	n, w := boundName(narrow), boundName(wide)
	if !n.IsValid() || n.Port() != w.Port() || !w.Addr().IsUnspecified() || !covers(w.Addr(), onlyV6(wide), n.Addr(), onlyV6(narrow)) {
		return false
	}
	for _, o := range []struct{ level, name int }{
		{unix.SOL_SOCKET, unix.SO_BINDTOIFINDEX}, {unix.SOL_SOCKET, unix.SO_PROTOCOL}, {unix.IPPROTO_IP, unix.IP_TRANSPARENT},
	} {
		a, errA := unix.GetsockoptInt(narrow, o.level, o.name)
		b, errB := unix.GetsockoptInt(wide, o.level, o.name)
		if errA != nil || errB != nil || a != b {
			return false
		}
	}
	a, errA := unix.GetsockoptUint64(narrow, unix.SOL_SOCKET, unix.SO_NETNS_COOKIE)
	b, errB := unix.GetsockoptUint64(wide, unix.SOL_SOCKET, unix.SO_NETNS_COOKIE)
	return errA == nil && errB == nil && a == b
}

// covers says whether a wildcard address has all of another, or of another
// wildcard.
func covers(wild netip.Addr, wildOnlyV6 bool, a netip.Addr, aOnlyV6 bool) bool {
	switch {
	case wild.Is4():
		return a.Is4() && !a.IsUnspecified()
	case a.Is4():
		return !wildOnlyV6
	case a.Is4In6():
		return false // hardly anybody binds it
	case a.IsUnspecified():
		return aOnlyV6 && !wildOnlyV6
	}
	return true
}

func onlyV6(fd int) bool {
	v, err := unix.GetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY)
	return err == nil && v != 0
}

// boundName is the zero value if fd is no IP socket.
func boundName(fd int) netip.AddrPort {
	name, err := unix.Getsockname(fd)
	if err != nil {
		return netip.AddrPort{}
	}
	switch sa := name.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(sa.Addr), uint16(sa.Port))
	}
	return netip.AddrPort{}
}
