package mworker

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// NetServer is a server that accepts on net.Listeners. *http.Server is one.
type NetServer interface {
	// Serve accepts on l, on a goroutine of its own for each listener, until
	// Accept fails.
	Serve(l net.Listener) error
	// Shutdown finishes what was begun; nothing is accepted any more. When it
	// returns the process exits.
	Shutdown(ctx context.Context) error
}

// ReadFiles returns an Options.Snapshot that reads these files.
func ReadFiles(names ...string) func(context.Context) ([]File, error) {
	return func(context.Context) ([]File, error) {
		files := make([]File, len(names))
		for i, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			files[i] = File{name, data}
		}
		return files, nil
	}
}

// Run is the rest of a worker's life, once its configuration is understood: it
// takes over or binds these TCP addresses ("host:port", the host may be empty),
// reports READY and lets s serve as the master orders. It returns only when
// something fails, and the program must exit then: before READY that fails the
// load, afterwards it is a crash, and the master starts another worker.
func (w *Worker) Run(s NetServer, addresses ...string) error {
	h := &netHandler{server: s, failed: make(chan error, 1)}
	for _, address := range addresses {
		fd, err := w.tcpSocket(address)
		if err != nil {
			return err
		}
		h.listeners = append(h.listeners, &netListener{fd: fd, address: address, open: &h.open})
	}
	if err := w.Ready(h); err != nil {
		return err
	}
	return <-h.failed
}

// tcpSocket returns the socket of an address: the kept one, or one that is bound
// and offered.
func (w *Worker) tcpSocket(address string) (int, error) {
	key := "tcp " + address
	if fd, ok := w.Listener(key); ok {
		return fd, nil
	}
	a, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return -1, err
	}
	ap, o := a.AddrPort(), sys.ListenOptions{}
	if a.IP == nil {
		a.IP, o.V4V6 = net.IPv6unspecified, true
		ap = a.AddrPort()
	}
	fd, err := sys.BindTCP(ap, o)
	if err != nil {
		return -1, fmt.Errorf("mworker: bind %s: %w", address, err)
	}
	return fd, w.Offer(key, fd)
}

// netHandler drives a NetServer.
type netHandler struct {
	server    NetServer
	listeners []*netListener
	failed    chan error
	serving   sync.WaitGroup
	open      sync.WaitGroup // connections
}

const netBacklog = 4096 // the kernel lowers it to net.core.somaxconn

func (h *netHandler) Serve() error {
	for _, l := range h.listeners {
		if err := l.listen(); err != nil {
			return err
		}
	}
	for _, l := range h.listeners {
		h.serving.Go(func() {
			if err := h.server.Serve(l); !l.is(leaving) {
				h.fail(fmt.Errorf("mworker: the server ended: %w", err))
			}
		})
	}
	return nil
}

// fail makes Run return the first error.
func (h *netHandler) fail(err error) {
	select {
	case h.failed <- err:
	default:
	}
}

