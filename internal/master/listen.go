package master

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluice-proxy/sluice/internal/account"
	"github.com/sluice-proxy/sluice/internal/cli/line"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// cliSockets are the listeners of the master CLI. They live as long as the
// master: no reload closes them or the sessions on them.
type cliSockets struct {
	list    []cliSocket
	clients *clients
	open    sync.WaitGroup // who accepts
	served  *served
	resting atomic.Bool // see rest

	mu       sync.Mutex
	rested   []rested
	sockets  []savedSocket
	sessions []savedSession
}

func newCLISockets() *cliSockets {
	s := &cliSockets{served: &served{suspension: &line.Suspension{}, open: map[net.Conn]bool{}}}
	s.clients = newClients(&s.resting)
	return s
}

type cliSocket struct {
	l     net.Listener
	level line.Level
	name  string // its address
	// metrics is the server of a listener that is no CLI: "-S <address>,metrics".
	metrics *http.Server
	path    string
	id      os.FileInfo // of path, when it was made
}

// listen opens the listeners of "-S".
func (m *master) listen() (*cliSockets, error) {
	s := newCLISockets()
	for _, spec := range m.o.MasterCLI {
		address, metrics := forMetrics(spec)
		binds, err := parseCLI(address)
		if err == nil && metrics && len(binds) > 0 {
			err = noCLI(spec, binds[0].Level)
		}
		if err != nil {
			s.close()
			return nil, err
		}
		for _, b := range binds {
			one, err := listenOn(b)
			if err != nil {
				s.close()
				return nil, cannotBind(b, err)
			}
			one.name = b.Address.Prefixed()
			if metrics {
				one.metrics = metricsServer(m.metricsPage())
			}
			s.list = append(s.list, one)
		}
	}
	return s, nil
}

// cannotBind is the error of an address that the master CLI cannot have, and what
// comes of it, a message a line.
func cannotBind(b *config.Bind, err error) error {
	what := fmt.Sprintf("cannot bind socket (%s) for [%s]", strerror(err), b.Address)
	protocol := "tcpv4"
	switch b.Address.Family {
	case config.AFIPv6:
		protocol = "tcpv6"
	case config.AFUnix:
		protocol, what = "unix_stream", fmt.Sprintf("cannot bind UNIX socket (%s) [%s]", strerror(err), b.Address.Path)
	case config.AFAbns, config.AFAbnsz:
		protocol = "abns_stream"
	}
	return fmt.Errorf("Binding [master-socket:0] for proxy MASTER: protocol %s: %s.\n[%s.main()] Some protocols failed to start their listeners! Exiting.", protocol, what, filepath.Base(os.Args[0]))
}

// forMetrics takes the word "metrics" out of the argument of "-S". It stands behind
// the address, where no option can have it as its argument.
func forMetrics(spec string) (rest string, metrics bool) {
	words := strings.Split(spec, ",")
	if len(words) < 2 || words[1] != "metrics" {
		return spec, false
	}
	return strings.Join(slices.Delete(words, 1, 2), ","), true
}

