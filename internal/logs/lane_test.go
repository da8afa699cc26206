package logs

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
)

// TestTransports sends many lines over every kind of destination.
func TestTransports(t *testing.T) {
	dir := t.TempDir()
	udp4, udp6 := listenUDP(t, "127.0.0.1:0"), listenUDP(t, "[::1]:0")
	unix := listenUnix(t, filepath.Join(dir, "s"))
	name := fmt.Sprintf("sluice-logs-%d", os.Getpid())
	abnsz := listenUnix(t, "@"+name)
	abns := listenUnix(t, "@"+padded(name+"p"))
	for what, tt := range map[string]struct {
		conn net.PacketConn
		line *config.LogTarget
	}{
		"udp4":  {udp4, udpLine(udp4, format("raw"))},
		"udp6":  {udp6, udpLine(udp6, format("raw"))},
		"unix":  {unix, logLine(config.Address{Family: config.AFUnix, Path: filepath.Join(dir, "s")}, format("raw"))},
		"abnsz": {abnsz, logLine(config.Address{Family: config.AFAbnsz, Path: name}, format("raw"))},
		"abns":  {abns, logLine(config.Address{Family: config.AFAbns, Path: name + "p"}, format("raw"))},
	} {
		h := NewHub(Options{})
		s := h.NewSink(fixedClock)
		o := testOutput(t, h, nil, tt.line)
		const lines = 200
		sent := make(chan struct{})
		go func() {
			defer close(sent)
			for i := range lines {
				s.Message(o, Info, fmt.Sprintf("line %d", i))
				for i%70 == 0 && s.Flush() { // the receiver's queue is full
					time.Sleep(time.Millisecond)
				}
			}
			for s.Flush() {
				time.Sleep(time.Millisecond)
			}
		}()
		for i := range lines {
			if got, want := receive(t, tt.conn), fmt.Sprintf("line %d\n", i); got != want {
				t.Fatalf("%s: got %q, want %q", what, got, want)
			}
		}
		<-sent
		s.Close()
		if n := h.Dropped(); n != 0 {
			t.Errorf("%s: dropped %d", what, n)
		}
	}
}

// TestStalledDatagrams fills a receiver that does not read: nothing blocks,
// memory stays bounded and what is lost is counted.
func TestStalledDatagrams(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	conn := listenUnix(t, path)
	h := NewHub(Options{})
	s := h.NewSink(fixedClock)
	o := testOutput(t, h, nil, unixLine(path))
	text := strings.Repeat("x", 900)
	const lines = 3000
	for range lines {
		s.Message(o, Info, text)
	}
	if !s.Flush() {
		t.Fatal("nothing pending")
	}
	l := s.lanes[0]
	if len(l.buf) > laneMax || cap(l.buf) > 2*laneMax {
		t.Errorf("%d bytes wait in %d", len(l.buf), cap(l.buf))
	}
	waiting := len(l.ends)
	if h.Dropped() == 0 || waiting == 0 {
		t.Fatalf("dropped %d, waiting %d", h.Dropped(), waiting)
	}
	// Once the receiver reads, what waited arrives.
	received := 0
	for s.Flush() || received+int(h.Dropped()) < lines {
		receive(t, conn)
		received++
	}
	if received+int(h.Dropped()) != lines {
		t.Errorf("%d received and %d dropped of %d", received, h.Dropped(), lines)
	}
	s.Close()
}

func TestReceiverComesAndGoes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	var reports []string
	h := NewHub(Options{Report: func(s string) { reports = append(reports, s) }})
	now := fixedClock()
	s := h.NewSink(func() int64 { return now })
	defer s.Close()
	o := testOutput(t, h, nil, fdLine(1), unixLine(path), unixLine(path))
	o.routes = o.routes[1:2]
	say := func(text string) {
		s.Message(o, Info, text)
		s.Flush()
	}
	say("nobody")
	say("nobody")
	if want := "sendmsg()/writev() failed in logger #2: No such file or directory (errno=2)"; len(reports) != 1 || reports[0] != want {
		t.Errorf("reports %q, want %q once", reports, want)
	}
	if n := h.Dropped(); n != 2 {
		t.Errorf("dropped %d, want 2", n)
	}
	conn := listenUnix(t, path)
	now += retryWait
	say("first")
	if got := receive(t, conn); !strings.HasSuffix(got, "first\n") {
		t.Errorf("got %q", got)
	}
	conn.Close()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	conn = listenUnix(t, path)
	say("second") // the old receiver refuses, the new one has its name
	if got := receive(t, conn); !strings.HasSuffix(got, "second\n") {
		t.Errorf("got %q", got)
	}
	conn.Close()
	say("third")
	if n := h.Dropped(); n != 3 {
		t.Errorf("dropped %d, want 3", n)
	}
}

// TestUDPRefused logs to a port that nobody has: the answer to a datagram comes
// back as the error of a later call, which must not lose that call's line.
func TestUDPRefused(t *testing.T) {
	conn := listenUDP(t, "127.0.0.1:0")
	addr := conn.LocalAddr().String()
	line := udpLine(conn, format("raw"))
	conn.Close()
	h := NewHub(Options{Report: func(s string) { t.Error(s) }})
	s := h.NewSink(fixedClock)
	defer s.Close()
	o := testOutput(t, h, nil, line)
	for range 3 {
		s.Message(o, Info, "lost")
		if s.Flush() {
			t.Error("pending")
		}
	}
	if n := h.Dropped(); n == 0 {
		t.Error("nothing counted")
	}
	conn = listenUDP(t, addr)
	s.Message(o, Info, "found")
	s.Flush()
	if got := receive(t, conn); got != "found\n" {
		t.Errorf("got %q", got)
	}
}

func TestTooLongForUDP(t *testing.T) {
	conn := listenUDP(t, "127.0.0.1:0")
	h := NewHub(Options{})
	s := h.NewSink(fixedClock)
	defer s.Close()
	o := testOutput(t, h, nil, udpLine(conn, format("raw"), func(l *config.LogTarget) { l.Length = 65535 }))
	s.Message(o, Info, strings.Repeat("a", 65530))
	s.Message(o, Info, "next")
	s.Flush()
	if got := receive(t, conn); got != "next\n" || h.Dropped() != 1 {
		t.Errorf("got %.20q, dropped %d", got, h.Dropped())
	}
}

// TestNoDescriptorsLeft opens and closes everything.
func TestNoDescriptorsLeft(t *testing.T) {
	before := openDescriptors(t)
	for range 3 {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		conn := listenUDP(t, "127.0.0.1:0")
		h := NewHub(Options{})
		o := testOutput(t, h, nil, udpLine(conn), fdLine(int(w.Fd())))
		h.Open()
		s := h.NewSink(fixedClock)
		s.Message(o, Info, "x")
		s.Close()
		h.Close()
		conn.Close()
		r.Close()
		w.Close()
	}
	if after := openDescriptors(t); after > before {
		t.Errorf("%d descriptors, %d before", after, before)
	}
}

// "tune.sndbuf.backend" is the buffer of each socket; the kernel doubles it.
func TestSendBuffer(t *testing.T) {
	h := NewHub(Options{SendBuf: 30000})
	s := h.NewSink(fixedClock)
	defer s.Close()
	s.Message(testOutput(t, h, nil, udpLine(listenUDP(t, "127.0.0.1:0"), format("raw"))), Info, "x")
	s.Flush()
	if got, err := syscall.GetsockoptInt(s.lanes[0].fd, syscall.SOL_SOCKET, syscall.SO_SNDBUF); err != nil || got != 60000 {
		t.Errorf("%d, %v", got, err)
	}
}