func (h *netHandler) Drain(_ []string, done func()) {
	for _, l := range h.listeners {
		l.set(leaving)
		l.inner.SetDeadline(time.Now()) // wakes Accept, which takes what waits
	}
	go func() {
		h.serving.Wait()
		done()
		h.quiet()
		if err := h.server.Shutdown(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, "mworker: shutdown:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}()
}

// quiet lets an HTTP server answer who has just connected: once its Shutdown
// has begun net/http throws away what it reads, a first request too. Until then
// every answer ends its connection.
func (h *netHandler) quiet() {
	s, ok := h.server.(interface{ SetKeepAlivesEnabled(bool) })
	if !ok {
		return
	}
	s.SetKeepAlivesEnabled(false)
	none := make(chan struct{})
	go func() {
		h.open.Wait()
		close(none)
	}()
	select {
	case <-none:
	case <-time.After(firstRequest):
	}
}

// firstRequest is how long a client that connected may be silent when the server
// drains; net/http has the same limit.
const firstRequest = 5 * time.Second

// netConn counts while it is open.
type netConn struct {
	*net.TCPConn
	closed func()
}

func (c *netConn) Close() error {
	err := c.TCPConn.Close()
	c.closed()
	return err
}

func (h *netHandler) Pause() {
	for _, l := range h.listeners {
		l.set(paused)
		_ = sys.Unlisten(l.fd)
	}
}

func (h *netHandler) Resume() {
	for _, l := range h.listeners {
		if err := sys.Listen(l.fd, netBacklog); err != nil {
			h.fail(fmt.Errorf("mworker: resume %s: %w", l.address, err))
			return
		}
		l.set(accepting)
	}
}

func (h *netHandler) Session(fd int, _ string) { sys.Close(fd) } // there is nothing to administer

// netListener is a net.Listener that can be paused, and that ends with what
// waits to be accepted.
type netListener struct {
	fd      int
	address string
	inner   *net.TCPListener
	open    *sync.WaitGroup

	mu    sync.Mutex
	cond  sync.Cond
	state listenerState
}

type listenerState uint8

const (
	accepting listenerState = iota
	paused
	leaving
)

func (l *netListener) listen() error {
	if err := sys.Listen(l.fd, netBacklog); err != nil {
		return fmt.Errorf("mworker: listen %s: %w", l.address, err)
	}
	l.cond.L = &l.mu
	dup, err := sys.Duplicate(l.fd)
	if err != nil {
		return err
	}
	f := os.NewFile(uintptr(dup), l.address)
	defer f.Close()
	inner, err := net.FileListener(f)
	if err != nil {
		return err
	}
	tcp, ok := inner.(*net.TCPListener)
	if !ok {
		return fmt.Errorf("mworker: %s is not a TCP socket", l.address)
	}
	l.inner = tcp
	return nil
}

func (l *netListener) set(s listenerState) {
	l.mu.Lock()
	l.state = s
	l.mu.Unlock()
	l.cond.Broadcast()
}

func (l *netListener) is(s listenerState) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state == s
}

// Accept implements net.Listener.
func (l *netListener) Accept() (net.Conn, error) {
	for {
		c, err := l.inner.AcceptTCP()
		if err == nil {
			return l.counted(c), nil
		}
		l.mu.Lock()
		for l.state == paused {
			l.cond.Wait()
		}
		last := l.state == leaving
		l.mu.Unlock()
		if last {
			return l.rest()
		}
		if !errors.Is(err, syscall.EINVAL) || !sys.IsListening(l.fd) { // EINVAL: it was paused
			return nil, err
		}
	}
}

// rest accepts without waiting; the socket is closed when nobody is left.
func (l *netListener) rest() (net.Conn, error) {
	for {
		fd, _, errno := sys.Accept(l.fd)
		switch errno {
		case 0:
			f := os.NewFile(uintptr(fd), l.address)
			c, err := net.FileConn(f)
			f.Close()
			if tcp, ok := c.(*net.TCPConn); ok {
				return l.counted(tcp), nil
			}
			if err == nil {
				c.Close()
			}
			// No descriptors, most likely: the next may do.
		case syscall.EINTR, syscall.ECONNABORTED:
		default:
			l.Close()
			return nil, net.ErrClosed
		}
	}
}

func (l *netListener) counted(c *net.TCPConn) net.Conn {
	l.open.Add(1)
	return &netConn{c, sync.OnceFunc(l.open.Done)}
}

// Close implements net.Listener.
func (l *netListener) Close() error {
	l.mu.Lock()
	fd := l.fd
	l.fd = -1
	l.mu.Unlock()
	if fd < 0 {
		return nil
	}
	sys.Close(fd)
	return l.inner.Close()
}

// Addr implements net.Listener.
func (l *netListener) Addr() net.Addr { return l.inner.Addr() }
