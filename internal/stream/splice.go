package stream

import (
	"syscall"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// splice moves a tunnel's bytes from one socket to the other through a pipe,
// without bringing them into the process. A direction starts by copying and
// changes over once it has shown that it moves bulk; the pipe is borrowed while
// there are bytes in it.
type splice struct {
	st   *stream
	to   *link
	body *http1.Body // whose content is moved, up to its next framing; nil: a tunnel
	pipe sys.Pipe
	held bool
	in   int // bytes in the pipe
}

const (
	// bulkReads is how many full reads make a direction a bulk one.
	bulkReads = 2
	// pipeSize is asked of the kernel; a larger pipe is what makes splicing
	// cheaper than copying.
	pipeSize = 1 << 20
	// minPipe is the size below which copying is cheaper (unprivileged users run
	// into pipe-user-pages-soft).
	minPipe = 64 << 10
	// keepPipes bounds the pipes a thread keeps for later.
	keepPipes = 16
)

// pipePool is a thread's idle pipes.
type pipePool struct {
	free []sys.Pipe
	poor bool // splicing is switched off, or the kernel grants only small pipes: copy
	e    *Engine
}

func (p *pipePool) get() (sys.Pipe, bool) {
	if n := len(p.free); n > 0 {
		x := p.free[n-1]
		p.free = p.free[:n-1]
		p.e.freePipes.Add(-1)
		return x, true
	}
	x, err := p.open()
	if err != nil {
		return x, false
	}
	if x.Size < minPipe && p.e.tune.PipeSize == 0 {
		p.drop(x)
		p.poor = true
		return x, false
	}
	return x, true
}

func (p *pipePool) put(x sys.Pipe, empty bool) {
	if !empty || len(p.free) >= keepPipes {
		p.drop(x)
		return
	}
	p.free = append(p.free, x)
	p.e.freePipes.Add(1)
}

func (p *pipePool) close() {
	for _, x := range p.free {
		p.drop(x)
	}
	p.e.freePipes.Add(-int64(len(p.free)))
	p.free = nil
}

// bulk notes a read of a tunnel and changes over when it is time.
func (l *link) bulk(full bool) {
	if !full && !l.eager {
		l.full = 0
		return
	}
	if l.full++; l.full < bulkReads && !l.eager || l.other == nil || l.full < 0 {
		return
	}
	if _, real := l.th.net.(sockets); !real || l.tunnelOf.th.pipe.poor {
		return
	}
	l.splice = &splice{st: l.tunnelOf, to: l.other}
}

// pump reads from l into the pipe and from the pipe to the other side, once
// each; the caller repeats it while l stays readable.
func (s *splice) pump(l *link) {
	if s.to.pending() {
		l.pause()
		return
	}
	if !s.held {
		if s.pipe, s.held = s.st.th.pipe.get(); !s.held {
			s.refuse(l)
			return
		}
	}
	size := s.pipe.Size
	if s.body != nil {
		size = int(min(int64(size), s.body.Direct()))
	}
	n, errno := sys.Splice(int(l.fd), s.pipe.W, size, false)
	switch {
	case errno == syscall.EAGAIN:
		l.readable = false
		s.release()
		return
	case errno == syscall.EINVAL:
		s.refuse(l)
		return
	case errno != 0:
		l.readable = false
		l.breakOff(errno)
		return
	case n == 0:
		l.readable = false
		s.release()
		if !l.ended {
			l.ended = true
			l.side.eof()
		}
		return
	}
	s.in += n
	if s.body != nil {
		s.forwarded(l, n)
		return
	}
	s.st.moved(l, n)
	s.push(l)
}

// refuse goes back to copying, for good: there is no pipe to be had, or a socket that
// cannot be spliced.
func (s *splice) refuse(l *link) {
	l.dropPipe()
	s.part(l)
	l.full = -1 << 30
}

// push writes the pipe's bytes; what the kernel does not take makes l the
// feeder of the other side until it does.
func (s *splice) push(l *link) bool {
	for s.in > 0 {
		n, errno := sys.Splice(s.pipe.R, int(s.to.fd), s.in, false)
		if errno == syscall.EAGAIN {
			s.to.feeder = l
			l.pause()
			return true
		}
		if errno != 0 && s.body != nil && s.to == &s.st.up.link {
			s.lost(l)
			return true
		}
		if errno != 0 {
			s.to.breakOff(errno)
			return false
		}
		s.in -= n
		s.st.th.e.spliced.Add(int64(n))
	}
	return true
}

func (s *splice) release() {
	if s.held {
		s.st.th.pipe.put(s.pipe, s.in == 0)
		s.held, s.in = false, 0
	}
}

// dropPipe ends splicing from l: bytes still in the pipe are lost.
func (l *link) dropPipe() {
	if s := l.splice; s != nil {
		l.splice = nil
		if s.to.feeder == l {
			s.to.feeder = nil
		}
		s.release()
	}
}
