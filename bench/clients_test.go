package main

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

func TestVersionOf(t *testing.T) {
	if n, err := versionOf("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nv12"); n != 12 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	for _, bad := range []string{"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 503 x\r\n\r\nv1", "HTTP/1.1 200 OK\r\n\r\n1", "HTTP/1.1 200 OK\r\n\r\nvx"} {
		if n, err := versionOf(bad); err == nil {
			t.Errorf("%q: %d", bad, n)
		}
	}
}

// Every tenth request is answered by a cut connection, which must be counted, and
// every eleventh announces the end, which must not.
func TestClientsCountWhatIsLost(t *testing.T) {
	var n, cut atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch i := n.Add(1); {
		case i%10 == 0:
			cut.Add(1)
			c, _, _ := w.(http.Hijacker).Hijack()
			c.(*net.TCPConn).SetLinger(0)
			c.Close()
			return
		case i%11 == 0:
			w.Header().Set("Connection", "close")
		}
		fmt.Fprint(w, "v1")
	}))
	defer s.Close()
	c := startClients(s.Listener.Addr().String(), 4)
	for deadline := time.Now().Add(10 * time.Second); n.Load() < 200 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	ok, lost := c.stop()
	if lost != cut.Load() || ok+lost != n.Load() || lost < 20 {
		t.Errorf("%d answered, %d lost; %d were asked for and %d cut", ok, lost, n.Load(), cut.Load())
	}
}
