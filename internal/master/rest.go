package master

import (
	"context"
	"errors"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/sluice-proxy/sluice/internal/cli/line"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// rested is a client of the master CLI whose session was suspended.
type rested struct {
	conn  net.Conn
	level line.Level  // of the listener
	state *line.State // nil: it was waiting for a place
}

// served are the sessions that go on, for who has to wait until none does.
type served struct {
	mu         sync.Mutex
	suspension *line.Suspension
	open       map[net.Conn]bool
	none       chan struct{} // closed when the last one has ended; nil: nobody waits
}

// begin notes a session and returns what may suspend it.
func (s *served) begin(c net.Conn) *line.Suspension {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[c] = true
	return s.suspension
}

func (s *served) end(c net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, c)
	if s.none != nil && len(s.open) == 0 {
		close(s.none)
		s.none = nil
	}
}

// suspend asks every session to rest and returns a channel that is closed when all do.
func (s *served) suspend() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	none := make(chan struct{})
	if s.none = none; len(s.open) == 0 {
		close(none)
		s.none = nil
	}
	s.suspension.Suspend()
	return none
}

// cut closes the connections of those that do not rest.
func (s *served) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.open {
		c.Close()
	}
}

var errRestless = errors.New("a client's command takes its time")

// rest stops the listeners and suspends the sessions. Their descriptors are ours until
// resume. Forced, it does not wait for commands beyond the limit.
func (s *cliSockets) rest(limit time.Duration, forced bool) (sockets []savedSocket, sessions []savedSession, err error) {
	for _, one := range s.list {
		fd := -1
		if fd, err = descriptorOf(one.l); err != nil {
			break
		}
		sockets = append(sockets, savedSocket{FD: fd, Level: one.level, Name: one.name, Path: one.path, Metrics: one.metrics != nil})
	}
	s.resting.Store(true)
	for _, one := range s.list {
		if one.metrics != nil {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			_ = one.metrics.Shutdown(ctx) // who has not got its page by then asks again
			cancel()
		}
		one.l.Close()
	}
	s.clients.wake()
	s.open.Wait()
	none := s.served.suspend()
	select {
	case <-none:
	case <-time.After(limit):
		if forced {
			s.served.cut()
			<-none
		} else {
			err = errRestless
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sockets = sockets
	for _, r := range s.rested {
		o := savedSession{Level: r.level, State: r.state}
		if o.FD, err = orFirst(err)(descriptorOf(r.conn)); r.state != nil && r.state.Tunnel != nil {
			if c, ok := r.state.Tunnel.Conn.(net.Conn); ok {
				o.Tunnel, err = orFirst(err)(descriptorOf(c))
			}
		}
		sessions = append(sessions, o)
	}
	s.sessions = sessions
	return sockets, sessions, err
}

// orFirst keeps an error that was there already.
func orFirst(first error) func(int, error) (int, error) {
	return func(n int, err error) (int, error) {
		if first != nil {
			return n, first
		}
		return n, err
	}
}

// resume takes everything up again in this program.
func (s *cliSockets) resume(m *master) {
	s.mu.Lock()
	sockets, sessions := s.sockets, s.sessions
	s.sockets, s.sessions = nil, nil
	s.mu.Unlock()
	for _, o := range sessions {
		sys.Close(o.FD) // the sessions have their connections
		if o.Tunnel > 0 {
			sys.Close(o.Tunnel)
		}
	}
	for i, o := range sockets {
		one, err := o.open(m)
		if err != nil {
			m.report.Warningf("The master CLI is lost on %s: %v", o.Name, err)
			continue
		}
		one.id = s.list[i].id
		s.list[i] = one
	}
	s.served.mu.Lock()
	s.served.suspension = &line.Suspension{}
	s.served.mu.Unlock()
	s.serve(m)
}

// descriptorOf duplicates the descriptor of a listener or connection.
func descriptorOf(c any) (int, error) {
	sc, ok := c.(syscall.Conn)
	if !ok {
		return -1, errors.New("it has no descriptor")
	}
	fd, err := sys.FileDescriptor(sc)
	if err != nil {
		return -1, err
	}
	return sys.Duplicate(fd)
}
