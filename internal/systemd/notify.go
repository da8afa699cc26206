// Package systemd tells the service manager how the service stands: sd_notify(3)
// without its library.
package systemd

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// Notifier sends states to the manager. A nil one sends nothing.
type Notifier struct{ addr *net.UnixAddr }

// FromEnvironment returns the notifier for NOTIFY_SOCKET: a path, or "@" and an
// abstract name. It is nil when nobody wants to know.
func FromEnvironment() *Notifier {
	name := os.Getenv("NOTIFY_SOCKET")
	if len(name) < 2 || name[0] != '/' && name[0] != '@' {
		return nil
	}
	return &Notifier{&net.UnixAddr{Net: "unixgram", Name: name}}
}

// Ready says that the service serves.
func (n *Notifier) Ready() {
	n.send(fmt.Sprintf("READY=1\nMAINPID=%d\nSTATUS=Ready.\n", os.Getpid()))
}

// Reloading says that a reload has begun.
func (n *Notifier) Reloading() {
	n.send(fmt.Sprintf("RELOADING=1\nSTATUS=Reloading Configuration.\nMONOTONIC_USEC=%d\n", sys.KernelMonotonic().Microseconds()))
}

// ReloadFailed says that the service goes on as it was.
func (n *Notifier) ReloadFailed() { n.send("READY=1\nSTATUS=Reload failed!\n") }

// Status describes the service in one line; nothing of its state changes.
func (n *Notifier) Status(text string) {
	text, _, _ = strings.Cut(text, "\n")
	n.send("STATUS=" + text + "\n")
}

// Extend asks for so much time, from now on, before the manager gives a start or
// reload up.
func (n *Notifier) Extend(d time.Duration) {
	n.send(fmt.Sprintf("EXTEND_TIMEOUT_USEC=%d\n", d.Microseconds()))
}

// Stopping says that the service is about to end.
func (n *Notifier) Stopping() { n.send("STOPPING=1") }

// send tells what nobody has to know has failed.
func (n *Notifier) send(state string) {
	if n != nil {
		_ = n.pass(state)
	}
}

// pass sends a state, with descriptors. It uses a socket of its own for each
// message and does not wait: a manager that does not listen must not hold the
// service up.
func (n *Notifier) pass(state string, fds ...int) error {
	c, err := net.DialUnix("unixgram", nil, n.addr)
	if err != nil {
		return err
	}
	defer c.Close()
	c.SetWriteDeadline(time.Now().Add(patience))
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	// net.UnixConn sends no descriptors on a connected datagram socket.
	full := raw.Write(func(fd uintptr) bool {
		err = syscall.Sendmsg(int(fd), []byte(state), rights(fds), nil, syscall.MSG_NOSIGNAL)
		return err != syscall.EAGAIN
	})
	return errors.Join(full, err)
}

// barrier waits until the manager has done what it was told before: it closes
// the pipe that comes with the message.
func (n *Notifier) barrier() error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	err = n.pass("BARRIER=1", int(w.Fd()))
	w.Close()
	if err != nil {
		return err
	}
	r.SetReadDeadline(time.Now().Add(patience))
	if _, err = r.Read(make([]byte, 1)); err == io.EOF {
		return nil
	}
	return err
}

// patience bounds each exchange with the manager.
const patience = time.Second
