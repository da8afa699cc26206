package master

import (
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluice-proxy/sluice/internal/cli/line"
)

// Limits of the master CLI. The reference serves ten clients and never drops
// one.
const (
	maxClients = 100
	// cliIdle drops a client that says nothing. It does not run while a command
	// is executed: whoever waits for the answer of a reload is not idle.
	cliIdle = 10 * time.Minute
	// dispensable is how long a client must have been silent before it makes room
	// for an administrator.
	dispensable = 10 * time.Second
)

// clients are those of the master CLI that are served now. Others are connected
// and wait. The last place is for clients of level admin, and when even that is
// taken, the client that has been silent the longest gives its place to one of
// them: leaked sessions cannot lock an administrator out.
type clients struct {
	mu      sync.Mutex
	left    sync.Cond
	open    map[*client]bool
	closed  bool
	resting *atomic.Bool // nobody is admitted
	began   time.Time    // silence is counted from here: setting the clock must lock nobody out
}

func newClients(resting *atomic.Bool) *clients {
	cs := &clients{open: map[*client]bool{}, resting: resting, began: time.Now()}
	cs.left.L = &cs.mu
	return cs
}

// client is a connection that knows how long nothing has come from it.
type client struct {
	net.Conn
	began  time.Time
	silent atomic.Int64 // since when, in ns after began; 0: a command is executed
}

func (c *client) Read(p []byte) (int, error) {
	c.silent.Store(max(1, int64(time.Since(c.began))))
	defer c.silent.Store(0)
	return c.Conn.Read(p)
}

// CloseWrite says that no more answers will come.
func (c *client) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return net.ErrClosed
}

// admit waits until there is a place for a client; nil when the master ends or
// rests.
func (cs *clients) admit(conn net.Conn, level line.Level) *client {
	c := &client{Conn: conn, began: cs.began}
	cs.mu.Lock()
	defer cs.mu.Unlock()
	for !cs.closed && !cs.resting.Load() {
		if n := len(cs.open); n < maxClients-1 || level == line.LevelAdmin && n < maxClients {
			cs.open[c] = true
			return c
		}
		if level == line.LevelAdmin && cs.dropSilent() {
			continue
		}
		again := time.AfterFunc(time.Second, cs.left.Broadcast) // clients become silent without telling
		cs.left.Wait()
		again.Stop()
	}
	return nil
}

// dropSilent ends the session of the client that has been silent the longest.
func (cs *clients) dropSilent() bool {
	var longest *client
	since := int64(time.Since(cs.began) - dispensable)
	for c := range cs.open {
		if at := c.silent.Load(); at != 0 && at <= since {
			longest, since = c, at
		}
	}
	if longest == nil {
		return false
	}
	longest.Close()
	delete(cs.open, longest)
	return true
}

// count is how many are served.
func (cs *clients) count() int {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	return len(cs.open)
}

// wake has those look who wait for a place.
func (cs *clients) wake() {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.left.Broadcast()
}

// leave gives a client's place back and ends its connection.
func (cs *clients) leave(c *client) {
	c.Close()
	cs.forget(c)
}

// forget gives a client's place back.
func (cs *clients) forget(c *client) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	delete(cs.open, c)
	cs.left.Broadcast()
}

// close sends those away who wait.
func (cs *clients) close() {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.closed = true
	cs.left.Broadcast()
}
