package main

import (
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A logCounter receives the proxies' log lines and counts them. It looks every
// few milliseconds instead of being woken by each, because it shares its
// processor with the load.
type logCounter struct {
	conn  *net.UDPConn
	lines atomic.Int64
	bytes atomic.Int64
	last  atomic.Value // string
	stop  chan struct{}
	wg    sync.WaitGroup
}

func newLogCounter() (*logCounter, error) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	raw.Control(func(fd uintptr) {
		// Without the privilege for the first the second does what it may.
		if unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 256<<20) != nil {
			unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, 256<<20)
		}
	})
	l := &logCounter{conn: conn, stop: make(chan struct{})}
	l.wg.Go(func() {
		for {
			raw.Control(l.drain)
			select {
			case <-l.stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	})
	return l, nil
}

func (l *logCounter) drain(fd uintptr) {
	var b [8192]byte
	for {
		n, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_DONTWAIT)
		if err != nil {
			return
		}
		if l.lines.Add(1)%1000 == 1 {
			l.last.Store(string(b[:n]))
		}
		l.bytes.Add(int64(n))
	}
}

func (l *logCounter) addr() string { return l.conn.LocalAddr().String() }

func (l *logCounter) close() {
	close(l.stop)
	l.wg.Wait()
	l.conn.Close()
}

// settle waits until no more lines come.
func (l *logCounter) settle() (lines, bytes int64) {
	for n := int64(-1); n != l.lines.Load(); {
		n = l.lines.Load()
		time.Sleep(200 * time.Millisecond)
	}
	return l.lines.Load(), l.bytes.Load()
}
