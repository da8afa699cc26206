package sys

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func packetPair(t *testing.T) (*Packets, *Packets) {
	t.Helper()
	a, fd, err := PacketPair()
	if err != nil {
		t.Fatal(err)
	}
	b, err := OpenPackets(fd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close(); b.Close() })
	return a, b
}

func TestPacketsKeepBoundariesAndDescriptors(t *testing.T) {
	a, b := packetPair(t)
	var r [2]int
	if err := unix.Pipe2(r[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	defer CloseAll(r[:])
	fds := make([]int, MaxRights)
	for i := range fds {
		fds[i] = r[0]
	}
	if err := a.Send([]byte("one"), fds); err != nil {
		t.Fatal(err)
	}
	if err := a.Send([]byte("two"), nil); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 100)
	n, got, err := b.Recv(buf)
	if err != nil || string(buf[:n]) != "one" || len(got) != MaxRights {
		t.Fatalf("first packet: %q, %d descriptors, %v", buf[:n], len(got), err)
	}
	for _, fd := range got {
		if flags, _ := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); flags&unix.FD_CLOEXEC == 0 {
			t.Fatalf("descriptor %d is not close-on-exec", fd)
		}
	}
	CloseAll(got)
	if n, got, err = b.Recv(buf); err != nil || string(buf[:n]) != "two" || len(got) != 0 {
		t.Fatalf("second packet: %q %v %v", buf[:n], got, err)
	}
	a.Close()
	if _, _, err = b.Recv(buf); err != io.EOF {
		t.Fatalf("after close: %v, want EOF", err)
	}
}

func TestPacketsRefuse(t *testing.T) {
	a, b := packetPair(t)
	if err := a.Send([]byte("x"), make([]int, MaxRights+1)); !errors.Is(err, ErrTooManyRights) {
		t.Fatalf("too many descriptors: %v", err)
	}
	if err := a.Send(make([]byte, 200), nil); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.Recv(make([]byte, 100)); !errors.Is(err, ErrPacketTooLong) {
		t.Fatalf("long packet: %v", err)
	}
	b.SetDeadline(time.Now().Add(-time.Second))
	if _, _, err := b.Recv(make([]byte, 100)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("deadline: %v", err)
	}
	if _, err := OpenPackets(0); err == nil {
		t.Fatal("standard input was taken for a packet socket")
	}
}

// A full descriptor table drops descriptors without an error of its own: Recv
// must refuse the message and close what did arrive.
func TestPacketsDroppedRights(t *testing.T) {
	a, b := packetPair(t)
	if err := a.Send([]byte("x"), []int{0, 1, 2}); err != nil {
		t.Fatal(err)
	}
	before, err := OpenDescriptors(0)
	if err != nil {
		t.Fatal(err)
	}
	probe, err := Duplicate(0) // the lowest free number
	if err != nil {
		t.Fatal(err)
	}
	Close(probe)
	var old unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &old); err != nil {
		t.Fatal(err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: uint64(probe + 1), Max: old.Max}); err != nil {
		t.Fatal(err)
	}
	_, fds, err := b.Recv(make([]byte, 10))
	unix.Setrlimit(unix.RLIMIT_NOFILE, &old)
	if !errors.Is(err, ErrRightsDropped) || fds != nil {
		t.Fatalf("got %v, %v; want ErrRightsDropped", fds, err)
	}
	after, _ := OpenDescriptors(0)
	if leak := NewDescriptors(before, after); len(leak) > 0 {
		t.Fatalf("leaked %v", leak)
	}
}

// Descriptors in flight beyond the user's limit make the kernel say
// ETOOMANYREFS; Send waits until the receiver has taken some.
func TestPacketsSendBacksOff(t *testing.T) {
	if os.Getuid() == 0 {
		// CAP_SYS_RESOURCE lifts the limit; what can be shown is that a
		// sender of more packets than the socket holds waits for its reader.
		a, b := packetPair(t)
		const packets = 2000
		failed := make(chan error, 1)
		go func() {
			var err error
			for i := 0; i < packets && err == nil; i++ {
				err = a.Send(make([]byte, 1024), []int{0})
			}
			failed <- err
		}()
		buf := make([]byte, 2048)
		for i := 0; i < packets; i++ {
			_, fds, err := b.Recv(buf)
			if err != nil || len(fds) != 1 {
				t.Fatalf("packet %d: %v %v", i, fds, err)
			}
			CloseAll(fds)
		}
		if err := <-failed; err != nil {
			t.Fatal(err)
		}
		return
	}
	a, b := packetPair(t)
	var old unix.Rlimit
	unix.Getrlimit(unix.RLIMIT_NOFILE, &old)
	unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 64, Max: old.Max})
	defer unix.Setrlimit(unix.RLIMIT_NOFILE, &old)
	for i := 0; i < 70; i++ {
		if err := a.rawSend(t, []int{0}); err == unix.ETOOMANYREFS {
			go func() {
				buf := make([]byte, 16)
				for {
					_, fds, err := b.Recv(buf)
					if err != nil {
						return
					}
					CloseAll(fds)
				}
			}()
			if err := a.Send([]byte("x"), []int{0}); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatal("the kernel never refused")
}

func (p *Packets) rawSend(t *testing.T, fds []int) (e error) {
	t.Helper()
	if err := p.rc.Control(func(fd uintptr) {
		e = unix.Sendmsg(int(fd), []byte("x"), unix.UnixRights(fds...), nil, unix.MSG_DONTWAIT)
	}); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestPeerNamesTheCreator(t *testing.T) {
	a, b := packetPair(t)
	for _, p := range []*Packets{a, b} {
		if c, err := p.Peer(); err != nil || c.PID != os.Getpid() || c.UID != os.Getuid() {
			t.Fatalf("%+v %v", c, err)
		}
	}
}

func TestStreamPair(t *testing.T) {
	ours, fd, err := StreamPair()
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	defer Close(fd)
	fmt.Fprint(ours, "hello")
	ours.CloseWrite()
	b := make([]byte, 10)
	if n, errno := Recv(fd, b); errno != 0 || string(b[:n]) != "hello" {
		t.Fatalf("%q %v", b[:n], errno)
	}
	if n, errno := Recv(fd, b); n != 0 || errno != syscall.Errno(0) {
		t.Fatalf("no end of file: %d %v", n, errno)
	}
}
