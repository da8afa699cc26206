package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"runtime"
	"slices"
	"strconv"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// paced is what the client at a fixed rate saw. Latencies are in microseconds
// and count from the time at which the request was due, not from when it was
// sent: a proxy that stops for a while is not asked less meanwhile.
type paced struct {
	Requests, Errors    int64
	P50, P99, P999, Max int64
}

// runPace is the client: pace ADDRESS PATH CONNECTIONS RATE SECONDS. One thread,
// requests at equal distances, each on a connection that is free.
func runPace() {
	runtime.GOMAXPROCS(1)
	runtime.LockOSThread()
	n, err := strconv.Atoi(os.Args[4])
	check(err)
	rate, err := strconv.ParseFloat(os.Args[5], 64)
	check(err)
	secs, err := strconv.ParseFloat(os.Args[6], 64)
	check(err)
	p := newPacer(os.Args[2], os.Args[3], n)
	p.run(time.Duration(float64(time.Second)/rate), time.Duration(secs*float64(time.Second)))
	json.NewEncoder(os.Stdout).Encode(p.result())
}

type pacer struct {
	epoll   int
	request []byte
	conns   map[int]*pacedConn
	free    []int
	due     []time.Time // of requests for which no connection was free
	took    []int64
	errors  int64
	buf     [64 << 10]byte
}

type pacedConn struct {
	due  time.Time // of the request that is under way
	head []byte    // of the answer, until it is complete
	left int       // bytes of the answer still to come
}

func newPacer(addr, path string, n int) *pacer {
	p := &pacer{request: fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", path, addr), conns: map[int]*pacedConn{}}
	a, err := net.ResolveTCPAddr("tcp4", addr)
	check(err)
	p.epoll, err = unix.EpollCreate1(0)
	check(err)
	for range n {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		check(err)
		check(unix.Connect(fd, &unix.SockaddrInet4{Port: a.Port, Addr: [4]byte(a.IP.To4())}))
		check(unix.SetNonblock(fd, true))
		unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
		check(unix.EpollCtl(p.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}))
		p.conns[fd] = &pacedConn{}
		p.free = append(p.free, fd)
	}
	return p
}

func (p *pacer) run(every, span time.Duration) {
	begin := time.Now()
	next, end := begin, begin.Add(span)
	events := make([]unix.EpollEvent, 256)
	for {
		now := time.Now()
		for ; !next.After(now) && next.Before(end); next = next.Add(every) {
			p.due = append(p.due, next)
		}
		p.sendDue()
		if !next.Before(end) && len(p.free) == len(p.conns) || now.After(end.Add(5*time.Second)) {
			p.errors += int64(len(p.conns) - len(p.free) + len(p.due))
			return
		}
		// Waking up for each request would take the processor from the origin.
		n := p.wait(events, max(100*time.Microsecond, time.Until(next)))
		for _, e := range events[:n] {
			p.read(int(e.Fd))
		}
	}
}

func (p *pacer) wait(events []unix.EpollEvent, d time.Duration) int {
	ts := unix.NsecToTimespec(int64(min(d, 100*time.Millisecond)))
	n, _, errno := unix.Syscall6(unix.SYS_EPOLL_PWAIT2, uintptr(p.epoll), uintptr(unsafe.Pointer(&events[0])), uintptr(len(events)), uintptr(unsafe.Pointer(&ts)), 0, 0)
	if errno != 0 {
		return 0
	}
	return int(n)
}

func (p *pacer) sendDue() {
	for len(p.due) > 0 && len(p.free) > 0 {
		fd := p.free[0]
		p.free = p.free[1:]
		p.conns[fd].due = p.due[0]
		p.due = p.due[1:]
		if n, err := unix.Write(fd, p.request); n != len(p.request) {
			p.lost(fd, err)
		}
	}
}

// lost counts a connection that broke; its request is not sent again.
func (p *pacer) lost(fd int, _ error) {
	p.errors++
	delete(p.conns, fd)
	unix.Close(fd)
	if len(p.conns) == 0 {
		check(fmt.Errorf("all connections are lost"))
	}
}

func (p *pacer) read(fd int) {
	c := p.conns[fd]
	n, err := unix.Read(fd, p.buf[:])
	if err == unix.EAGAIN {
		return
	}
	if n <= 0 || c == nil {
		p.lost(fd, err)
		return
	}
	in := p.buf[:n]
	if c.left == 0 {
		c.head = append(c.head, in...)
		i := bytes.Index(c.head, headEnd)
		if i < 0 {
			return
		}
		if !bytes.HasPrefix(c.head, []byte("HTTP/1.1 200 ")) {
			p.errors++
		}
		c.left = contentLength(c.head[:i])
		in, c.head = c.head[i+len(headEnd):], c.head[:0]
	}
	if c.left -= len(in); c.left < 0 {
		check(fmt.Errorf("an answer is longer than it says"))
	}
	if c.left == 0 {
		p.took = append(p.took, time.Since(c.due).Microseconds())
		p.free = append(p.free, fd)
	}
}

func (p *pacer) result() paced {
	slices.Sort(p.took)
	at := func(q float64) int64 {
		if len(p.took) == 0 {
			return 0
		}
		return p.took[min(len(p.took)-1, int(q*float64(len(p.took))))]
	}
	return paced{int64(len(p.took)), p.errors, at(0.5), at(0.99), at(0.999), at(1)}
}
