package load_test

import (
	"net"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/test/load"
	"github.com/sluice-proxy/sluice/test/origin"
)

// Without a proxy between them client and origin agree about everything.
func TestNothingIsLostDirectly(t *testing.T) {
	h, e := origin.NewHTTP(t, "o"), origin.NewEcho(t)
	for kind, addr := range map[load.Kind]string{load.KeepAlive: h.Addr(), load.PerRequest: h.Addr(), load.Echo: e.Addr()} {
		r := load.Start(t.Context(), load.Plan{Addr: addr, Kind: kind, Workers: 4, Requests: 100, MaxBody: 40 << 10}).Wait()
		if r.Lost() != 0 || r.OK() != 100 {
			t.Errorf("%v", r)
		}
		if kind == load.KeepAlive && r.Connects != 4 {
			t.Errorf("keep-alive used %d connections for 4 workers", r.Connects)
		}
	}
}

// Each way to lose is recognised as what it is.
func TestCategories(t *testing.T) {
	serve := func(handle func(net.Conn)) string { return origin.NewTCP(t, handle).Addr() }
	say := func(s string) string {
		return serve(func(c net.Conn) {
			var b [4096]byte
			c.Read(b[:])
			c.Write([]byte(s))
		})
	}
	const marked = "HTTP/1.1 200 OK\r\nX-Origin: o\r\nX-Id: 1\r\nX-Request-Hash: cbf29ce484222325\r\n"
	for _, c := range []struct {
		name, addr string
		kind       load.Kind
		want       load.Category
	}{
		{"refused", origin.Refusing(t), load.KeepAlive, load.Refused},
		{"silent accept queue", origin.Full(t), load.KeepAlive, load.Timeout},
		{"hang", serve(func(c net.Conn) {
			var b [1]byte
			for {
				if _, err := c.Read(b[:]); err != nil {
					return
				}
			}
		}), load.KeepAlive, load.Timeout},
		{"reset", serve(func(c net.Conn) { var b [1]byte; c.Read(b[:]); origin.Reset(c) }), load.KeepAlive, load.Reset},
		{"closed", say(""), load.KeepAlive, load.Closed},
		{"closed in head", say("HTTP/1.1 200 OK\r\nX-Or"), load.KeepAlive, load.Closed},
		{"closed in body", say(marked + "Content-Length: 5\r\n\r\nab"), load.KeepAlive, load.Closed},
		{"error page", say("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"), load.KeepAlive, load.Foreign},
		{"wrong body", say(marked + "Content-Length: 5\r\n\r\nabcde"), load.KeepAlive, load.Wrong},
		{"not HTTP", say("hello you there\r\n\r\n"), load.KeepAlive, load.Syntax},
		{"echo of something else", serve(func(c net.Conn) {
			c.Write(make([]byte, 100<<10))
			var b [1]byte
			for {
				if _, err := c.Read(b[:]); err != nil {
					return
				}
			}
		}), load.Echo, load.Wrong},
		{"echo cut", serve(func(c net.Conn) {
			c.(*net.TCPConn).CloseWrite()
			var b [1]byte
			for {
				if _, err := c.Read(b[:]); err != nil {
					return
				}
			}
		}), load.Echo, load.Closed},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := load.Start(t.Context(), load.Plan{Addr: c.addr, Kind: c.kind, Requests: 1, Timeout: 300 * time.Millisecond}).Wait()
			if r.OK() != 0 || r.Lost(c.want) != 1 {
				t.Errorf("want 1 %q, got %v", c.want, r)
			}
		})
	}
}

// A connection that ends unannounced is a loss when a request was sent on it,
// and counted apart when the client noticed in time.
func TestIdleEnd(t *testing.T) {
	addr := origin.NewTCP(t, func(c net.Conn) {
		var b [4096]byte
		c.Read(b[:])
		c.Write([]byte("HTTP/1.1 200 OK\r\nX-Origin: o\r\nContent-Length: 0\r\n\r\n"))
	}).Addr()
	r := load.Start(t.Context(), load.Plan{Addr: addr, Requests: 2, Think: 100 * time.Millisecond}).Wait()
	if r.IdleClosed != 1 || r.Connects != 2 {
		t.Errorf("%v", r)
	}
}
