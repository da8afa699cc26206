package logs

import (
	"sync/atomic"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/sys"
)

const (
	laneBatch = 64 << 10  // lines are sent at once when so many bytes wait
	laneMax   = 256 << 10 // lines are lost when so many bytes wait
	retryWait = 100e6     // ns between attempts to connect
)

// lane is a sink's way to one endpoint: the lines of this turn and the socket.
type lane struct {
	to      *endpoint
	fd      int // -1: not open
	sendBuf int // of its socket; 0: the kernel's
	retryAt int64
	buf     []byte
	ends    []int
	msgs    [][]byte
	stalled bool // the receiver took nothing more in this turn
	begun   bool // a line is not finished; only the file knows its rest
	dropped *atomic.Uint64
	report  func(*endpoint, syscall.Errno)
}

// room says whether n more bytes may wait, after trying to make room.
func (l *lane) room(n int, now int64) bool {
	if len(l.buf)+n <= laneBatch || len(l.ends) == 0 {
		return true
	}
	if !l.stalled {
		l.flush(now)
	}
	if len(l.buf)+n <= laneMax || len(l.ends) == 0 {
		return true
	}
	l.dropped.Add(1)
	return false
}

// end marks the end of a line in buf.
func (l *lane) end() { l.ends = append(l.ends, len(l.buf)) }

// flush sends what waits and says whether lines are left for another attempt.
func (l *lane) flush(now int64) bool {
	if len(l.ends) == 0 && !l.begun {
		return false
	}
	if l.to.file != nil {
		l.flushFile()
	} else {
		l.flushDatagrams(now)
	}
	l.stalled = len(l.ends) > 0 || l.begun
	return l.stalled
}

func (l *lane) flushFile() {
	done, begun, errno := l.to.file.write(l.buf, l.ends)
	l.begun = begun
	l.advance(done)
	if errno != 0 && errno != syscall.EAGAIN {
		l.lose(len(l.ends), errno)
	}
}

func (l *lane) flushDatagrams(now int64) {
	if l.fd < 0 && !l.connect(now) {
		return
	}
	refused := 0
	for len(l.ends) > 0 {
		msgs, start := l.msgs[:0], 0
		for _, end := range l.ends {
			msgs = append(msgs, l.buf[start:end:end])
			start = end
		}
		l.msgs = msgs
		n, errno := sys.Sendmmsg(l.fd, msgs)
		l.advance(n)
		switch errno {
		case 0, syscall.EAGAIN, syscall.ENOBUFS:
			return
		case syscall.EMSGSIZE:
			l.lose(1, errno)
		case syscall.ECONNREFUSED:
			// For UDP this is the answer to an earlier datagram, and the
			// call that delivers it sends nothing: try again. A UNIX
			// receiver has gone; another may have taken its name.
			if l.to.udp {
				l.dropped.Add(1)
			} else {
				l.close()
				if !l.connect(now) {
					return
				}
			}
			if refused++; refused > 4 {
				l.lose(len(l.ends), errno)
			}
		default:
			// An interface or a route has changed: a new socket may do.
			l.close()
			l.retryAt = now + retryWait
			l.lose(len(l.ends), errno)
		}
	}
}

// connect makes the socket ready. What waits is lost when that fails: nobody is
// there, and stale lines would push out new ones.
func (l *lane) connect(now int64) bool {
	if now < l.retryAt {
		l.lose(len(l.ends), 0)
		return false
	}
	if errno := l.open(); errno != 0 {
		l.retryAt = now + retryWait
		l.lose(len(l.ends), errno)
		return false
	}
	return true
}

func (l *lane) open() syscall.Errno {
	fd, errno := sys.DatagramSocket(l.to.addr.Family())
	if errno != 0 {
		return errno
	}
	if l.sendBuf > 0 {
		sys.SetSendBuf(fd, l.sendBuf)
	}
	if errno = sys.Connect(fd, l.to.addr); errno != 0 {
		sys.Close(fd)
		return errno
	}
	l.fd = fd
	return 0
}

// advance forgets the first n lines: they were sent.
func (l *lane) advance(n int) {
	if n == 0 {
		return
	}
	if n >= len(l.ends) {
		l.buf, l.ends = l.buf[:0], l.ends[:0]
		return
	}
	cut := l.ends[n-1]
	l.buf = l.buf[:copy(l.buf, l.buf[cut:])]
	l.ends = l.ends[:copy(l.ends, l.ends[n:])]
	for i := range l.ends {
		l.ends[i] -= cut
	}
}

// lose drops the first n lines and counts them. errno 0 is no news.
func (l *lane) lose(n int, errno syscall.Errno) {
	if errno != 0 && !(l.to.udp && errno == syscall.ECONNREFUSED) {
		l.report(l.to, errno)
	}
	l.dropped.Add(uint64(n))
	l.advance(n)
}

func (l *lane) close() {
	if l.fd >= 0 {
		sys.Close(l.fd)
		l.fd = -1
	}
}
