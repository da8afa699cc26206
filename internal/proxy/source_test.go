package proxy

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
	"golang.org/x/sys/unix"
)

func TestPorts(t *testing.T) {
	p := NewPorts(10, 12)
	take := func(want uint16, ok bool) {
		t.Helper()
		if got, have := p.Take(); got != want || have != ok {
			t.Fatalf("took %d, %v, want %d, %v", got, have, want, ok)
		}
	}
	take(10, true)
	p.Give(10)
	take(11, true) // one that was never used comes first
	take(12, true)
	take(10, true)
	take(0, false)
	p.Give(12)
	p.Give(11)
	take(12, true) // then that used longest ago
	take(11, true)
	take(0, false)
	for range 1000 { // memory of what was taken does not grow
		p.Give(11)
		p.Give(12)
		take(11, true)
		take(12, true)
	}
	if n := cap(p.back); n > 256 {
		t.Errorf("%d places for 3 ports", n)
	}
	last := NewPorts(65535, 65535)
	if got, ok := last.Take(); got != 65535 || !ok {
		t.Errorf("took %d, %v", got, ok)
	}
	if _, ok := last.Take(); ok {
		t.Error("took a port after the last")
	}
}

// No port is had by two at a time.
func TestPortsAtOnce(t *testing.T) {
	p := NewPorts(1, 50)
	var mu sync.Mutex
	held := map[uint16]bool{}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 2000 {
				port, ok := p.Take()
				if !ok {
					continue
				}
				mu.Lock()
				if held[port] {
					t.Errorf("port %d twice", port)
				}
				held[port] = true
				mu.Unlock()
				mu.Lock()
				delete(held, port)
				mu.Unlock()
				p.Give(port)
			}
		})
	}
	all.Wait()
}

// What a server line says of its connections is what the kernel knows of them.
func TestPrepare(t *testing.T) {
	fd, errno := sys.StreamSocket(unix.AF_INET)
	if errno != 0 {
		t.Fatal(errno)
	}
	defer sys.Close(fd)
	tr := Transport{Tune: &sys.Tuning{UserTimeout: 7 * time.Second, Congestion: "reno"}, FastOpen: true}
	tr.Prepare(fd)
	for _, x := range []struct {
		what string
		opt  int
		want int
	}{{"tcp-ut", unix.TCP_USER_TIMEOUT, 7000}, {"tfo", unix.TCP_FASTOPEN_CONNECT, 1}} {
		if n, err := unix.GetsockoptInt(fd, unix.IPPROTO_TCP, x.opt); err != nil || n != x.want {
			t.Errorf("%s: %d, %v", x.what, n, err)
		}
	}
	if cc, err := unix.GetsockoptString(fd, unix.IPPROTO_TCP, unix.TCP_CONGESTION); err != nil || strings.TrimRight(cc, "\x00") != "reno" {
		t.Errorf("cc: %q, %v", cc, err)
	}
}
