// Package origin has the servers that stand behind the product in tests. They
// run in the test's own process, answer with bodies derived from seeds, mark
// every answer as theirs, and misbehave on demand.
package origin

import (
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// A server accepts connections and gives each to handle on a goroutine.
// Everything ends with the test.
type server struct {
	l        net.Listener
	mu       sync.Mutex
	conns    map[net.Conn]bool
	closed   bool
	accepted atomic.Int64
	done     chan struct{} // closed with the server: wakes handlers that hold a connection
	wg       sync.WaitGroup
}

func listen(tb testing.TB, handle func(net.Conn)) *server {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("origin: %v", err)
	}
	s := &server{l: l, conns: map[net.Conn]bool{}, done: make(chan struct{})}
	s.wg.Go(func() { s.accept(handle) })
	tb.Cleanup(s.Close)
	return s
}

func (s *server) accept(handle func(net.Conn)) {
	for {
		c, err := s.l.Accept()
		if err != nil {
			return
		}
		s.accepted.Add(1)
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			c.Close()
			return
		}
		s.conns[c] = true
		s.wg.Go(func() {
			defer func() {
				c.Close()
				s.mu.Lock()
				delete(s.conns, c)
				s.mu.Unlock()
			}()
			handle(c)
		})
		s.mu.Unlock()
	}
}

// Addr is host:port.
func (s *server) Addr() string { return s.l.Addr().String() }

// Accepted is the number of connections accepted so far.
func (s *server) Accepted() int64 { return s.accepted.Load() }

// Open is the number of connections that are open now.
func (s *server) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

// Close ends the listener and every connection and waits for the handlers.
func (s *server) Close() {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.done)
	}
	s.l.Close()
	for c := range s.conns {
		c.Close()
	}
	s.mu.Unlock()
	s.wg.Wait()
}

// Reset makes the close of c send RST instead of FIN.
func Reset(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		t.SetLinger(0)
	}
	c.Close()
}
