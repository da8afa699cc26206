package sys

import (
	"errors"
	"os"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestChildStatus(t *testing.T) {
	for _, c := range []struct {
		script string
		code   int
		sig    syscall.Signal
	}{
		{"exit 0", 0, 0},
		{"exit 7", 7, 0},
		{"kill -KILL $$", 0, syscall.SIGKILL},
		{"kill -TERM $$", 0, syscall.SIGTERM},
	} {
		child, err := Start(Spec{Path: "/bin/sh", Argv: []string{"sh", "-c", c.script}, Files: []int{0, 1, 2}})
		if err != nil {
			t.Fatal(err)
		}
		code, sig, err := child.Wait()
		if err != nil || code != c.code || sig != c.sig {
			t.Errorf("%q: %d %v %v", c.script, code, sig, err)
		}
		if err := child.Signal(syscall.SIGTERM); !errors.Is(err, os.ErrProcessDone) {
			t.Errorf("signal after the end: %v", err)
		}
	}
}

func TestChildIsSignalledWhileWaiting(t *testing.T) {
	child, err := Start(Spec{Path: "/bin/sleep", Argv: []string{"sleep", "60"}})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan syscall.Signal, 1)
	go func() {
		_, sig, _ := child.Wait()
		ended <- sig
	}()
	if err := child.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case sig := <-ended:
		if sig != syscall.SIGKILL {
			t.Fatalf("ended by %v", sig)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("Wait did not notice the end")
	}
}

// exec.Cmd.ExtraFiles would put a handed-over socket into blocking mode for
// every holder of it.
func TestStartKeepsNonblocking(t *testing.T) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer Close(fd)
	child, err := Start(Spec{Path: "/bin/sh", Argv: []string{"sh", "-c", "test -e /proc/self/fd/3"}, Files: []int{0, 1, 2, fd}})
	if err != nil {
		t.Fatal(err)
	}
	if code, _, err := child.Wait(); code != 0 || err != nil {
		t.Fatalf("child did not get descriptor 3: %d %v", code, err)
	}
	if flags, _ := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0); flags&unix.O_NONBLOCK == 0 {
		t.Fatal("the socket became blocking")
	}
}

func TestStartMissing(t *testing.T) {
	before, _ := OpenDescriptors(0)
	if _, err := Start(Spec{Path: "/nonexistent/binary", Argv: []string{"x"}}); !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	after, _ := OpenDescriptors(0)
	if leak := NewDescriptors(before, after); len(leak) > 0 {
		t.Fatalf("leaked %v", leak)
	}
}

func TestOpenPathSurvivesRename(t *testing.T) {
	dir := t.TempDir()
	self, err := os.ReadFile("/bin/true")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/prog", self, 0o700); err != nil {
		t.Fatal(err)
	}
	fd, err := OpenPath(dir + "/prog")
	if err != nil {
		t.Fatal(err)
	}
	defer Close(fd)
	if err := os.Remove(dir + "/prog"); err != nil {
		t.Fatal(err)
	}
	child, err := Start(Spec{Path: DescriptorPath(fd), Argv: []string{"true"}})
	if err != nil {
		t.Fatal(err)
	}
	if code, sig, err := child.Wait(); code != 0 || sig != 0 || err != nil {
		t.Fatal(code, sig, err)
	}
	if fd < usualChildFiles {
		t.Errorf("descriptor %d could be replaced by one of a child's files", fd)
	}
}

func TestSealedMemfd(t *testing.T) {
	fd, err := SealedMemfd("test", []byte("hello "), nil, []byte("world"))
	if err != nil {
		t.Fatal(err)
	}
	defer Close(fd)
	if _, err := unix.Pwrite(fd, []byte("x"), 0); err == nil {
		t.Error("a sealed file was written to")
	}
	if err := unix.Ftruncate(fd, 0); err == nil {
		t.Error("a sealed file was truncated")
	}
	for range 2 { // reading does not move the shared offset
		if b, err := ReadSealed(fd, 11); err != nil || string(b) != "hello world" {
			t.Errorf("%q %v", b, err)
		}
	}
	if _, err := ReadSealed(fd, 10); err == nil {
		t.Error("limit not kept")
	}
	open, err := unix.MemfdCreate("open", unix.MFD_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer Close(open)
	if _, err := ReadSealed(open, 10); err == nil {
		t.Error("an unsealed file was accepted")
	}
}

// However many files have to be moved out of each other's way, the executable is
// there when the child needs it.
func TestExecutableAboveFiles(t *testing.T) {
	exe, err := OpenPath("/bin/true")
	if err != nil {
		t.Fatal(err)
	}
	defer Close(exe)
	for n := 3; n < 80; n++ {
		files := []int{0, 1, 2}
		for len(files) < n {
			files = append(files, 2)
		}
		c, err := Start(Spec{Path: DescriptorPath(exe), Argv: []string{"true"}, Files: files})
		if err != nil {
			t.Fatalf("%d files: %v", n, err)
		}
		if code, sig, err := c.Wait(); code != 0 || sig != 0 || err != nil {
			t.Errorf("%d files: %d %v %v", n, code, sig, err)
		}
	}
}
