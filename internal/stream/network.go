package stream

import (
	"net/netip"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/loop"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sample"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// network is the kernel's side of links: sockets in a worker, memory in tests.
// No call blocks.
type network interface {
	watch(l *loop.Loop, fd int, h loop.Handler) (loop.Token, error)
	unwatch(l *loop.Loop, fd int, tok loop.Token)                                     // close follows
	release(l *loop.Loop, fd int, tok loop.Token)                                     // another loop will watch it
	dial(srv *proxy.Server, to *sys.Sockaddr, from proxy.Origin) (int, syscall.Errno) // EINPROGRESS: connected will tell
	recv(fd int, b []byte) (int, syscall.Errno)
	send(fd int, b []byte) (int, syscall.Errno)
	send2(fd int, a, b []byte) (int, syscall.Errno)
	shutdown(fd int)
	promptly(fd int) // send small pieces without waiting for more
	close(fd int)
	vanish(fd, ttl int) // close so that the peer does not notice, see sys.SilentDrop
	mark(fd int, mark uint32)
	tos(fd, tos int)
	closeReset(fd int) // close, with a reset in place of an orderly end
	error(fd int) syscall.Errno
	established(fd int) bool // whether an outgoing connection is, before connected is told
	local(fd int) netip.AddrPort
	kernel(fd int) (sample.Kernel, bool)
	syn(fd int, b []byte) int // copies the packet with which a connection began
	waiting(fd int) bool      // whether something arrived that was not received
}

// sockets is the network of real sockets.
type sockets struct{ tune *SocketTuning }

func (sockets) watch(l *loop.Loop, fd int, h loop.Handler) (loop.Token, error) {
	return l.Register(fd, h, linkEvents)
}
func (sockets) unwatch(l *loop.Loop, _ int, tok loop.Token)    { l.Forget(tok) }
func (sockets) release(l *loop.Loop, fd int, tok loop.Token)   { l.Unregister(fd, tok) }
func (sockets) recv(fd int, b []byte) (int, syscall.Errno)     { return sys.Recv(fd, b) }
func (sockets) send(fd int, b []byte) (int, syscall.Errno)     { return sys.Send(fd, b, false) }
func (sockets) send2(fd int, a, b []byte) (int, syscall.Errno) { return sys.Send2(fd, a, b) }
func (sockets) shutdown(fd int)                                { sys.ShutdownWrite(fd) }
func (sockets) promptly(fd int)                                { sys.SetNoDelay(fd) }
func (sockets) close(fd int)                                   { sys.Close(fd) }
func (sockets) closeReset(fd int) {
	sys.SetLingerReset(fd)
	sys.Close(fd)
}
func (sockets) vanish(fd, ttl int)         { sys.SilentDrop(fd, ttl) }
func (sockets) mark(fd int, mark uint32)   { _ = sys.SetMark(fd, mark) } // without the privilege it has no effect, in the reference too
func (sockets) tos(fd, tos int)            { _ = sys.SetTOS(fd, tos) }
func (sockets) established(fd int) bool    { return sys.Established(fd) }
func (sockets) error(fd int) syscall.Errno { return sys.SocketError(fd) }
func (sockets) waiting(fd int) bool {
	var b [1]byte
	n, _ := sys.Peek(fd, b[:])
	return n > 0
}
func (sockets) syn(fd int, b []byte) int    { return sys.SavedSYN(fd, b) }
func (sockets) local(fd int) netip.AddrPort { return sys.LocalAddr(fd) }

func (sockets) kernel(fd int) (sample.Kernel, bool) {
	i, ok := sys.TCPInfo(fd)
	if !ok {
		return sample.Kernel{}, false
	}
	return sample.Kernel{RTT: i.Rtt, RTTVar: i.Rttvar, Unacked: i.Unacked, Sacked: i.Sacked, Lost: i.Lost,
		Retrans: i.Retrans, Fackets: i.Fackets, Reordering: i.Reordering}, true
}

func (s sockets) dial(srv *proxy.Server, to *sys.Sockaddr, from proxy.Origin) (int, syscall.Errno) {
	fd, errno := s.socket(srv, to.Family())
	if errno != 0 {
		return -1, errno
	}
	s.tune.apply(fd, srv.Path == "")
	if be := srv.Backend; be.KeepAlive != nil {
		be.KeepAlive.Apply(fd)
	}
	if srv.Backend.SmartConnect {
		sys.SetQuickAck(fd, false)
	}
	srv.Prepare(fd)
	if from.Device != "" {
		sys.BindToDevice(fd, from.Device) // the reference does not mind either when there is none
	}
	if p := from.Packets; p.HasMark {
		_ = sys.SetMark(fd, p.Mark)
	}
	if p := from.Packets; p.HasTOS {
		_ = sys.SetTOS(fd, p.TOS)
	}
	if from.Addr.IsValid() {
		errno = sys.BindSource(fd, from.Addr, from.Foreign)
	}
	if errno == 0 {
		errno = sys.Connect(fd, to)
	}
	if errno != 0 && errno != syscall.EINPROGRESS {
		sys.Close(fd)
		return -1, errno
	}
	return fd, errno
}

// socket opens a socket for a connection to a server.
func (sockets) socket(srv *proxy.Server, family int) (fd int, errno syscall.Errno) {
	open := sys.StreamSocket
	if srv.Multipath {
		open = sys.MultipathSocket
	}
	if srv.Namespace == nil {
		return open(family)
	}
	errno = srv.Namespace.Within(func() (errno syscall.Errno) {
		fd, errno = open(family)
		return errno
	})
	return fd, errno
}
