package stream

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// A connection that moves from loop to loop works on each.
func TestBorrowOnSockets(t *testing.T) {
	var opened atomic.Int64
	origin, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{
		Handler:   http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { io.WriteString(w, q.URL.Path) }),
		ConnState: func(_ net.Conn, s http.ConnState) { opened.Add(int64(1 - min(s, 1))) },
	}
	go srv.Serve(origin)
	defer srv.Close()
	const threads = 3
	r := newReal(t, true, threads, func(r *real) { r.be.Reuse = config.ReuseAlways }, origin.Addr().String())
	var at [threads]string // an address for each thread
	for i := range at {
		fd, err := sys.BindTCP(netip.MustParseAddrPort("127.0.0.1:0"), sys.ListenOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if err := sys.Listen(fd, 64); err != nil {
			t.Fatal(err)
		}
		at[i] = sys.LocalAddr(fd).String()
		l := r.e.Serve(&proxy.Listener{Frontend: r.fe, Threads: []int{i}, Backlog: 64}, proxy.Socket{Key: at[i], FD: fd})
		defer l.Retire()
	}
	for i := range 30 {
		resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get(fmt.Sprintf("http://%s/%d", at[i%threads], i))
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(resp.Body); err != nil || string(body) != fmt.Sprint("/", i) {
			t.Fatalf("request %d: %q, %v", i, body, err)
		}
		r.e.Collect(time.Minute, func(int) {}) // the turn of the answer is over
	}
	if n := opened.Load(); n != 1 {
		t.Errorf("%d connections were opened", n)
	}
	if n := r.be.Servers[0].IdleConns(); n != 1 {
		t.Errorf("%d are idle", n)
	}
}

// Options of sockets reach the kernel.
func TestSocketOptions(t *testing.T) {
	origin, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer origin.Close()
	for _, on := range []bool{true, false} {
		r := newReal(t, false, 1, func(r *real) {
			if on {
				r.fe.KeepAlive, r.be.KeepAlive = &sys.KeepAlive{Idle: 71}, &sys.KeepAlive{Idle: 72, Count: 4}
				r.fe.SmartAccept, r.be.SmartConnect = true, true
			}
		}, origin.Addr().String())
		c, err := net.Dial("tcp", r.at)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		u, err := origin.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer u.Close()
		if quick, err := syscall.GetsockoptInt(r.l.sock.FD, syscall.IPPROTO_TCP, syscall.TCP_QUICKACK); err != nil || (quick == 0) != on {
			t.Errorf("options %v: the listener acknowledges at once: %d, %v", on, quick, err)
		}
		type values struct{ client, clientIdle, server, serverIdle, serverCount int }
		var got values
		r.e.Collect(time.Minute, func(int) {
			s := r.e.threads[0].first
			get := func(fd int32, level, opt int) int {
				v, err := syscall.GetsockoptInt(int(fd), level, opt)
				if err != nil {
					t.Error(err)
				}
				return v
			}
			cl, up := s.link.fd, s.st.up.link.fd
			got = values{get(cl, syscall.SOL_SOCKET, syscall.SO_KEEPALIVE), get(cl, syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE), get(up, syscall.SOL_SOCKET, syscall.SO_KEEPALIVE),
				get(up, syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE), get(up, syscall.IPPROTO_TCP, syscall.TCP_KEEPCNT)}
		})
		if want := (values{1, 71, 1, 72, 4}); on && got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if !on && (got.client != 0 || got.server != 0) {
			t.Errorf("without the options: %+v", got)
		}
	}
}
