package sys

import (
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// StreamPair returns a connected pair of UNIX stream sockets: ours as a
// connection, the other end as a raw close-on-exec, non-blocking descriptor
// that the caller hands over and closes.
func StreamPair() (ours *net.UnixConn, theirs int, err error) {
	p, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, -1, os.NewSyscallError("socketpair", err)
	}
	f := os.NewFile(uintptr(p[0]), "streampair")
	defer f.Close() // FileConn works on a duplicate of its own
	c, err := net.FileConn(f)
	if err != nil {
		Close(p[1])
		return nil, -1, err
	}
	return c.(*net.UnixConn), p[1], nil
}

// PacketPair returns a connected pair of UNIX sequenced-packet sockets. A
// packet arrives whole or not at all and its descriptors arrive with it, so a
// reader can never lose the frame boundary.
func PacketPair() (ours *Packets, theirs int, err error) {
	p, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, -1, os.NewSyscallError("socketpair", err)
	}
	ours, err = newPackets(p[0])
	if err != nil {
		Close(p[0])
		Close(p[1])
		return nil, -1, err
	}
	return ours, p[1], nil
}

// IsPacketSocket reports whether fd is a UNIX sequenced-packet socket.
func IsPacketSocket(fd int) bool {
	domain, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
	if err != nil || domain != unix.AF_UNIX {
		return false
	}
	kind, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	return err == nil && kind == unix.SOCK_SEQPACKET
}
