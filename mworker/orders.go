package mworker

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// order is something the master wants of the handler.
type order func(Handler)

// maxOrders bounds what waits for a handler that does not return.
const maxOrders = 1024

// order takes a frame of the control channel. The reader of the channel only
// queues, so that it goes on to watch for the end of the master.
func (w *Worker) order(f frame, fds []int) error {
	if f.kind != frameSession && f.kind != frameApply && len(fds) > 0 {
		sys.CloseAll(fds)
		return fmt.Errorf("%w: unexpected descriptors", errFrame)
	}
	switch f.kind {
	case frameServe:
		w.queue(func(h Handler) { w.serve(h) })
	case frameDrain:
		return w.queueDrain(f.payload)
	case framePing:
		w.answerPing()
	case frameReplaced:
		w.replaced.Store(true)
	case frameHurry:
		w.queue(func(h Handler) {
			if h, ok := h.(Hurrier); ok {
				h.Hurry()
			}
		})
	case framePause:
		w.queue(func(h Handler) { h.Pause() })
	case frameResume:
		w.queue(func(h Handler) { h.Resume() })
	case frameApply:
		return w.apply(f, fds)
	case frameSession:
		level, err := parseText(f.payload, maxLevel)
		if err != nil || len(fds) != 1 {
			sys.CloseAll(fds)
			return fmt.Errorf("%w: session", errFrame)
		}
		if !w.queue(func(h Handler) { h.Session(fds[0], level) }) {
			sys.CloseAll(fds)
		}
	default:
		if err := unknownFrame(f); !errors.Is(err, errOptional) {
			return err
		}
	}
	return nil
}

func (w *Worker) queueDrain(payload []byte) error {
	l, err := parseKeyList(payload)
	if err != nil {
		return err
	}
	if w.retire = append(w.retire, l.keys...); l.flag {
		if len(w.retire) > maxListeners {
			return fmt.Errorf("%w: too many listeners to drain", errFrame)
		}
		return nil
	}
	retire := w.retire
	w.retire = nil
	var once sync.Once
	done := func() { once.Do(func() { _ = w.send(w.control, frameRetired, nil, nil) }) }
	w.queue(func(h Handler) { h.Drain(retire, done) })
	return nil
}

// queue keeps an order until the handler is free. Beyond the bound the master's
// orders are dropped; only sessions can come in such numbers.
func (w *Worker) queue(o order) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.orders) >= maxOrders {
		return false
	}
	w.orders = append(w.orders, o)
	w.cond.Signal()
	return true
}

// answerPing does not wait behind other orders, which may take long.
func (w *Worker) answerPing() {
	w.mu.Lock()
	h := w.handler
	w.mu.Unlock()
	var once sync.Once
	pong := func() { once.Do(func() { go w.send(w.control, framePong, nil, nil) }) }
	if p, ok := h.(Prober); ok {
		go p.Probe(pong)
		return
	}
	pong()
}

// obey calls the handler, one order after the other.
func (w *Worker) obey() {
	for {
		w.mu.Lock()
		for len(w.orders) == 0 {
			w.cond.Wait()
		}
		next := w.orders[0]
		w.orders = w.orders[1:]
		h := w.handler
		w.mu.Unlock()
		next(h)
	}
}

func (w *Worker) serve(h Handler) {
	if err := h.Serve(); err != nil {
		_ = w.send(w.control, frameRefused, appendString(nil, cut(err.Error(), maxReason)), nil)
		os.Exit(1)
	}
	_ = w.send(w.control, frameServing, nil, nil)
}
