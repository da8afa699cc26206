package mworker

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// Worker is this process, when it is one. Its methods may be called from any
// goroutine.
type Worker struct {
	number, generation int
	respawn, forced    bool
	check, again       bool
	files              []File
	startup, control   *sys.Packets
	replaced           atomic.Bool

	sendMu sync.Mutex // one sender at a time on each channel

	mu      sync.Mutex
	cond    sync.Cond
	given   map[string]int // listeners not asked for yet
	former  *Archive
	held    map[string]int // files of an earlier load by name, -1 for one that was not there
	kept    []offer
	bound   []offer
	ready   bool
	handler Handler
	orders  []order
	version string
	retire  []string // of drain frames that more will follow
}

type offer struct {
	key string
	fd  int
}

// Handler is what the master drives a worker by, from Ready on. Its methods are
// called one after the other, in the order of the master's orders.
type Handler interface {
	// Serve calls listen(2) where that has not been done (it may be called
	// again on a kept socket) and begins to accept. When it returns nil the
	// master asks the former worker to drain. An error ends this process with
	// status 1 and makes the load fail.
	Serve() error
	// Drain stops accepting for good: every listener leaves epoll, then what
	// already waits there is accepted, until EAGAIN, then it is closed. On the
	// listeners in retire nobody else would accept it; the others have a
	// successor, but where wake-ups are exclusive (EPOLLEXCLUSIVE) the kernel
	// may have woken only this worker for a connection. done is called when all
	// are closed. The worker then finishes what it had begun and exits with
	// status 0.
	Drain(retire []string, done func())
	// Pause makes the listeners refuse connections; Resume ends that.
	Pause()
	Resume()
	// Session serves an administrative connection: a stream socket in
	// non-blocking mode that belongs to the handler. Level is the caller's.
	Session(fd int, level string)
}

// Prober is a Handler that knows whether it lives. Without it a worker is held to
// live as long as its process runs.
type Prober interface {
	// Probe calls done, soon and from any goroutine, if everything by which the
	// worker serves makes progress. It is called from Serve's return on, also while
	// another method of the Handler runs. A worker that does not call done in time
	// is killed and replaced (Policy.HangTimeout).
	Probe(done func())
}

// Hurrier is a Handler that can end sooner than it would.
type Hurrier interface {
	// Hurry is called, after Drain has returned, when the worker's time to drain is over: it closes
	// what is idle at once, and what is not as soon as it can be. A worker that is
	// still there after Policy.DrainGrace gets SIGTERM.
	Hurry()
}

// Number counts the worker processes of the master from 1.
func (w *Worker) Number() int { return w.number }

// Generation counts the loads of the master from 1.
func (w *Worker) Generation() int { return w.generation }

// IsRespawn reports whether this worker replaces a crashed one.
func (w *Worker) IsRespawn() bool { return w.respawn }

// Forced reports whether the load was asked for with ReloadForced.
func (w *Worker) Forced() bool { return w.forced }

// Replaced reports, from Drain on, whether another worker serves now; else the
// service ends.
func (w *Worker) Replaced() bool { return w.replaced.Load() }

// Files returns the files that the master read for this generation, in its
// order.
func (w *Worker) Files() []File { return w.files }

// SetVersion sets the version that the master shows for this worker; before
// Ready.
func (w *Worker) SetVersion(v string) {
	w.mu.Lock()
	w.version = cut(v, maxVersion)
	w.mu.Unlock()
}

// Phase tells the master what the load is doing. If the load hangs, the last
// phase is what its failure will name: the detail should say where it is.
func (w *Worker) Phase(name, detail string) {
	text := name
	if detail != "" {
		text += ": " + detail
	}
	_ = w.send(w.startup, framePhase, appendString(nil, cut(text, maxPhase)), nil)
}

// SetLoadTimeout tells the master how long this load may take from now on; Never
// is as long as it needs. It can be called once, and before Ready; until then
// the master's own Policy counts.
func (w *Worker) SetLoadTimeout(d time.Duration) error {
	if d == Never {
		d = 0
	} else if d <= 0 {
		return errors.New("mworker: a load cannot take no time")
	}
	return w.send(w.startup, frameDeadline, binary.AppendUvarint(nil, uint64(d)), nil)
}

