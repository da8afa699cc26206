package stream

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// A listener's connections live on its threads only, however they are loaded.
func TestListenerThreads(t *testing.T) {
	r := newReal(t, true, 4, nil)
	fd, err := sys.BindTCP(netip.MustParseAddrPort("127.0.0.1:0"), sys.ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := sys.Listen(fd, 64); err != nil {
		t.Fatal(err)
	}
	addr := sys.LocalAddr(fd).String()
	l := r.e.Serve(&proxy.Listener{Frontend: r.fe, Threads: []int{1, 3}, Backlog: 64}, proxy.Socket{Key: addr, FD: fd})
	defer l.Retire()
	const clients = 40
	for range clients {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.Write([]byte("x"))
	}
	counts := make([]int64, 4)
	for total := int64(0); total < clients; {
		total = 0
		r.e.Collect(time.Minute, func(i int) {
			counts[i] = r.e.threads[i].Load.Load()
			total += counts[i]
		})
	}
	for i, n := range counts {
		if allowed := i == 1 || i == 3; allowed != (n > 0) {
			t.Errorf("thread %d has %d of %d connections", i, n, clients)
		}
	}
}
