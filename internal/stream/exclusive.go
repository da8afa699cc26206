package stream

import (
	"sync"
	"time"

	"github.com/sluice-proxy/sluice/internal/proxy"
)

// Exclusive runs f while every thread stands still between two turns: the way to
// change what streams read without a lock. False, and f is not run, when the
// threads did not all come within the time. Nothing is lost meanwhile; f must be
// short, and must not wait for a thread.
func (e *Engine) Exclusive(within time.Duration, f func()) bool {
	var here sync.WaitGroup
	open := make(chan struct{})
	var mu sync.Mutex
	late := false
	for _, t := range e.threads {
		here.Add(1)
		if !t.Post(func() {
			mu.Lock()
			gone := late
			mu.Unlock()
			here.Done()
			if !gone {
				<-open
			}
		}) {
			here.Done() // it has ended
		}
	}
	all := make(chan struct{})
	go func() { here.Wait(); close(all) }()
	defer close(open)
	deadline := time.NewTimer(within)
	defer deadline.Stop()
	select {
	case <-all:
		f()
		return true
	case <-deadline.C:
		mu.Lock()
		late = true
		mu.Unlock()
		return false
	}
}

// Grow makes room for servers up to that number. Within Exclusive only.
func (e *Engine) Grow(servers int) {
	e.servers = max(e.servers, servers)
	for _, t := range e.threads {
		for len(t.idle) < e.servers {
			t.idle = append(t.idle, nil)
		}
	}
}

// Vacate forgets the pools of a server, which are empty: another will have its number.
// Within Exclusive only.
func (e *Engine) Vacate(srv *proxy.Server) {
	for _, t := range e.threads {
		t.idle[srv.Num] = nil
	}
}

// CloseIdle is DropIdle while the threads run; it returns before they are done.
func (e *Engine) CloseIdle(srv *proxy.Server) {
	for _, t := range e.threads {
		t.Post(func() { t.dropIdle(srv) })
	}
}

// DropIdle closes the connections to a server on which no request is under way:
// they go to an address that it does not have any more, or it has gone. Those in
// use are closed after their answer, see proxy.Server.Moved. Within Exclusive only.
func (e *Engine) DropIdle(srv *proxy.Server) {
	for _, t := range e.threads {
		t.dropIdle(srv)
	}
}

func (t *Thread) dropIdle(srv *proxy.Server) {
	for c := t.first; c != nil; c = c.next {
		c.closeOwn(srv)
	}
	if p := t.idle[srv.Num]; p != nil && p.srv == srv {
		p.closeAll()
	}
}