// Log adds a message to the startup log that the master keeps, and tells its
// observer. After Ready it goes to the observer and to the latest startup log.
// A message longer than 8 KiB is cut.
func (w *Worker) Log(level, text string) {
	payload := appendString(nil, cut(level, maxLevel))
	payload = appendString(payload, cut(text, maxLogLine))
	w.mu.Lock()
	to := w.startup
	if w.ready {
		to = w.control
	}
	w.mu.Unlock()
	_ = w.send(to, frameLog, payload, nil)
}

// Discovered sends what the master has to know of the configuration, once and
// before Ready; the format is the product's. At most 64 KiB.
func (w *Worker) Discovered(payload []byte) error {
	if len(payload) > maxPayload {
		return errors.New("mworker: discovery result larger than 64 KiB")
	}
	return w.send(w.startup, frameDiscovered, payload, nil)
}

// Kept returns the keys of the listeners that the master keeps and that were
// not asked for yet.
func (w *Worker) Kept() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	keys := make([]string, 0, len(w.given))
	for k := range w.given {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Listener returns the kept listener of that key and thereby promises to serve
// it. The descriptor belongs to the caller and must stay open until Ready. The
// serving worker uses the same socket: nothing may be changed on it before
// Serve.
func (w *Worker) Listener(key string) (fd int, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fd, ok = w.given[key]
	if ok {
		delete(w.given, key)
		w.kept = append(w.kept, offer{key, fd})
	}
	return fd, ok
}

// Peek returns the kept listener of that key to be looked at. It promises nothing:
// the descriptor stays the Worker's, which closes it at Ready.
func (w *Worker) Peek(key string) (fd int, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fd, ok = w.given[key]
	return fd, ok
}

// Offer tells the master of a socket that this worker has bound, and not called
// listen(2) on. The descriptor stays the caller's, and open until Ready. If the
// key is one of a kept listener, that one is retired at the hand-over. A socket
// that is not offered ends with this process.
func (w *Worker) Offer(key string, fd int) error {
	if len(key) > maxKey {
		return errors.New("mworker: listener key longer than 1024 bytes")
	}
	if !sys.IsSocket(fd) {
		return fmt.Errorf("mworker: descriptor %d is not a socket", fd)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	same := func(o offer) bool { return o.key == key }
	if slices.ContainsFunc(w.kept, same) || slices.ContainsFunc(w.bound, same) {
		return fmt.Errorf("mworker: listener %q offered twice", key)
	}
	if len(w.kept)+len(w.bound) >= maxListeners {
		return fmt.Errorf("mworker: more than %d listeners", maxListeners)
	}
	w.bound = append(w.bound, offer{key, fd})
	return nil
}

// Ready tells the master that the load is complete and closes the startup
// channel and the kept listeners that were not asked for. From now on the
// handler is called; Serve comes first, if the master goes on with the load.
// Ready returns at once; the program then waits for what its handler does.
func (w *Worker) Ready(h Handler) error {
	w.mu.Lock()
	if w.ready {
		w.mu.Unlock()
		return errors.New("mworker: Ready called twice")
	}
	w.ready = true
	kept, bound, version := w.kept, w.bound, w.version
	for k, fd := range w.given {
		sys.Close(fd)
		delete(w.given, k)
	}
	if w.former != nil {
		w.former.Close()
	}
	for name, fd := range w.held {
		if fd >= 0 {
			sys.Close(fd)
		}
		delete(w.held, name)
	}
	w.mu.Unlock()
	for _, part := range []struct {
		offers []offer
		given  bool
	}{{kept, true}, {bound, false}} {
		if err := w.sendOffers(part.offers, part.given); err != nil {
			return err
		}
	}
	if err := w.send(w.startup, frameReady, appendString(nil, version), nil); err != nil {
		return err
	}
	w.mu.Lock()
	w.handler = h
	w.mu.Unlock()
	go w.obey()
	return w.startup.Close()
}

func (w *Worker) sendOffers(offers []offer, given bool) error {
	keys := make([]string, len(offers))
	fds := make([]int, len(offers))
	for i, o := range offers {
		keys[i], fds[i] = o.key, o.fd
	}
	for _, list := range chunks(keys) {
		if err := w.send(w.startup, frameOffer, keyList{given, list}.append(nil), fds[:len(list)]); err != nil {
			return err
		}
		fds = fds[len(list):]
	}
	return nil
}

func (w *Worker) send(to *sys.Packets, kind frameKind, payload []byte, fds []int) error {
	w.sendMu.Lock()
	defer w.sendMu.Unlock()
	return to.Send(appendFrame(nil, kind, len(fds), payload), fds)
}
