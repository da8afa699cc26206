package worker

import (
	"bytes"
	"net"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/sluice-proxy/sluice/internal/cli"
	"github.com/sluice-proxy/sluice/internal/cli/line"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/held"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// cliListener is a "stats socket": a listening socket whose clients speak the
// runtime API.
type cliListener struct {
	bind  *config.Bind
	fd    int
	taken bool // another worker may be serving it
	once  sync.Once
	quit  chan struct{}
	file  *os.File // a duplicate, watched by the runtime's poller
}

// cliBacklog is the queue of a stats socket: its clients are few.
const cliBacklog = 64

func (s *service) openCLI(b *config.Bind) (*cliListener, error) {
	key := b.SocketKey()
	if b.Address.Family != config.AFFD { // whose name is that of one socket
		key = "cli " + key
	}
	fd, taken, err := s.socks.open(key, b)
	if err != nil {
		return nil, err
	}
	if !taken {
		s.tune(b, "frontend GLOBAL", fd, false)
	}
	return &cliListener{bind: b, fd: fd, taken: taken, quit: make(chan struct{})}, nil
}

func (l *cliListener) listen() error {
	err := sys.SetNonblock(l.fd) // an inherited socket may be a blocking one
	if err == nil {
		backlog := cliBacklog
		if l.bind.Backlog > 0 {
			backlog = l.bind.Backlog
		}
		err = sys.Listen(l.fd, backlog)
	}
	if err != nil {
		return err
	}
	dup, err := sys.Duplicate(l.fd)
	if err != nil {
		return err
	}
	l.file = os.NewFile(uintptr(dup), "stats socket")
	return nil
}

// serve accepts until the listener is closed.
func (l *cliListener) serve(s *service) {
	rc, err := l.file.SyscallConn()
	if err != nil {
		s.report.Alertf("stats socket: %v", err)
		return
	}
	for {
		// At "stats maxconn" clients wait in the kernel's queue.
		select {
		case s.slots <- struct{}{}:
		case <-l.quit:
			return
		}
		fd, errno := -1, syscall.Errno(0)
		err := rc.Read(func(lfd uintptr) bool {
			fd, _, errno = sys.Accept(int(lfd))
			return errno != syscall.EAGAIN
		})
		if err == nil && errno == 0 {
			go func() {
				defer s.free()
				s.session(fd, level(l.bind.Level), l.bind.SeverityOutput, l.bind.ExposeListeners)
			}()
			continue
		}
		s.free()
		switch {
		case err != nil:
			return // closed
		case errno == syscall.ECONNABORTED:
		default:
			// No descriptors: the client waits in the queue.
			select {
			case <-l.quit:
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	}
}

// free gives the place of a client of the stats sockets back.
func (s *service) free() { <-s.slots }

func (l *cliListener) close() {
	l.once.Do(func() {
		close(l.quit)
		if l.file != nil {
			l.file.Close()
		}
		if l.fd >= 0 {
			sys.Close(l.fd)
		}
	})
}

func level(word string) line.Level {
	switch word {
	case "admin":
		return line.LevelAdmin
	case "user":
		return line.LevelUser
	}
	return line.LevelOperator
}

// Session implements mworker.Handler: a client of the master CLI.
func (s *service) Session(fd int, word string) { go s.session(fd, level(word), "", false) }

// session serves one client of the runtime API; expose allows it to take the
// listening sockets ("expose-fd listeners").
func (s *service) session(fd int, lv line.Level, severity string, expose bool) {
	f := os.NewFile(uintptr(fd), "cli")
	conn, err := net.FileConn(f)
	f.Close()
	if err != nil {
		return // not a socket any more
	}
	defer conn.Close()
	idle := s.run.Spec.Global.StatsTimeout
	if idle == 0 {
		idle = 10 * time.Second
	}
	out, _ := line.ParseSeverityOutput(severity)
	_ = line.Serve(conn, line.Config{ // how a client left is nobody's concern
		Table: s.steady(append(slices.Concat(cli.Table(s), cli.VariableTable(variables{}), cli.PatternTable(s.lists), cli.ExplainTable(s), held.Commands(s), cli.DebugTable(debugged{s.engine, s})), s.exposeCommand(conn, expose))), Level: lv, Severity: out, Idle: idle, MaxPayload: s.run.Spec.Global.Tune.CLIMaxPayload,
		Uptime: func() time.Duration { return time.Since(s.started) },
		OnPanic: func(command string, v any, stack []byte) {
			s.report.Warningf("command '%s' failed: %v\n%s", command, v, bytes.TrimSpace(stack))
		},
	})
}

// steady has the running objects stay what they are while a command runs that is not
// Free.
func (s *service) steady(table line.Table) line.Table {
	for i := range table {
		if table[i].Free {
			continue
		}
		run := table[i].Run
		table[i].Run = func(session *line.Session, args []string, payload []byte) {
			s.changing.RLock()
			defer s.changing.RUnlock()
			run(session, args, payload)
		}
	}
	return table
}
