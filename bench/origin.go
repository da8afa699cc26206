package main

import (
	"bytes"
	"fmt"
	"log"
	"net"
	"os"
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"
)

const bodySize = 1024

// runOrigin answers every request with 1 KiB, on one thread, with as few
// system calls as there can be; it must not be what limits the measurement.
// /count answers with the number of requests so far instead.
func runOrigin() {
	runtime.GOMAXPROCS(1)
	runtime.LockOSThread()
	lfd := listenFD(os.Args[2])
	ep, err := unix.EpollCreate1(0)
	check(err)
	check(unix.EpollCtl(ep, unix.EPOLL_CTL_ADD, lfd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(lfd)}))
	body := bytes.Repeat([]byte("0123456789abcdef"), bodySize/16)
	answer := fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nServer: bench\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s", bodySize, body)
	end := []byte("\r\n\r\n")
	count := 0
	part := map[int][]byte{} // a head that has not ended yet; rare
	events := make([]unix.EpollEvent, 512)
	buf := make([]byte, 64<<10)
	for {
		n, err := unix.EpollWait(ep, events, -1)
		if err == unix.EINTR {
			continue
		}
		check(err)
		for _, e := range events[:n] {
			fd := int(e.Fd)
			if fd == lfd {
				for {
					c, _, err := unix.Accept4(lfd, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
					if err != nil {
						break
					}
					unix.SetsockoptInt(c, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
					check(unix.EpollCtl(ep, unix.EPOLL_CTL_ADD, c, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(c)}))
				}
				continue
			}
			m, err := unix.Read(fd, buf)
			if m <= 0 {
				if err != unix.EAGAIN {
					delete(part, fd)
					unix.Close(fd)
				}
				continue
			}
			in := buf[:m]
			if p := part[fd]; p != nil {
				in = append(p, in...)
				delete(part, fd)
			}
			for {
				i := bytes.Index(in, end)
				if i < 0 {
					break
				}
				out := answer
				if bytes.HasPrefix(in, []byte("GET /count ")) {
					c := strconv.Itoa(count)
					out = fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(c), c)
				} else {
					count++
				}
				if w, err := unix.Write(fd, out); w != len(out) {
					log.Printf("origin: wrote %d: %v", w, err)
				}
				in = in[i+4:]
			}
			if len(in) > 0 {
				part[fd] = append([]byte(nil), in...)
			}
		}
	}
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

// runSource sends as many bytes as the client's first eight digits say
// (hexadecimal MiB), then closes.
func runSource() {
	l, err := net.Listen("tcp", os.Args[2])
	check(err)
	block := bytes.Repeat([]byte{'x'}, 1<<20)
	for {
		c, err := l.Accept()
		check(err)
		go func() {
			defer c.Close()
			var b [8]byte
			for n := 0; n < len(b); {
				m, err := c.Read(b[n:])
				if err != nil {
					return
				}
				n += m
			}
			mib, err := strconv.ParseUint(string(b[:]), 16, 32)
			if err != nil {
				return
			}
			for range mib {
				if _, err := c.Write(block); err != nil {
					return
				}
			}
		}()
	}
}
