package cli

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/sluice-proxy/sluice/internal/cli/line"
)

// Defaults of a Server: "stats timeout" and "stats maxconn".
const (
	DefaultIdle    = 10 * time.Second
	DefaultMaxconn = 10
)

// Server serves the runtime API on any number of sockets.
type Server struct {
	// Table is what Commands returned.
	Table line.Table
	// Idle is "stats timeout", Maxconn "stats maxconn": the sessions at a time over all sockets. 0 means the default.
	Idle    time.Duration
	Maxconn int
	// Uptime is the age of the process.
	Uptime func() time.Duration
	// Logf reports what an operator should know; nil drops it.
	Logf func(format string, args ...any)

	once  sync.Once
	slots chan struct{}
	mu    sync.Mutex
	conns map[net.Conn]struct{}
	group sync.WaitGroup
}

// Bind is what the configuration says about one socket.
type Bind struct {
	Level    line.Level
	Severity line.SeverityOutput
	// MaxLine bounds a line; 0 means the default. A session handed over by the master gets some more than that, because
	// the master puts the state of its own session before the client's line.
	MaxLine int
}

func (v *Server) start() {
	n := v.Maxconn
	if n <= 0 {
		n = DefaultMaxconn
	}
	v.slots = make(chan struct{}, n)
	v.conns = map[net.Conn]struct{}{}
}

// retryAfter is how long a failing accept is left alone; the usual cause is a full table of descriptors.
const retryAfter = 100 * time.Millisecond

// Serve accepts on l until it is closed. Beyond Maxconn sessions clients wait in the socket's queue.
func (v *Server) Serve(ctx context.Context, l net.Listener, b Bind) error {
	v.once.Do(v.start)
	for {
		select {
		case v.slots <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		c, err := l.Accept()
		if err == nil {
			v.group.Go(func() {
				defer func() { <-v.slots }()
				v.Handle(c, b)
			})
			continue
		}
		<-v.slots
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		v.logf("runtime API: cannot accept: %v", err)
		select {
		case <-time.After(retryAfter):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Handle serves one session, such as one that the master has handed over, and closes it. It does not count into Maxconn.
func (v *Server) Handle(c net.Conn, b Bind) {
	v.once.Do(v.start)
	v.mu.Lock()
	v.conns[c] = struct{}{}
	v.mu.Unlock()
	defer func() {
		v.mu.Lock()
		delete(v.conns, c)
		v.mu.Unlock()
		c.Close()
	}()
	idle := v.Idle
	if idle <= 0 {
		idle = DefaultIdle
	}
	// How a client leaves is its own business: the error has nobody to tell.
	_ = line.Serve(c, line.Config{Table: v.Table, Level: b.Level, Severity: b.Severity, Idle: idle, Uptime: v.Uptime, MaxLine: b.MaxLine,
		OnPanic: func(command string, p any, stack []byte) {
			v.logf("runtime API: %s: panic: %v\n%s", command, p, stack)
		}})
}

// Sessions returns the number of open ones.
func (v *Server) Sessions() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.conns)
}

// Close ends all sessions and waits for them. The listeners are their owner's to close, before this.
func (v *Server) Close() {
	v.mu.Lock()
	for c := range v.conns {
		c.Close()
	}
	v.mu.Unlock()
	v.group.Wait()
}

func (v *Server) logf(format string, args ...any) {
	if v.Logf != nil {
		v.Logf(format, args...)
	}
}
