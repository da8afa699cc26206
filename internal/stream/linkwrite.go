package stream

import "syscall"

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
	n, errno := l.th.net.send(int(l.fd), b)
	if errno != 0 && errno != syscall.EAGAIN {
		l.dead = true
		return false
	}
	l.sent += int64(n)
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
	n, errno := l.th.net.send2(int(l.fd), a, b)
	if errno != 0 && errno != syscall.EAGAIN {
		l.dead = true
		return false
	}
	l.sent += int64(n)
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
		l.out, l.off = l.th.Get(len(b)), 0
	} else if cap(l.out)-len(l.out) < len(b) {
		grown := l.th.Get(len(l.out) - int(l.off) + len(b))
		grown = append(grown, l.out[l.off:]...)
		l.th.Put(l.out)
		l.out, l.off = grown, 0
	}
	l.out = append(l.out, b...)
}

// flush writes what waits; false when the connection broke.
func (l *link) flush() bool {
	moved := false
	for int(l.off) < len(l.out) {
		n, errno := l.th.net.send(int(l.fd), l.out[l.off:])
		if errno == syscall.EAGAIN {
			if moved {
				l.side.progress()
			}
			return l.fd >= 0
		}
		if errno != 0 {
			l.breakOff(errno)
			return false
		}
		l.off += int32(n)
		l.sent += int64(n)
		moved = moved || n > 0
	}
	if l.out != nil {
		l.th.Put(l.out)
		l.out, l.off = nil, 0
	}
	if f := l.feeder; f != nil {
		l.feeder = nil
		if !f.splice.push(f) {
			return false
		}
		if l.feeder != nil {
			l.side.progress()
			return l.fd >= 0
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
	l.th.net.shutdown(int(l.fd))
}
