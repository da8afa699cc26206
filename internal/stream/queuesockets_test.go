package stream

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// counted is a server that notes how many requests it has at a time.
type counted struct {
	at                string
	now, most, served atomic.Int64
}

func newCounted(t *testing.T) *counted {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	s := &counted{at: l.Addr().String()}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(c)
		}
	}()
	return s
}

func (s *counted) serve(c net.Conn) {
	defer c.Close()
	br := bufio.NewReader(c)
	for {
		q, err := http.ReadRequest(br)
		if err != nil {
			return
		}
		n := s.now.Add(1)
		for m := s.most.Load(); n > m && !s.most.CompareAndSwap(m, n); m = s.most.Load() {
		}
		io.Copy(io.Discard, q.Body)
		s.served.Add(1)
		s.now.Add(-1)
		fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
	}
}

// Four threads, two servers of maxconn 1 with short queues of their own, clients
// bound to one or to none, with and without priorities, and servers that go down
// and come back: no server ever sees two requests, everybody is served, and
// nobody sleeps while there is a slot: the test would take the queue's timeout.
func TestQueuesOverThreads(t *testing.T) {
	a, b := newCounted(t), newCounted(t)
	r := newReal(t, true, 4, func(r *real) {
		r.be.Redispatch = -1
		for _, srv := range r.be.Servers {
			srv.MaxConn, srv.MaxQueue = 1, 3
		}
		r.fe.Choose = func(x *sample.Ctx) *proxy.Backend {
			x.PrioClass, x.PrioOffset = rand.Int32N(3), rand.Int32N(100)
			if i := rand.IntN(4); i < 2 {
				waiterOf(x).Want = r.be.Servers[i]
			}
			return r.be
		}
	}, a.at, b.at)
	const clients, each = 64, 10
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			tr := &http.Transport{}
			defer tr.CloseIdleConnections()
			client := &http.Client{Transport: tr, Timeout: 15 * time.Second}
			for range each {
				res, err := client.Get("http://" + r.at + "/")
				if err != nil {
					t.Error(err)
					return
				}
				io.Copy(io.Discard, res.Body)
				res.Body.Close()
				if res.StatusCode != 200 {
					t.Errorf("status %d", res.StatusCode)
				}
			}
		})
	}
	done := make(chan struct{})
	var health sync.WaitGroup
	health.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			case <-time.After(time.Millisecond): // one of the two is always there
				srv := r.be.Servers[i/2%2]
				r.be.SetUp(srv, i%2 == 1)
			}
		}
	})
	wg.Wait()
	close(done)
	health.Wait()
	if x, y := a.most.Load(), b.most.Load(); x != 1 || y != 1 {
		t.Errorf("the servers saw up to %d and %d requests at a time", x, y)
	}
	if n := a.served.Load() + b.served.Load(); n != clients*each {
		t.Errorf("%d requests served of %d", n, clients*each)
	}
	for _, srv := range r.be.Servers {
		if cur, most := srv.Queued(); cur != 0 || most == 0 || most > 3 {
			t.Errorf("%s: %d wait, %d did at a time; maxqueue 3", srv.Name, cur, most)
		}
	}
	if cur, most := r.be.Queued(); cur != 0 || most == 0 {
		t.Errorf("%d wait for any server, %d did at a time", cur, most)
	}
}
