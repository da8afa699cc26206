package sys

import (
	"fmt"
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// inside makes a network namespace with its loopback up, named for
// NamespacePath, and returns how to run a function within it.
func inside(t *testing.T) (name string, run func(func())) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: only root can make a network namespace")
	}
	name = fmt.Sprintf("sluice-test-%d", os.Getpid())
	path := NamespacePath(name)
	if err := os.MkdirAll("/var/run/netns", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o444); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		unix.Unmount(path, unix.MNT_DETACH)
		os.Remove(path)
	})
	work, done := make(chan func()), make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			done <- err
			return
		}
		if err := unix.Mount("/proc/thread-self/ns/net", path, "", unix.MS_BIND, ""); err != nil {
			done <- err
			return
		}
		done <- loopbackUp()
		for f := range work {
			f()
			done <- nil
		}
	}()
	if err := <-done; err != nil {
		t.Skipf("SKIPPED: this kernel or container gives no network namespace: %v", err)
	}
	t.Cleanup(func() { close(work) })
	return name, func(f func()) {
		work <- f
		<-done
	}
}

func loopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	r, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	r.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, r)
}
