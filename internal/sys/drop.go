package sys

import "golang.org/x/sys/unix"

// SilentDrop closes a TCP connection so that its peer does not learn of it: in
// repair mode the kernel forgets it without a packet. Without the privilege for
// that, or with a ttl, the reset is sent with so short a life (1 hop, or ttl) that
// it does not get to the peer.
func SilentDrop(fd, ttl int) {
	SetQuickAck(fd, true) // what it sent would come again, and be answered by a reset
	if ttl == 0 && unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_REPAIR, 1) == nil {
		Close(fd)
		return
	}
	ttl = max(ttl, 1)
	// One of both does not apply, neither does to a UNIX socket.
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_TTL, ttl)
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_UNICAST_HOPS, ttl)
	SetLingerReset(fd)
	Close(fd)
}

// SetMark sets the firewall mark of the packets that a socket sends. It needs a
// privilege (CAP_NET_ADMIN).
func SetMark(fd int, mark uint32) error {
	return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_MARK, int(mark))
}

// SetTOS sets the type of service of the packets that a socket sends.
func SetTOS(fd, tos int) error { return setTOS(fd, tos) }
