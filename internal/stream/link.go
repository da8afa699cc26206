package stream

import (
	"net/netip"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/loop"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// side is who a link tells what happens to its connection.
type side interface {
	// input offers bytes in the order they came; it returns how many were used.
	// The rest is offered again with what follows. b is only good during the call.
	input(b []byte) int
	// eof: the peer will send no more, and everything it sent was used or refused.
	eof()
	// broken: the connection is dead. It may be told more than once.
	broken(errno syscall.Errno)
	// drained: everything that waited for the kernel is written.
	drained()
	// connected ends the wait for an outgoing connection; 0 is success.
	connected(errno syscall.Errno)
	// failed: a handler panicked; end what the link is used for.
	failed(reason any)
}

// network is the kernel's side of links: sockets in a worker, memory in tests.
// No call blocks.
type network interface {
	watch(l *loop.Loop, fd int, h loop.Handler) (loop.Token, error)
	unwatch(l *loop.Loop, fd int, tok loop.Token)
	dial(srv *proxy.Server) (int, syscall.Errno) // EINPROGRESS: connected will tell
	recv(fd int, b []byte) (int, syscall.Errno)
	send(fd int, b []byte) (int, syscall.Errno)
	send2(fd int, a, b []byte) (int, syscall.Errno)
	shutdown(fd int)
	close(fd int)
	error(fd int) syscall.Errno
	local(fd int) netip.AddrPort
}

// link is one TCP connection on its loop: received bytes that were not used
// yet, bytes that wait for the kernel, and what the last events said. Events
// are edge-triggered: what was not read to the end is remembered in readable.
type link struct {
	loop *loop.Loop
	side side
	net  network
	tok  loop.Token
	in   []byte // received and not used; from loop.Get, nil when empty
	out  []byte // out[off:] waits for the kernel; from loop.Get
	off  int
	fd   int32

	connecting bool
	readable   bool
	paused     bool // the side wants no input for now
	hup        bool // the kernel announced an end: read until it shows
	ended      bool // eof was told
	dead       bool // broken was told
	shut       bool // we sent end of file
	shutLater  bool // send it once out is written
	soon       bool // queued with loop.Again
	full       int  // full reads of a tunnel in a row
	splice     *splice
	feeder     *link   // its pipe holds bytes for us
	other      *link   // of a tunnel
	tunnelOf   *stream // set while bytes are only passed on
}

const linkEvents = sys.In | sys.Out | sys.RDHup | sys.Edge

// reads bounds how often one event may read before others get their turn.
const reads = 8

func (l *link) open(lp *loop.Loop, net network, fd int, s side) error {
	*l = link{loop: lp, side: s, net: net, fd: int32(fd)}
	tok, err := net.watch(lp, fd, l)
	if err != nil {
		l.fd = -1
		return err
	}
	l.tok = tok
	return nil
}

func (l *link) closed() bool { return l.fd < 0 }

// pending tells whether bytes wait for the kernel to take them.
func (l *link) pending() bool { return l.out != nil || l.feeder != nil }

// tunnel says that from now on bytes are only passed on to other.
func (l *link) tunnel(st *stream, other *link) {
	l.tunnelOf, l.other = st, other
}

// OnEvents implements loop.Handler.
func (l *link) OnEvents(bits uint32) {
	defer l.contain()
	if l.connecting {
		if bits&(sys.Out|sys.Err|sys.Hup) == 0 {
			return
		}
		l.connecting = false
		var errno syscall.Errno
		if bits&(sys.Err|sys.Hup) != 0 {
			if errno = l.net.error(int(l.fd)); errno == 0 && bits&sys.Err != 0 {
				errno = syscall.ECONNREFUSED
			}
		}
		l.side.connected(errno)
		if l.fd < 0 || errno != 0 {
			return
		}
	}
	if bits&sys.Out != 0 && l.pending() && !l.flush() {
		return
	}
	if bits&(sys.RDHup|sys.Hup|sys.Err) != 0 {
		l.hup = true
	}
	if bits&(sys.In|sys.RDHup|sys.Hup|sys.Err) != 0 && l.fd >= 0 {
		l.readable = true
		if l.paused {
			// The bytes can wait, a dead connection must not: nobody would notice
			// that the peer is gone while it waits for an answer.
			if bits&(sys.Err|sys.Hup) != 0 && !l.shut {
				l.breakOff(l.net.error(int(l.fd)))
			}
			return
		}
		l.pump()
	}
}

// Run implements loop.Runner: the link was resumed or ran out of turns.
func (l *link) Run() {
	defer l.contain()
	l.soon = false
	if l.fd < 0 || l.paused {
		return
	}
	if len(l.in) > 0 {
		l.offer(l.in)
	}
	if l.fd >= 0 && !l.paused && l.readable {
		l.pump()
	}
}

// contain turns a panic in a handler into the end of what the link was used
// for, so that it does not take the others with it.
func (l *link) contain() {
	if r := recover(); r != nil {
		l.side.failed(r)
	}
}

// offer gives bytes that are kept in l.in to the side.
func (l *link) offer(b []byte) {
	used := l.side.input(b)
	if l.fd < 0 {
		return
	}
	l.keep(b[used:])
}

// keep stores what the side did not use; rest may be part of l.in.
func (l *link) keep(rest []byte) {
	if len(rest) == 0 {
		if l.in != nil {
			l.loop.Put(l.in)
			l.in = nil
		}
		return
	}
	if cap(l.in) < len(rest) {
		b := l.loop.Get(len(rest))
		b = append(b, rest...)
		if l.in != nil {
			l.loop.Put(l.in)
		}
		l.in = b
		return
	}
	n := copy(l.in[:cap(l.in)], rest) // memmove: they may overlap
	l.in = l.in[:n]
}

// pump reads until the kernel has no more, the side wants no more, or others
// deserve a turn.
func (l *link) pump() {
	for n := 0; l.readable && !l.paused && l.fd >= 0; n++ {
		if n == reads {
			l.again()
			return
		}
		if l.splice != nil {
			l.splice.pump(l)
			continue
		}
		buf := l.loop.Buf
		k := copy(buf, l.in)
		if k == len(buf) {
			l.breakOff(syscall.ENOBUFS) // the side should have refused it long ago
			return
		}
		got, errno := l.net.recv(int(l.fd), buf[k:])
		switch {
		case errno == syscall.EAGAIN:
			l.readable = false
			return
		case errno != 0:
			l.readable = false
			l.breakOff(errno)
			return
		case got == 0:
			l.readable = false
			if !l.ended {
				l.ended = true
				l.side.eof()
			}
			return
		}
		if got < len(buf)-k && !l.hup {
			l.readable = false
		}
		if l.tunnelOf != nil {
			l.bulk(got == len(buf))
		}
		used := l.side.input(buf[:k+got])
		if l.fd < 0 {
			return
		}
		l.keep(buf[used : k+got])
	}
}

// again has Run called later in the turn.
func (l *link) again() {
	if !l.soon {
		l.soon = true
		l.loop.Again(l)
	}
}

// pause stops input; what has come already is kept.
func (l *link) pause() { l.paused = true }

// resume starts it again, later in this turn.
func (l *link) resume() {
	if !l.paused {
		return
	}
	l.paused = false
	if l.readable || len(l.in) > 0 {
		l.again()
	}
}

// send writes b, keeping what the kernel does not take now. False means that
// the connection is dead; the side is told by the caller's own handling.
func (l *link) send(b []byte) bool {
	if l.fd < 0 || l.dead {
		return false
	}
	if l.out != nil || l.connecting {
		l.queue(b)
		return true
	}
	n, errno := l.net.send(int(l.fd), b)
	if errno != 0 && errno != syscall.EAGAIN {
		l.dead = true
		return false
	}
	if n < len(b) {
		l.queue(b[n:])
	}
	return true
}

// send2 is send for two pieces.
func (l *link) send2(a, b []byte) bool {
	if l.fd < 0 || l.dead {
		return false
	}
	if l.out != nil || l.connecting {
		l.queue(a)
		l.queue(b)
		return true
	}
	n, errno := l.net.send2(int(l.fd), a, b)
	if errno != 0 && errno != syscall.EAGAIN {
		l.dead = true
		return false
	}
	if n < len(a) {
		l.queue(a[n:])
		n = len(a)
	}
	if n-len(a) < len(b) {
		l.queue(b[n-len(a):])
	}
	return true
}

func (l *link) queue(b []byte) {
	if len(b) == 0 {
		return
	}
	if l.out == nil {
		l.out, l.off = l.loop.Get(len(b)), 0
	} else if cap(l.out)-len(l.out) < len(b) {
		grown := l.loop.Get(len(l.out) - l.off + len(b))
		grown = append(grown, l.out[l.off:]...)
		l.loop.Put(l.out)
		l.out, l.off = grown, 0
	}
	l.out = append(l.out, b...)
}

// flush writes what waits; false when the connection broke.
func (l *link) flush() bool {
	for l.off < len(l.out) {
		n, errno := l.net.send(int(l.fd), l.out[l.off:])
		if errno == syscall.EAGAIN {
			return true
		}
		if errno != 0 {
			l.breakOff(errno)
			return false
		}
		l.off += n
	}
	if l.out != nil {
		l.loop.Put(l.out)
		l.out, l.off = nil, 0
	}
	if f := l.feeder; f != nil {
		l.feeder = nil
		if !f.splice.push(f) {
			return false
		}
		if l.feeder != nil {
			return true
		}
	}
	if l.shutLater {
		l.shutLater = false
		l.shutdown()
	}
	l.side.drained()
	return l.fd >= 0
}

// shutdown sends end of file after what was sent before.
func (l *link) shutdown() {
	if l.fd < 0 || l.shut {
		return
	}
	if l.pending() || l.connecting {
		l.shutLater = true
		return
	}
	l.shut = true
	l.net.shutdown(int(l.fd))
}

func (l *link) breakOff(errno syscall.Errno) {
	if errno == 0 {
		errno = syscall.ECONNRESET
	}
	l.dead = true
	l.side.broken(errno)
}

// close ends the connection at once; what waits is dropped.
func (l *link) close() {
	if l.fd < 0 {
		return
	}
	l.net.unwatch(l.loop, int(l.fd), l.tok)
	l.net.close(int(l.fd))
	l.fd = -1
	if l.in != nil {
		l.loop.Put(l.in)
	}
	if l.out != nil {
		l.loop.Put(l.out)
	}
	if l.splice != nil {
		l.splice.close(l)
	}
	if l.feeder != nil && l.feeder.splice != nil {
		l.feeder.splice.release(l.feeder)
	}
	if l.other != nil {
		l.other.other, l.other.feeder = nil, nil
	}
	l.in, l.out, l.splice, l.feeder, l.other, l.tunnelOf = nil, nil, nil, nil, nil, nil
}

// sockets is the network of real sockets.
type sockets struct{}

func (sockets) watch(l *loop.Loop, fd int, h loop.Handler) (loop.Token, error) {
	return l.Register(fd, h, linkEvents)
}
func (sockets) unwatch(l *loop.Loop, fd int, tok loop.Token)   { l.Unregister(fd, tok) }
func (sockets) recv(fd int, b []byte) (int, syscall.Errno)     { return sys.Recv(fd, b) }
func (sockets) send(fd int, b []byte) (int, syscall.Errno)     { return sys.Send(fd, b, false) }
func (sockets) send2(fd int, a, b []byte) (int, syscall.Errno) { return sys.Send2(fd, a, b) }
func (sockets) shutdown(fd int)                                { sys.ShutdownWrite(fd) }
func (sockets) close(fd int)                                   { sys.Close(fd) }
func (sockets) error(fd int) syscall.Errno                     { return sys.SocketError(fd) }
func (sockets) local(fd int) netip.AddrPort                    { return sys.LocalAddr(fd) }

func (sockets) dial(srv *proxy.Server) (int, syscall.Errno) {
	fd, errno := sys.StreamSocket(srv.To.Family())
	if errno != 0 {
		return -1, errno
	}
	if srv.Path == "" {
		sys.SetNoDelay(fd)
	}
	if errno = sys.Connect(fd, srv.To); errno != 0 && errno != syscall.EINPROGRESS {
		sys.Close(fd)
		return -1, errno
	}
	return fd, errno
}
