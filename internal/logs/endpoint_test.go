package logs

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/sluice-proxy/sluice/internal/config"
)

// pipeSink logs raw lines of any length to a pipe.
func pipeSink(t *testing.T) (*os.File, *os.File, *Hub, *Sink, *Output) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	h := NewHub(Options{})
	s := h.NewSink(fixedClock)
	o := testOutput(t, h, nil, fdLine(int(w.Fd()), format("raw"), func(l *config.LogTarget) { l.Length = 65535 }))
	h.Open()
	t.Cleanup(func() { s.Close(); h.Close(); r.Close(); w.Close() })
	return r, w, h, s, o
}

// TestStalledPipe fills a pipe that nobody reads, then reads it: whole lines in
// order, each either there or counted.
func TestStalledPipe(t *testing.T) {
	for _, size := range []int{10, 100, 1000, 5000, 60000} {
		r, w, h, s, o := pipeSink(t)
		const total = 4 << 20
		lines := total / size
		for i := range lines {
			s.Message(o, Info, fmt.Sprintf("%08d%s", i, strings.Repeat("x", size)))
		}
		if !s.Flush() || s.Flush() != true {
			t.Fatal("nothing pending though nobody reads")
		}
		if h.Dropped() == 0 {
			t.Fatal("nothing dropped")
		}
		if blocking(t, int(w.Fd())) != true {
			t.Error("the shared descriptor was made non-blocking")
		}
		// Now the reader comes.
		got := make(chan []byte)
		go func() {
			b, err := io.ReadAll(r)
			if err != nil {
				t.Error(err)
			}
			got <- b
		}()
		for s.Flush() {
		}
		s.Message(o, Info, fmt.Sprintf("%08d%s", lines, strings.Repeat("x", size)))
		for s.Flush() {
		}
		s.Close()
		h.Close()
		w.Close()
		last, n := -1, 0
		for line := range bytes.Lines(<-got) {
			var i int
			if _, err := fmt.Sscanf(string(line[:8]), "%d", &i); err != nil || len(line) != 8+size+1 || i <= last {
				t.Fatalf("size %d: after line %d: %d bytes, %.20q", size, last, len(line), line)
			}
			last = i
			n++
		}
		if n+int(h.Dropped()) != lines+1 || last != lines {
			t.Errorf("size %d: %d lines and %d dropped of %d, last %d", size, n, h.Dropped(), lines+1, last)
		}
	}
}

func blocking(t *testing.T, fd int) bool {
	flags, _, errno := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_GETFL, 0)
	if errno != 0 {
		t.Fatal(errno)
	}
	return flags&syscall.O_NONBLOCK == 0
}

// TestStalledStreamSocket does the same with a socket, where the kernel takes
// any part of a line. systemd gives services such a standard output.
func TestStalledStreamSocket(t *testing.T) {
	p, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	r := os.NewFile(uintptr(p[0]), "reader")
	h := NewHub(Options{})
	s := h.NewSink(fixedClock)
	o := testOutput(t, h, nil, fdLine(p[1], format("raw"), func(l *config.LogTarget) { l.Length = 65535 }))
	const lines, size = 100, 50001
	for i := range lines {
		s.Message(o, Info, fmt.Sprintf("%08d%s", i, strings.Repeat("y", size)))
	}
	if !s.Flush() || h.Dropped() == 0 {
		t.Fatalf("dropped %d, want some, and some pending", h.Dropped())
	}
	got := make(chan []byte)
	go func() {
		b, err := io.ReadAll(r)
		if err != nil {
			t.Error(err)
		}
		got <- b
	}()
	for s.Flush() {
	}
	s.Close()
	h.Close()
	syscall.Close(p[1])
	n := 0
	for line := range bytes.Lines(<-got) {
		if len(line) != 8+size+1 {
			t.Fatalf("line %d has %d bytes", n, len(line))
		}
		n++
	}
	if n+int(h.Dropped()) != lines {
		t.Errorf("%d lines and %d dropped of %d", n, h.Dropped(), lines)
	}
	r.Close()
}

func TestBrokenPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	var reports []string
	h := NewHub(Options{Report: func(s string) { reports = append(reports, s) }})
	s := h.NewSink(fixedClock)
	o := testOutput(t, h, nil, fdLine(int(w.Fd())))
	r.Close()
	for range 3 {
		s.Message(o, Info, "x")
		if s.Flush() {
			t.Error("pending")
		}
	}
	want := "sendmsg()/writev() failed in logger #1: Broken pipe (errno=32)"
	if len(reports) != 1 || reports[0] != want || h.Dropped() != 3 {
		t.Errorf("reports %q, dropped %d", reports, h.Dropped())
	}
	s.Close()
	h.Close()
	w.Close()
}

func TestBadDescriptor(t *testing.T) {
	var reports []string
	h := NewHub(Options{Report: func(s string) { reports = append(reports, s) }})
	o := testOutput(t, h, nil, fdLine(987654))
	h.Open()
	s := h.NewSink(fixedClock)
	s.Message(o, Info, "x")
	s.Flush()
	want := "sendmsg()/writev() failed in logger #1: Bad file descriptor (errno=9)"
	if len(reports) != 1 || reports[0] != want || h.Dropped() != 1 {
		t.Errorf("reports %q, dropped %d", reports, h.Dropped())
	}
	s.Close()
	h.Close()
}

// TestRegularFile appends where the shared descriptor stands: another
// description of the file would begin at its start.
func TestRegularFile(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("before\n"); err != nil {
		t.Fatal(err)
	}
	h := NewHub(Options{})
	s := h.NewSink(fixedClock)
	o := testOutput(t, h, nil, fdLine(int(f.Fd()), format("raw")))
	s.Message(o, Info, "one")
	s.Message(o, Info, "two")
	s.Close()
	h.Close()
	if _, err := f.WriteString("after\n"); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(f.Name())
	if err != nil || string(b) != "before\none\ntwo\nafter\n" {
		t.Errorf("%q, %v", b, err)
	}
}

// TestWithoutProc writes to a pipe that could not be opened again.
func TestWithoutProc(t *testing.T) {
	r, w, h, s, o := pipeSink(t)
	f := h.endpoints[0].file
	f.close()
	f.fd, f.own, f.opened = int(w.Fd()), false, true
	s.Message(o, Info, "hello")
	s.Flush()
	b := make([]byte, 100)
	if n, err := r.Read(b); string(b[:n]) != "hello\n" || err != nil {
		t.Errorf("%q, %v", b[:n], err)
	}
	for range 2000 {
		s.Message(o, Info, strings.Repeat("x", 500))
	}
	if !s.Flush() || h.Dropped() == 0 { // and this test has not blocked
		t.Errorf("dropped %d", h.Dropped())
	}
}
