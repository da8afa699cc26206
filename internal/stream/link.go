package stream

import (
	"syscall"

	"github.com/sluice-proxy/sluice/internal/loop"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// side is who a link tells what happens to its connection.
type side interface {
	// input offers bytes in the order they came; it returns how many were used.
	// The rest is offered again with what follows. b is only good during the call.
	input(b []byte) int
	// eof: the peer will send no more, and everything it sent was used or refused.
	eof()
	// ending: the peer will send no more, but while the link is paused nobody gets
	// to the end of what it sent.
	ending()
	// broken: the connection is dead. It may be told more than once.
	broken(errno syscall.Errno)
	// progress: the kernel took some of what waits, not all.
	progress()
	// drained: everything that waited for the kernel is written.
	drained()
	// connected ends the wait for an outgoing connection; 0 is success.
	connected(errno syscall.Errno)
	// failed: a handler panicked; end what the link is used for.
	failed(reason any)
	// stream is the one that is served now, nil: none.
	stream() *stream
}

// link is one TCP connection on its loop: received bytes that were not used
// yet, bytes that wait for the kernel, and what the last events said. Events
// are edge-triggered: what was not read to the end is remembered in readable.
type link struct {
	th   *Thread
	side side
	tok  loop.Token
	in   []byte // received and not used; from loop.Get, nil when empty
	out  []byte // out[off:] waits for the kernel; from loop.Get

	got, sent int64 // bytes, those that went through a pipe included

	splice   *splice
	feeder   *link   // its pipe holds bytes for us
	other    *link   // of a tunnel
	tunnelOf *stream // set while bytes are only passed on

	// Small things together: an idle connection is paid for by the byte.
	fd   int32
	off  int32
	full int32 // full reads of a tunnel in a row
	nice int16 // from -1024, served before others, to 1024, after them
	ttl  int16 // with vanish, of the reset; 0: none

	connecting bool
	readable   bool
	paused     bool // the side wants no input for now
	patient    bool // the end of a paused connection can wait: what came before it is wanted
	hup        bool // the kernel announced an end: read until it shows
	ended      bool // eof was told
	dead       bool // broken was told
	shut       bool // we sent end of file
	shutLater  bool // send it once out is written
	// spent: both sides have all they wanted of each other. A reset then ends the
	// connection without the minute in which an orderly end occupies a port.
	spent  bool
	vanish bool // it is closed so that the peer does not notice
	hard   bool // "option nolinger": as if it always was
	soon   bool // queued with loop.Again
	sip    bool // the next read is to be a small one
	eager  bool // it is spliced as soon as something comes
}

const linkEvents = sys.In | sys.Out | sys.RDHup | sys.Edge

func (l *link) open(t *Thread, fd int, s side) error {
	*l = link{th: t, side: s, fd: int32(fd)}
	tok, err := t.net.watch(t.Loop, fd, l)
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

// reusable tells whether the connection stands between two messages, with
// nothing unread, nothing unsent and no end in sight.
func (l *link) reusable() bool {
	return l.fd >= 0 && !l.dead && !l.ended && !l.pending() && len(l.in) == 0 && !l.readable
}

// tunnel says that from now on bytes are only passed on to other.
func (l *link) tunnel(st *stream, other *link) {
	l.tunnelOf, l.other = st, other
}

// OnEvents implements loop.Handler.
func (l *link) OnEvents(bits uint32) {
	defer l.contain()
	if l.th.accounts != nil {
		l.th.enter(l.side.stream())
	}
	if l.connecting {
		if bits&(sys.Out|sys.Err|sys.Hup) == 0 {
			return
		}
		l.connecting = false
		var errno syscall.Errno
		if bits&(sys.Err|sys.Hup) != 0 {
			if errno = l.th.net.error(int(l.fd)); errno == 0 && bits&sys.Err != 0 {
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
			// that the peer is gone while it waits for an answer. A server's last
			// bytes are another matter: they may be the end of an answer.
			if bits&(sys.Err|sys.Hup) != 0 && !l.shut && !l.patient {
				l.breakOff(l.th.net.error(int(l.fd)))
			} else if l.hup && !l.dead {
				l.side.ending()
			}
			return
		}
		if l.nice > 0 {
			l.again()
			return
		}
		l.pump()
	}
}

// hasten ends the wait for an outgoing connection that the kernel has already: what
// else came in the same turn is then judged by it.
func (l *link) hasten() {
	if l.connecting && l.th.net.established(int(l.fd)) {
		l.connecting = false
		l.side.connected(0)
	}
}

// Run implements loop.Runner: the link was resumed or ran out of turns.
func (l *link) Run() {
	defer l.contain()
	l.soon = false
	if l.th.accounts != nil {
		l.th.enter(l.side.stream())
	}
	if l.fd < 0 || l.paused {
		return
	}
	if b := l.in; len(b) > 0 {
		l.in = b[:0]
		l.give(b)
	}
	if s := l.splice; s != nil && l.fd >= 0 && !l.paused && s.over() {
		s.end(l)
	}
	if l.fd >= 0 && !l.paused && l.readable {
		l.pump()
	}
}

// again has Run called later in the turn.
func (l *link) again() {
	if !l.soon {
		l.soon = true
		l.th.Again(l)
	}
}

// contain turns a panic in a handler into the end of what the link was used
// for, so that it does not take the others with it.
func (l *link) contain() {
	if r := recover(); r != nil {
		l.side.failed(r)
	}
}

func (l *link) breakOff(errno syscall.Errno) {
	if errno == 0 {
		errno = syscall.ECONNRESET
	}
	l.dead = true
	l.side.broken(errno)
}

// release gives the descriptor of a reusable connection away.
func (l *link) release() int {
	fd := int(l.fd)
	l.fd = -1
	l.th.net.release(l.th.Loop, fd, l.tok)
	l.dropBuffers()
	return fd
}

// dropBuffers gives the memory of bytes back that nobody wants any more.
func (l *link) dropBuffers() {
	if l.in != nil {
		l.th.Put(l.in)
	}
	if l.out != nil {
		l.th.Put(l.out)
	}
	l.in, l.out = nil, nil
}

// close ends the connection at once; what waits is dropped.
func (l *link) close() {
	if l.fd < 0 {
		return
	}
	fd := int(l.fd)
	l.fd = -1
	l.th.net.unwatch(l.th.Loop, fd, l.tok)
	if l.vanish {
		l.th.net.vanish(fd, int(l.ttl))
	} else if (l.spent || l.hard) && !l.ended && !l.hup {
		l.th.net.closeReset(fd)
	} else {
		l.th.net.close(fd)
	}
	l.dropBuffers()
	l.dropPipe()
	if o := l.other; o != nil {
		// The other side's pipe leads nowhere now, and the object behind this link
		// will soon be somebody else's connection.
		o.dropPipe()
		o.other, o.feeder, o.tunnelOf = nil, nil, nil
	}
	l.feeder, l.other, l.tunnelOf = nil, nil, nil
}
