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

// write writes lines that end at ends in buf. It returns how many were written
// or will be finished by the next write, and why not all.
func (f *file) write(buf []byte, ends []int) (done int, errno syscall.Errno) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if errno := f.open(); errno != 0 {
		return 0, errno
	}
	for len(f.rest) > 0 {
		n, errno := f.put(f.rest)
		if errno != 0 {
			return 0, errno
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
			return done, errno
		}
		if start+n == ends[last] {
			done, start = last+1, ends[last]
			continue
		}
		for ends[done] <= start+n {
			done++
		}
		if done > 0 && ends[done-1] == start+n || n == 0 {
			start += n
			continue
		}
		f.rest = append(f.rest[:0], buf[start+n:ends[done]]...)
		return done + 1, syscall.EAGAIN
	}
	return done, 0
}

func (f *file) put(b []byte) (int, syscall.Errno) {
	switch f.kind {
	case sys.OutputSocket:
		return sys.Send(f.fd, b, false)
	case sys.OutputStream:
		return sys.Write(f.fd, b, !f.own)
	}
	return sys.WriteFile(f.fd, b)
}

func (f *file) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.opened && f.own {
		sys.Close(f.fd)
	}
	f.opened = false
}
