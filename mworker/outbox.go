package mworker

import (
	"errors"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// outbox sends frames on a goroutine of its own, so that a worker that does not
// read never holds the master up.
type outbox struct {
	to     *sys.Packets
	whole  bool // a frame that cannot be sent ends the channel: the rest makes no sense without it
	mu     sync.Mutex
	closed bool
	failed error // what could not be sent, though the worker was there to take it
	queue  chan outFrame

	stopped bool
	unsent  []outFrame // of one that was stopped, in order
	ended   chan struct{}
}

type outFrame struct {
	packet []byte
	fds    []*descriptor // released when sent, or not
}

// outboxFrames is more than any load or drain needs: 16,384 listeners take 65.
const outboxFrames = 256

func newOutbox(to *sys.Packets, whole bool, first ...outFrame) *outbox {
	o := &outbox{to: to, whole: whole, queue: make(chan outFrame, outboxFrames+len(first)), ended: make(chan struct{})}
	for _, f := range first {
		o.queue <- f
	}
	go o.run()
	return o
}

// stop ends the outbox, but not its channel, and returns what was not sent.
func (o *outbox) stop() (unsent []outFrame) {
	o.mu.Lock()
	if o.closed {
		o.mu.Unlock()
		return nil
	}
	o.closed, o.stopped = true, true
	close(o.queue)
	o.mu.Unlock()
	o.to.SetWriteDeadline(time.Unix(1, 0)) // ends a send to a worker that does not read
	<-o.ended
	o.to.SetWriteDeadline(time.Time{})
	return o.unsent
}

// push queues a frame. It returns false when the worker has not read for so
// long that there is no room, or the outbox is closed. It takes over fds.
func (o *outbox) push(kind frameKind, payload []byte, fds ...*descriptor) bool {
	if o == nil { // the startup channel of a worker from before this program
		releaseAll(fds)
		return false
	}
	f := outFrame{packet: appendFrame(nil, kind, len(fds), payload), fds: fds}
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.closed {
		select {
		case o.queue <- f:
			return true
		default:
		}
	}
	releaseAll(fds)
	return false
}

// close ends the outbox and its channel; frames not sent yet are dropped.
func (o *outbox) close() {
	if o == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.closed {
		o.closed = true
		close(o.queue)
		o.to.Close()
	}
}

func (o *outbox) run() {
	defer close(o.ended)
	var fds []int
	for f := range o.queue {
		if o.resting() {
			o.unsent = append(o.unsent, f)
			continue
		}
		fds = fds[:0]
		for _, d := range f.fds {
			fds = append(fds, d.fd)
		}
		// An error mostly means that the worker is gone or going; its channels say
		// so to their reader.
		err := o.to.Send(f.packet, fds)
		if errors.Is(err, os.ErrDeadlineExceeded) && o.resting() {
			o.unsent = append(o.unsent, f)
			continue
		}
		releaseAll(f.fds)
		if err != nil && o.whole {
			o.fail(err)
			o.close()
		}
	}
}

func (o *outbox) resting() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.stopped
}

// fail notes why the rest is not sent. That the worker is gone is no reason of ours.
func (o *outbox) fail(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.closed && !errors.Is(err, syscall.EPIPE) && !errors.Is(err, syscall.ECONNRESET) {
		o.failed = err
	}
}

// failure returns why the outbox ended its channel by itself, if it did.
func (o *outbox) failure() error {
	if o == nil {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.failed
}
