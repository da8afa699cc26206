package mworker

import (
	"errors"
	"sync"
	"syscall"

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
}

type outFrame struct {
	packet []byte
	fds    []*descriptor // released when sent, or not
}

// outboxFrames is more than any load or drain needs: 16,384 listeners take 65.
const outboxFrames = 256

func newOutbox(to *sys.Packets, whole bool) *outbox {
	o := &outbox{to: to, whole: whole, queue: make(chan outFrame, outboxFrames)}
	go o.run()
	return o
}

// push queues a frame. It returns false when the worker has not read for so
// long that there is no room, or the outbox is closed. It takes over fds.
func (o *outbox) push(kind frameKind, payload []byte, fds ...*descriptor) bool {
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
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.closed {
		o.closed = true
		close(o.queue)
		o.to.Close()
	}
}

func (o *outbox) run() {
	var fds []int
	for f := range o.queue {
		fds = fds[:0]
		for _, d := range f.fds {
			fds = append(fds, d.fd)
		}
		// An error mostly means that the worker is gone or going; its channels say
		// so to their reader.
		err := o.to.Send(f.packet, fds)
		releaseAll(f.fds)
		if err != nil && o.whole {
			o.fail(err)
			o.close()
		}
	}
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
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.failed
}
