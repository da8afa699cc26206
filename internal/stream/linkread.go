package stream

import "syscall"

// reads bounds how often one event may read before others get their turn; the
// nicer a connection the less ("nice" of the bind line).
const reads = 8

// sipSize is room for what stands between two chunks.
const sipSize = 64

func (l *link) reads() int { return max(1, reads*(1024-int(l.nice))/1024) }

// pump reads until the kernel has no more, the side wants no more, or others
// deserve a turn. Where Run is due it does nothing: what is kept comes first.
func (l *link) pump() {
	for n, most := 0, l.reads(); l.readable && !l.paused && !l.soon && l.fd >= 0; n++ {
		if n == most {
			l.again()
			return
		}
		if l.splice != nil && len(l.in) == 0 { // what was kept comes first
			l.splice.pump(l)
			continue
		}
		buf, k := l.th.Buf, len(l.in)
		if k > len(buf)/2 { // large bodies that rules wait for stay where they are
			buf = l.room()
		} else {
			copy(buf, l.in)
		}
		if k >= max(len(l.th.Buf), l.th.MaxKept) {
			l.breakOff(syscall.ENOBUFS) // the side should have refused it long ago
			return
		}
		if l.sip {
			l.sip, buf = false, buf[:min(k+sipSize, len(buf))]
		}
		got, errno := l.th.net.recv(int(l.fd), buf[k:])
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
		l.got += int64(got)
		if got < len(buf)-k && !l.hup {
			l.readable = false
		}
		l.in = l.in[:0] // its bytes are in buf now
		if l.tunnelOf != nil {
			l.bulk(got == len(buf))
		}
		l.give(buf[:k+got])
	}
}

// give offers bytes to the side and keeps what it does not use. b may be the
// memory of l.in.
func (l *link) give(b []byte) {
	used := l.side.input(b)
	if l.fd >= 0 {
		l.keep(b[used:])
	}
}

// room is all of the memory of what was kept, with as much space behind it as
// there is of that.
func (l *link) room() []byte {
	if n := len(l.in); cap(l.in) < 2*n {
		b := append(l.th.Get(2*n), l.in...)
		l.th.Put(l.in)
		l.in = b
	}
	return l.in[:cap(l.in)]
}

// keep stores what the side did not use; rest may be part of l.in.
func (l *link) keep(rest []byte) {
	if len(rest) == 0 {
		if l.in != nil {
			l.th.Put(l.in)
			l.in = nil
		}
		return
	}
	if cap(l.in) < len(rest) {
		b := l.th.Get(len(rest))
		b = append(b, rest...)
		if l.in != nil {
			l.th.Put(l.in)
		}
		l.in = b
		return
	}
	n := copy(l.in[:cap(l.in)], rest) // memmove: they may overlap
	l.in = l.in[:n]
}

// pause stops input; what has come already is kept.
func (l *link) pause() { l.paused = true }

// resume starts it again, later in this turn.
func (l *link) resume() {
	if !l.paused {
		return
	}
	l.paused = false
	l.again()
}
