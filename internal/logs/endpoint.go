package logs

import (
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// DefaultPort is syslog's.
const DefaultPort = 514

// endpoint is where lines go. Targets with the same address share one.
type endpoint struct {
	id       int
	name     string
	addr     *sys.Sockaddr // of a datagram receiver; nil: file
	udp      bool
	file     *file
	number   int // of the logger that is named in the report of a failure
	reported atomic.Bool
}

func udpEndpoint(ap netip.AddrPort) *endpoint {
	return &endpoint{name: "udp@" + ap.String(), addr: sys.InetSockaddr(ap), udp: true}
}

func unixEndpoint(path string, abstract bool) (*endpoint, error) {
	addr, err := sys.UnixSockaddr(path, abstract)
	if err != nil {
		return nil, err
	}
	name := "unix@" + path
	if abstract {
		name = "abns@" + path
	}
	return &endpoint{name: name, addr: addr}, nil
}

func fdEndpoint(fd int) *endpoint {
	return &endpoint{name: "fd@" + strconv.Itoa(fd), file: &file{source: fd}}
}

// file writes whole lines to a descriptor that the process was given. All
// loops share it, so that their lines do not run into each other.
type file struct {
	source int

	mu     sync.Mutex
	opened bool
	fd     int
	kind   sys.OutputKind
	own    bool
	rest   []byte // of a line that was written in part
}

// open makes the descriptor ready; called with mu held.
func (f *file) open() syscall.Errno {
	if f.opened {
		return 0
	}
	fd, kind, own, errno := sys.OpenOutput(f.source)
	if errno != 0 {
		return errno
	}
	f.fd, f.kind, f.own, f.opened = fd, kind, own, true
	return 0
}

// atomicWrite is PIPE_BUF: a write to a pipe of up to so many bytes is not
// mixed with those of other processes, and taken whole or not at all.
const atomicWrite = 4096

// write writes lines that end at ends in buf, after what is left of an earlier
// one. It returns how many are done, one that was begun included, and why not
// all; more says that such a rest is left.
func (f *file) write(buf []byte, ends []int) (done int, more bool, errno syscall.Errno) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if errno := f.open(); errno != 0 {
		return 0, false, errno
	}
	for len(f.rest) > 0 {
		n, errno := f.put(f.rest)
		if errno == syscall.EAGAIN {
			return 0, true, errno
		}
		if errno != 0 {
			f.rest = f.rest[:0]
			return 0, false, errno
		}
		f.rest = f.rest[n:]
	}
	start := 0
	for done < len(ends) {
		last := done
		for last+1 < len(ends) && ends[last+1]-start <= atomicWrite {
			last++
		}
		n, errno := f.put(buf[start:ends[last]])
		if errno != 0 {
			return done, false, errno
		}
		start += n
		for done <= last && ends[done] <= start {
			done++
		}
		if done > 0 && ends[done-1] == start {
			continue
		}
		f.rest = append(f.rest[:0], buf[start:ends[done]]...)
		return done + 1, true, syscall.EAGAIN
	}
	return done, false, 0
}

func (f *file) put(b []byte) (n int, errno syscall.Errno) {
	switch f.kind {
	case sys.OutputSocket:
		n, errno = sys.Send(f.fd, b, false)
	case sys.OutputStream:
		n, errno = sys.Write(f.fd, b, !f.own)
	default:
		n, errno = sys.WriteFile(f.fd, b)
	}
	if n == 0 && errno == 0 {
		errno = syscall.EAGAIN // no progress must not look like some
	}
	return n, errno
}

// close says whether a line was left unfinished.
func (f *file) close() (cut bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	cut = len(f.rest) > 0
	f.rest = nil
	if f.opened && f.own {
		sys.Close(f.fd)
	}
	f.opened = false
	return cut
}
