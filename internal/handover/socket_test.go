package handover

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// serve answers one client at a new path as answer does.
func serve(t *testing.T, answer func(*net.UnixConn)) string {
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { l.Close(); <-done })
	go func() {
		defer close(done)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		line := make([]byte, len(Command)+1)
		if _, err := io.ReadFull(c, line); err == nil && string(line) == Command+"\n" {
			answer(c.(*net.UnixConn))
		}
	}()
	return path
}

func sockets(t *testing.T, n int) []Socket {
	var list []Socket
	for i := range n {
		fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { syscall.Close(fd) })
		s := Socket{FD: fd}
		if i%3 == 1 {
			s.Interface = "lo"
		}
		if i%5 == 2 {
			s.Namespace = fmt.Sprintf("net-%d", i)
		}
		list = append(list, s)
	}
	return list
}

// What is sent arrives: the sockets themselves, in their order, described.
func TestHandover(t *testing.T) {
	for _, n := range []int{0, 1, 251, 252, 253, 600} {
		list := sockets(t, n)
		sent := make(chan error, 1)
		got, err := Receive(serve(t, func(c *net.UnixConn) { sent <- Send(c, list) }), 5*time.Second)
		if err != nil {
			t.Fatalf("%d sockets: %v", n, err)
		}
		if err := <-sent; err != nil {
			t.Errorf("%d sockets: %v", n, err)
		}
		if diff := cmp.Diff(list, got, cmpopts.IgnoreFields(Socket{}, "FD"), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%d sockets: %s", n, diff)
		}
		for i := range got {
			if !sys.SameSocket(list[i].FD, got[i].FD) {
				t.Errorf("%d sockets: number %d is another one", n, i)
			}
			sys.Close(got[i].FD)
		}
	}
}

// A peer that lies, says too little or goes away is an error, and leaves no
// descriptor behind.
func TestHostilePeers(t *testing.T) {
	list := sockets(t, 3)
	count := func(n uint32) []byte { return binary.NativeEndian.AppendUint32(nil, n) }
	message := func(c *net.UnixConn, data []byte, n int) {
		var fds []int
		for _, s := range list[:n] {
			fds = append(fds, s.FD)
		}
		c.WriteMsgUnix(data, syscall.UnixRights(fds...), nil)
	}
	var good []byte
	for i := range list {
		good = list[i].append(good)
	}
	tests := map[string]func(*net.UnixConn){
		"nothing":                  func(c *net.UnixConn) {},
		"half a number":            func(c *net.UnixConn) { c.Write([]byte{1, 0}) },
		"too many":                 func(c *net.UnixConn) { c.Write(count(1 << 31)) },
		"fewer than said":          func(c *net.UnixConn) { c.Write(count(4)); message(c, good, 3) },
		"more than said":           func(c *net.UnixConn) { c.Write(count(2)); message(c, good, 3) },
		"no descriptors":           func(c *net.UnixConn) { c.Write(count(1)); c.Write(make([]byte, 6)) },
		"too little said of them":  func(c *net.UnixConn) { c.Write(count(3)); message(c, good[:len(good)-1], 3) },
		"more said than there are": func(c *net.UnixConn) { c.Write(count(3)); message(c, append(good, 0), 3) },
		"a name without an end":    func(c *net.UnixConn) { c.Write(count(1)); message(c, []byte{255, 'a', 0, 0, 0, 0}, 1) },
		"another answer":           func(c *net.UnixConn) { c.Write([]byte("Unknown command\n")) },
	}
	for name, answer := range tests {
		before := descriptors(t)
		got, err := Receive(serve(t, answer), 5*time.Second)
		if err == nil {
			t.Errorf("%s: accepted: %v", name, got)
		}
		// The listener of serve is open until the test's end.
		if after := descriptors(t); after > before+2 {
			t.Errorf("%s: %d descriptors before, %d after", name, before, after)
		}
	}
	if _, err := Receive(filepath.Join(t.TempDir(), "none"), time.Second); err == nil {
		t.Error("no socket: no error")
	}
}

func descriptors(t *testing.T) int {
	names, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	return len(names)
}

// A client that does not confirm is not waited for for ever.
func TestSilentClient(t *testing.T) {
	list := sockets(t, 1)
	failed := make(chan error, 1)
	path := serve(t, func(c *net.UnixConn) { failed <- Send(c, list) })
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, Command+"\n")
	select {
	case err := <-failed:
		if err == nil {
			t.Error("sent to a client that did not confirm")
		}
	case <-time.After(10 * time.Second):
		t.Error("still waiting")
	}
}

// FuzzDescribe: descriptions of any bytes are refused or fit their sockets.
func FuzzDescribe(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 0, 0}, 1)
	f.Add([]byte{2, 'n', 's', 2, 'l', 'o', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 2)
	f.Fuzz(func(t *testing.T, data []byte, n int) {
		if n < 0 || n > 300 {
			return
		}
		list, err := describe(data, make([]int, n))
		if err != nil {
			return
		}
		var again []byte
		for i := range list {
			again = list[i].append(again)
		}
		if len(list) != n || len(again) != len(data) {
			t.Errorf("%d sockets of %d; %d bytes of %d", len(list), n, len(again), len(data))
		}
	})
}