// parseCLI reads the argument of "-S": an address, and the words of a bind line
// after commas. They are those of a "stats socket".
func parseCLI(spec string) ([]*config.Bind, error) {
	if strings.ContainsAny(spec, "\n\x00") {
		return nil, fmt.Errorf("master CLI %q : a line feed cannot be part of an address", spec)
	}
	text := "global\n stats socket"
	for i, word := range strings.Split(spec, ",") {
		if i == 0 || word != "" {
			// Nothing in a word means anything to the words of a line.
			text += " '" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	text += "\n"
	parsed, diag := config.Parse([]config.File{{Name: "-S", Data: []byte(text)}}, config.Options{Env: config.NewEnv(os.Environ())})
	for _, m := range diag.List {
		if m.Level == config.Alert {
			text := strings.TrimPrefix(m.Text, "'stats socket' : ")
			return nil, fmt.Errorf("'%s' : %s\nCan't create the master's CLI.", strings.ReplaceAll(spec, ",", " "), text)
		}
	}
	return parsed.Global.StatsSockets, nil
}

func listenOn(b *config.Bind) (s cliSocket, err error) {
	s.level = levelOf(b)
	a := b.Address
	switch a.Family {
	case config.AFIPv4, config.AFIPv6:
		s.l, err = net.Listen("tcp", a.AddrPort().String())
		return s, err
	case config.AFAbns:
		s.l, err = net.Listen("unix", "@"+a.Path+string(make([]byte, max(0, 107-len(a.Path)))))
		return s, err
	case config.AFAbnsz:
		s.l, err = net.Listen("unix", "@"+a.Path)
		return s, err
	case config.AFFD:
		s.l, err = listenFD(a.FD)
		return s, err
	case config.AFUnix:
		return listenPath(b)
	}
	return s, fmt.Errorf("address '%s' is not supported for the master CLI", a)
}

// listenFD listens on a socket this process was started with.
func listenFD(fd int) (net.Listener, error) {
	dup, err := sys.Duplicate(fd)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(dup), "master CLI")
	defer f.Close()
	return net.FileListener(f)
}

// listenPath takes a path over: the socket gets its name only when it is ready.
func listenPath(b *config.Bind) (s cliSocket, err error) {
	path := b.Address.Path
	tmp := fmt.Sprintf("%s.%d.tmp", path, os.Getpid())
	os.Remove(tmp)
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: tmp, Net: "unix"})
	if err != nil {
		return s, err
	}
	l.SetUnlinkOnClose(false)
	s.l, s.level, s.path = l, levelOf(b), path
	if err = (account.Owner{User: b.User, Group: b.Group, UID: b.UID, GID: b.GID}).Give(tmp, b.Mode); err == nil {
		err = os.Rename(tmp, path)
	}
	if err != nil {
		l.Close()
		os.Remove(tmp)
		return s, err
	}
	s.id, err = os.Lstat(path)
	return s, err
}

func levelOf(b *config.Bind) line.Level {
	switch b.Level {
	case "user":
		return line.LevelUser
	case "operator":
		return line.LevelOperator
	}
	return line.LevelAdmin // the reference's default for the master
}

// serve accepts on all listeners, and goes on with the clients that were at rest.
func (s *cliSockets) serve(m *master) {
	s.mu.Lock()
	again := s.rested
	s.rested = nil
	s.resting.Store(false)
	s.mu.Unlock()
	for _, r := range again {
		s.open.Go(func() { s.client(m, r) })
	}
	for _, one := range s.list {
		if one.metrics != nil {
			s.open.Go(func() { _ = one.metrics.Serve(newScrapers(one.l, maxScrapers)) }) // until close
			continue
		}
		s.open.Go(func() {
			for {
				c, err := one.l.Accept()
				if err != nil {
					if errors.Is(err, net.ErrClosed) {
						return
					}
					// No descriptors, most likely: clients wait in the queue.
					time.Sleep(100 * time.Millisecond)
					continue
				}
				if !s.client(m, rested{conn: c, level: one.level}) {
					return
				}
			}
		})
	}
}

// client serves a client as soon as there is a place. False: the listeners are at
// rest, or closed.
func (s *cliSockets) client(m *master, r rested) bool {
	c := s.clients.admit(r.conn, r.level)
	if c == nil {
		if !s.leave(r) {
			r.conn.Close()
		}
		return false
	}
	suspension := s.served.begin(r.conn)
	go func() {
		defer s.served.end(r.conn)
		if r.state = m.session(c, r.level, suspension, r.state); r.state != nil {
			s.clients.forget(c)
			if !s.leave(r) { // the rest was over before its command was
				s.client(m, r)
			}
			return
		}
		s.clients.leave(c)
	}()
	return true
}

// leave keeps a client for later, if everything rests.
func (s *cliSockets) leave(r rested) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.resting.Load() {
		s.rested = append(s.rested, r)
	}
	return s.resting.Load()
}

// ofCLI are the listeners that have a CLI.
func (s *cliSockets) ofCLI() []cliSocket {
	return slices.DeleteFunc(slices.Clone(s.list), func(one cliSocket) bool { return one.metrics != nil })
}

// close ends the listeners and removes the names they still have.
func (s *cliSockets) close() {
	s.clients.close()
	for _, one := range s.list {
		if one.metrics != nil {
			one.metrics.Close()
		}
		one.l.Close()
		if one.path == "" {
			continue
		}
		if now, err := os.Lstat(one.path); err == nil && one.id != nil && os.SameFile(now, one.id) {
			os.Remove(one.path)
		}
	}
	s.open.Wait()
}
