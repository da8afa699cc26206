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

// openIn opens a socket in a network namespace, "" for that of
// the process. A socket stays in the namespace in which it was made, so only
// the thread that makes it goes there, and only for that moment.
func openIn(namespace string, open func(family int) (int, syscall.Errno), family int) (fd int, err error) {
	if namespace == "" {
		fd, errno := open(family)
		if errno != 0 {
			return -1, errno
		}
		return fd, nil
	}
	runtime.LockOSThread()
	stay := false
	defer func() {
		if !stay { // else the thread ends with this goroutine, instead of serving others in a foreign namespace
			runtime.UnlockOSThread()
		}
	}()
	home, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	defer unix.Close(home)
	there, err := unix.Open(NamespacePath(namespace), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, fmt.Errorf("cannot open namespace '%s': %w", namespace, err)
	}
	defer unix.Close(there)
	if err := unix.Setns(there, unix.CLONE_NEWNET); err != nil {
		return -1, fmt.Errorf("cannot enter namespace '%s': %w", namespace, err)
	}
	fd, errno := open(family)
	if err := unix.Setns(home, unix.CLONE_NEWNET); err != nil {
		stay = true
		if errno == 0 {
			Close(fd)
		}
		return -1, fmt.Errorf("cannot leave namespace '%s': %w", namespace, err)
	}
	if errno != 0 {
		return -1, errno
	}
	return fd, nil
}
