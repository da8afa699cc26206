package main

import (
	"bytes"
	"fmt"
	"log"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// bodySize is the size of an answer whose path names none.
const bodySize = 1024

// runOrigin answers on one thread, with as few system calls as there can be; it
// must not be what limits the measurement. The path's last part says what
// comes: a size ("/api/64k"), "chunked" (64 KiB in chunks of 4), anything else 1 KiB.
// Request bodies with a Content-Length are read and thrown away. /count answers
// with the number of requests so far instead.
func runOrigin() {
	runtime.GOMAXPROCS(1)
	runtime.LockOSThread()
	o := &origin{conns: map[int]*originConn{}, answers: map[string][]byte{}}
	o.listen(os.Args[2])
	events := make([]unix.EpollEvent, 512)
	for {
		n, err := unix.EpollWait(o.epoll, events, -1)
		if err == unix.EINTR {
			continue
		}
		check(err)
		for _, e := range events[:n] {
			o.event(int(e.Fd), e.Events)
		}
	}
}

type origin struct {
	epoll, listener int
	conns           map[int]*originConn
	answers         map[string][]byte
	count           int
	buf             [64 << 10]byte
}

// An originConn is what must be remembered of a connection between events.
type originConn struct {
	part []byte // a head that has not ended yet; rare
	skip int    // bytes of a request body still to come
	then []byte // the answer that is due after them
	out  []byte // of an answer, what the kernel did not take
}

func (o *origin) listen(addr string) {
	var err error
	o.listener = listenFD(addr)
	o.epoll, err = unix.EpollCreate1(0)
	check(err)
	check(unix.EpollCtl(o.epoll, unix.EPOLL_CTL_ADD, o.listener, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(o.listener)}))
}

func (o *origin) event(fd int, what uint32) {
	if fd == o.listener {
		for {
			c, _, err := unix.Accept4(fd, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
			if err != nil {
				return
			}
			unix.SetsockoptInt(c, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
			o.conns[c] = &originConn{}
			check(unix.EpollCtl(o.epoll, unix.EPOLL_CTL_ADD, c, &unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLET, Fd: int32(c)}))
		}
	}
	c := o.conns[fd]
	if c == nil {
		return
	}
	if what&unix.EPOLLOUT != 0 && len(c.out) > 0 {
		o.send(fd, c, c.out)
	}
	for what&(unix.EPOLLIN|unix.EPOLLHUP|unix.EPOLLERR|unix.EPOLLRDHUP) != 0 {
		m, err := unix.Read(fd, o.buf[:])
		if err == unix.EAGAIN {
			return
		}
		if m <= 0 {
			delete(o.conns, fd)
			unix.Close(fd)
			return
		}
		o.read(fd, c, o.buf[:m])
		if m < len(o.buf) {
			return
		}
	}
}

func (o *origin) read(fd int, c *originConn, in []byte) {
	if c.part != nil {
		in = append(c.part, in...)
		c.part = nil
	}
	for {
		if c.skip > 0 {
			n := min(c.skip, len(in))
			if c.skip, in = c.skip-n, in[n:]; c.skip > 0 {
				return
			}
		}
		if c.then != nil {
			o.send(fd, c, c.then)
			c.then = nil
		}
		i := bytes.Index(in, headEnd)
		if i < 0 {
			break
		}
		head := in[:i]
		in = in[i+len(headEnd):]
		c.then = o.answer(head)
		if head[0] == 'P' {
			c.skip = contentLength(head)
		}
	}
	if len(in) > 0 {
		c.part = append([]byte(nil), in...)
	}
}

var headEnd = []byte("\r\n\r\n")

func contentLength(head []byte) int {
	low := bytes.ToLower(head)
	_, v, ok := bytes.Cut(low, []byte("\r\ncontent-length:"))
	if !ok {
		log.Fatal("origin: a POST without Content-Length")
	}
	v, _, _ = bytes.Cut(v, []byte("\r"))
	n, err := strconv.Atoi(strings.TrimSpace(string(v)))
	check(err)
	return n
}

func (o *origin) answer(head []byte) []byte {
	target := head[bytes.IndexByte(head, ' ')+1:]
	target = target[:bytes.IndexByte(target, ' ')]
	if string(target) == "/count" {
		c := strconv.Itoa(o.count)
		return fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(c), c)
	}
	o.count++
	if a := o.answers[string(target)]; a != nil {
		return a
	}
	path, _, _ := strings.Cut(string(target), "?")
	name := path[strings.LastIndexByte(path, '/')+1:]
	fields := "HTTP/1.1 200 OK\r\nServer: bench\r\nContent-Type: text/plain\r\n"
	var a []byte
	if name == "chunked" {
		a = append([]byte(fields), "Transfer-Encoding: chunked\r\n\r\n"...)
		for range 16 {
			a = fmt.Appendf(a, "%x\r\n%s\r\n", 4096, payload(4096))
		}
		a = append(a, "0\r\n\r\n"...)
	} else {
		n := sizeOf(name)
		a = fmt.Appendf(nil, "%sContent-Length: %d\r\n\r\n%s", fields, n, payload(n))
	}
	o.answers[string(target)] = a
	return a
}

// sizeOf reads "0", "64k" or "1m".
func sizeOf(name string) int {
	unit := 1
	if n, ok := strings.CutSuffix(name, "k"); ok {
		name, unit = n, 1<<10
	} else if n, ok := strings.CutSuffix(name, "m"); ok {
		name, unit = n, 1<<20
	}
	if n, err := strconv.Atoi(name); err == nil {
		return n * unit
	}
	return bodySize
}

func payload(n int) []byte { return bytes.Repeat([]byte("0123456789abcdef"), (n+15)/16)[:n] }

func (o *origin) send(fd int, c *originConn, b []byte) {
	if len(c.out) > 0 && &c.out[0] != &b[0] { // an answer behind one that waits
		c.out = append(append([]byte(nil), c.out...), b...)
		return
	}
	for len(b) > 0 {
		w, err := unix.Write(fd, b)
		if err == unix.EAGAIN {
			break
		}
		if err != nil { // the reader will see it
			b = nil
			break
		}
		b = b[w:]
	}
	c.out = b
}

func listenFD(addr string) int {
	a, err := net.ResolveTCPAddr("tcp4", addr)
	check(err)
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	check(err)
	check(unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1))
	check(unix.Bind(fd, &unix.SockaddrInet4{Port: a.Port, Addr: [4]byte(a.IP.To4())}))
	check(unix.Listen(fd, 4096))
	return fd
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
