package mworker

import (
	"sync"
	"time"
)

// observers delivers events and results in order, on a goroutine of its own:
// what the product does with them (usually it writes to a pipe) can never hold
// the master up.
type observers struct {
	observe func(Event)
	mu      sync.Mutex
	queue   []delivery
	busy    bool // something is being told
	wake    chan struct{}
	done    chan struct{}
}

// delivery is an event or, with to set, a result.
type delivery struct {
	event  Event
	to     chan<- Result
	result Result
	log    *StartupLog
}

// maxQueuedEvents bounds the queue against a flood from a worker while the
// observer is held up. Only events that a worker can cause at will are dropped:
// the number of others is bounded by what the master does.
const maxQueuedEvents = 4096

func newObservers(f func(Event)) *observers {
	o := &observers{observe: f, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go o.run()
	return o
}

func (o *observers) push(d delivery) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.queue) >= maxQueuedEvents && d.to == nil {
		switch d.event.Kind {
		case EventLog, EventPhase, EventRetired, EventNotOffered:
			return
		}
	}
	o.queue = append(o.queue, d)
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// drain waits until everything was told, but not for long.
func (o *observers) drain(limit time.Duration) {
	for end := time.Now().Add(limit); !o.empty() && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
}

// empty reports whether everything was told.
func (o *observers) empty() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.queue) == 0 && !o.busy
}

// close lets run end after what is queued.
func (o *observers) close() { close(o.wake) }

func (o *observers) run() {
	defer close(o.done)
	for open := true; open; {
		_, open = <-o.wake
		for {
			o.mu.Lock()
			batch := o.queue
			o.queue = nil
			o.busy = len(batch) > 0
			o.mu.Unlock()
			if len(batch) == 0 {
				break
			}
			for _, d := range batch {
				o.deliver(d)
			}
		}
	}
}

func (o *observers) deliver(d delivery) {
	if d.to != nil {
		d.result.Log = d.log.Bytes()
		d.to <- d.result // has room for its one result
		return
	}
	if d.event.Kind == EventLog {
		d.event.Startup.Add(d.event.Text)
	}
	if o.observe == nil {
		return
	}
	defer func() {
		if p := recover(); p != nil { // a faulty observer must not end the master
			d.event.Startup.Add("the master's observer panicked")
		}
	}()
	o.observe(d.event)
}
