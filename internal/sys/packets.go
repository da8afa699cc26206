package sys

import (
	"errors"
	"io"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Packets is one end of a sequenced-packet socketpair. A goroutine that waits
// on it is parked by the runtime's poller and holds no thread. One goroutine
// may read while another writes.
type Packets struct {
	f  *os.File
	rc syscall.RawConn
}

// ErrPacketTooLong is returned when a packet did not fit the buffer given.
var ErrPacketTooLong = errors.New("sys: packet longer than its limit")

// OpenPackets takes over an inherited descriptor. The descriptor belongs to the
// Packets from now on and is made close-on-exec.
func OpenPackets(fd int) (*Packets, error) {
	if !IsPacketSocket(fd) {
		return nil, errors.New("sys: not a sequenced-packet socket")
	}
	unix.CloseOnExec(fd)
	if err := unix.SetNonblock(fd, true); err != nil {
		return nil, os.NewSyscallError("fcntl", err)
	}
	return newPackets(fd)
}

func newPackets(fd int) (*Packets, error) {
	// The descriptor is non-blocking already, so os.NewFile puts it into the
	// poller; File.Fd, which would make it blocking, is never called.
	f := os.NewFile(uintptr(fd), "packets")
	rc, err := f.SyscallConn()
	if err != nil {
		f.Close()
		return nil, err
	}
	return &Packets{f: f, rc: rc}, nil
}

// Descriptor is the number of the descriptor, to be shown; 0 once it is closed.
func (p *Packets) Descriptor() (n int) {
	if p.rc.Control(func(fd uintptr) { n = int(fd) }) != nil {
		return 0
	}
	return n
}

// tooManyRefs is how long Send goes on trying while the kernel says
// ETOOMANYREFS (descriptors in flight exceed the user's limit): the receiver
// clears the condition by reading.
const tooManyRefs = 5 * time.Second

// Send sends one packet with at most MaxRights descriptors. The caller keeps
// its descriptors.
func (p *Packets) Send(b []byte, fds []int) error {
	if len(fds) > MaxRights {
		return ErrTooManyRights
	}
	var oob []byte
	if len(fds) > 0 {
		oob = unix.UnixRights(fds...)
	}
	wait := time.Millisecond
	for began := time.Now(); ; {
		var e error
		err := p.rc.Write(func(fd uintptr) bool {
			for {
				e = unix.Sendmsg(int(fd), b, oob, nil, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
				if e != unix.EINTR {
					return e != unix.EAGAIN
				}
			}
		})
		if err != nil {
			return err
		}
		if e == unix.ETOOMANYREFS && time.Since(began) < tooManyRefs {
			time.Sleep(wait)
			wait = min(2*wait, 100*time.Millisecond)
			continue
		}
		return os.NewSyscallError("sendmsg", e)
	}
}

// Recv reads one packet into b and returns its length and its descriptors,
// which are close-on-exec and belong to the caller. At the end of the channel
// it returns io.EOF. If the kernel dropped descriptors (MSG_CTRUNC: this
// process's table is full) those that did arrive are closed and the error is
// ErrRightsDropped; n is then valid.
func (p *Packets) Recv(b []byte) (n int, fds []int, err error) {
	n, fds, _, err = p.RecvFrom(b)
	return n, fds, err
}

// IdentifySenders has RecvFrom tell who sent a packet from now on.
func (p *Packets) IdentifySenders() (err error) {
	cerr := p.rc.Control(func(fd uintptr) { err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_PASSCRED, 1) })
	if cerr != nil {
		return cerr
	}
	return os.NewSyscallError("setsockopt", err)
}

// RecvFrom is Recv and returns the PID of the sender as the kernel knows it, 0
// without IdentifySenders or for a sender of another PID namespace.
func (p *Packets) RecvFrom(b []byte) (n int, fds []int, pid int, err error) {
	wait := p.rc.Read(func(fd uintptr) bool {
		n, fds, pid, err = recvNow(int(fd), b)
		return err != unix.EAGAIN
	})
	if wait != nil {
		return 0, nil, 0, wait
	}
	return n, fds, pid, err
}

// recvNow receives a packet, or returns EAGAIN.
func recvNow(fd int, b []byte) (n int, fds []int, pid int, err error) {
	oob := make([]byte, unix.CmsgSpace(MaxRights*4)+unix.CmsgSpace(unix.SizeofUcred))
	var oobn, flags int
	var e error
	for {
		if n, oobn, flags, _, e = unix.Recvmsg(fd, b, oob, unix.MSG_CMSG_CLOEXEC|unix.MSG_DONTWAIT); e != unix.EINTR {
			break
		}
	}
	if e == unix.EAGAIN {
		return 0, nil, 0, unix.EAGAIN
	}
	if e != nil {
		if e == unix.ECONNRESET { // the peer closed with packets of ours unread
			return 0, nil, 0, io.EOF
		}
		return 0, nil, 0, os.NewSyscallError("recvmsg", e)
	}
	fds, pid, err = parseControl(oob[:oobn])
	if err == nil && flags&unix.MSG_CTRUNC != 0 {
		err = ErrRightsDropped
	}
	if err == nil && flags&unix.MSG_TRUNC != 0 {
		err = ErrPacketTooLong
	}
	if err == nil && n == 0 && len(fds) == 0 {
		err = io.EOF
	}
	if err != nil {
		CloseAll(fds)
		fds = nil
	}
	return n, fds, pid, err
}

// RecvGuarded is RecvFrom, except that guard is locked when it returns, unless with
// an error of waiting; and that nothing is received but with guard locked.
func (p *Packets) RecvGuarded(b []byte, guard sync.Locker) (n int, fds []int, pid int, locked bool, err error) {
	wait := p.rc.Read(func(fd uintptr) bool {
		guard.Lock()
		n, fds, pid, err = recvNow(int(fd), b)
		if err == unix.EAGAIN {
			guard.Unlock()
			return false
		}
		locked = true
		return true
	})
	if !locked {
		return 0, nil, 0, false, wait
	}
	return n, fds, pid, true, err
}

// SetDeadline ends pending and future Send and Recv calls at t with
// os.ErrDeadlineExceeded; the zero time means never.
func (p *Packets) SetDeadline(t time.Time) error { return p.f.SetDeadline(t) }

// SetWriteDeadline is SetDeadline for Send alone.
func (p *Packets) SetWriteDeadline(t time.Time) error { return p.f.SetWriteDeadline(t) }

// Peer returns the credentials of the process that made the pair.
func (p *Packets) Peer() (c Credentials, err error) {
	cerr := p.rc.Control(func(fd uintptr) { c, err = PeerCredentials(int(fd)) })
	if cerr != nil {
		return c, cerr
	}
	return c, err
}

// Close closes this end; calls in progress return an error.
func (p *Packets) Close() error { return p.f.Close() }
