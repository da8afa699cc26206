package sys

import (
	"fmt"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// NamespacePath returns the file that stands for the network namespace of that
// name (ip-netns(8)).
func NamespacePath(name string) string { return "/var/run/netns/" + name }

// Namespace is a network namespace that is kept open, so that sockets can be made in
// it after a chroot.
type Namespace struct{ there, home int }

// OpenNamespace opens the network namespace of that name, and the one that the
// thread is in.
func OpenNamespace(name string) (*Namespace, error) {
	home, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	there, err := unix.Open(NamespacePath(name), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		unix.Close(home)
		return nil, fmt.Errorf("cannot open namespace '%s': %w", name, err)
	}
	return &Namespace{there, home}, nil
}

// Close closes the two.
func (n *Namespace) Close() {
	unix.Close(n.there)
	unix.Close(n.home)
}

// Within calls f in the namespace (setns(2), which needs CAP_SYS_ADMIN). A socket
// stays in the namespace in which it was made, so only the thread that makes it goes
// there, and only for that moment.
func (n *Namespace) Within(f func() syscall.Errno) syscall.Errno {
	runtime.LockOSThread()
	if err := unix.Setns(n.there, unix.CLONE_NEWNET); err != nil {
		runtime.UnlockOSThread()
		return errnoOf(err)
	}
	errno := f()
	if err := unix.Setns(n.home, unix.CLONE_NEWNET); err != nil {
		// Everything that this thread did from now on would be in a foreign network.
		DieOf(syscall.SIGABRT)
	}
	runtime.UnlockOSThread()
	return errno
}

// openIn opens a socket in a network namespace, "" for that of the process.
func openIn(namespace string, open func(family int) (int, syscall.Errno), family int) (fd int, err error) {
	fd = -1
	do := func() (errno syscall.Errno) {
		fd, errno = open(family)
		return errno
	}
	if namespace == "" {
		if errno := do(); errno != 0 {
			return -1, errno
		}
		return fd, nil
	}
	n, err := OpenNamespace(namespace)
	if err != nil {
		return -1, err
	}
	defer n.Close()
	if errno := n.Within(do); errno != 0 {
		if fd < 0 {
			return -1, fmt.Errorf("cannot open a socket in namespace '%s': %w", namespace, errno)
		}
		return -1, errno
	}
	return fd, nil
}
