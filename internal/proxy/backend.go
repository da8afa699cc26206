package proxy

import (
	"sync"
	"time"

	"github.com/sluice-proxy/sluice/internal/balance"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/rule"
)

// Backend is a set of servers and what happens on the way to them.
type Backend struct {
	Name       string
	ID         int
	HTTP       bool
	Spec       *config.Proxy
	Timeouts   Timeouts
	Retries    int
	Redispatch int // 0: never; n>0: every n-th retry; n<0: the |n|-th from the last
	Servers    []*Server
	Fullconn   int64

	HTTPRequest  rule.Set
	HTTPResponse rule.Set
	Redirect     rule.Set
	ForwardFor   *config.ForwardFor
	TCPContent   rule.Set
	ServerClose  bool // one request per server connection
	AbortOnClose bool // a client that half-closes gives its request up
	Pages        *Pages

	Conns   Gauge
	Loops   []Counters
	Started time.Time

	mu     sync.Mutex
	active balance.Algorithm
	queue  waitList
	waits  Gauge
	nbAct  int // usable servers that are no backups
	nbBck  int
	okFn   func(i int) bool // hasSlot, made once so that Pick allocates nothing
	avoid  int              // server index passed over by okFn; -1: none
	downAt time.Time
	downed time.Duration
	downs  int64
}

// Init prepares the backend once its servers are listed. All servers start in
// the state that their Health says.
func (b *Backend) Init(algorithm string) error {
	a, err := balance.New(algorithm, len(b.Servers))
	if err != nil {
		return err
	}
	b.active, b.avoid = a, -1
	b.okFn = func(i int) bool { return i != b.avoid && b.Servers[i].hasSlot() }
	b.Started = time.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.Servers {
		b.setUsable(s, s.Health.State < Down && s.Weight > 0)
	}
	return nil
}

// Usable returns the numbers of usable servers, active and backup.
func (b *Backend) Usable() (active, backup int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.nbAct, b.nbBck
}

// Queued returns how many streams wait for any server of the backend, and the
// most seen.
func (b *Backend) Queued() (cur, most int64) { return b.waits.Load(), b.waits.Max(0) }

// Downtime returns how often and how long no server was usable.
func (b *Backend) Downtime() (times int64, total time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	total = b.downed
	if !b.downAt.IsZero() {
		total += time.Since(b.downAt)
	}
	return b.downs, total
}

// Assign takes a slot of the server that the algorithm chooses; avoid, if not
// nil, only when there is no other. Without a free slot w joins the backend's
// queue and queued is true; without a usable server both are zero.
func (b *Backend) Assign(w *Waiter, avoid *Server) (srv *Server, queued bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.nbAct == 0 && b.nbBck == 0 {
		return nil, false
	}
	if srv = b.pick(avoid); srv == nil && avoid != nil {
		srv = b.pick(nil)
	}
	if srv != nil {
		b.take(srv)
		return srv, false
	}
	w.Ahead = b.waits.Add(1) - 1
	w.srv = nil
	b.queue.push(w)
	return nil, true
}

// pick returns a server with a free slot, nil without one.
func (b *Backend) pick(avoid *Server) *Server {
	if b.nbAct > 0 {
		b.avoid = -1
		if avoid != nil {
			b.avoid = avoid.Index
		}
		if i := b.active.Pick(b.okFn); i >= 0 {
			return b.Servers[i]
		}
		return nil
	}
	if s := b.backup(avoid); s != nil && s.hasSlot() {
		return s
	}
	return nil
}

// backup returns the backup that serves when no active server is usable: the
// first that is, in the order of the configuration.
func (b *Backend) backup(avoid *Server) *Server {
	for _, s := range b.Servers {
		if s.Backup && s.usable && s != avoid {
			return s
		}
	}
	return nil
}

func (b *Backend) take(s *Server) {
	n := s.served.Add(1)
	if !s.Backup {
		b.active.SetLoad(s.Index, int(n))
	}
}

// Leave takes w out of its queue. False means that it was granted a slot
// meanwhile: Grant was or will be called.
func (b *Backend) Leave(w *Waiter) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if w.list == nil {
		return false
	}
	b.unqueue(w)
	return true
}

func (b *Backend) unqueue(w *Waiter) {
	if w.srv != nil {
		w.srv.waits.Add(-1)
	} else {
		b.waits.Add(-1)
	}
	w.list.remove(w)
}

// Release gives a slot of srv back, and on to the next who waits.
func (b *Backend) Release(srv *Server) {
	if w := b.release(srv); w != nil {
		w.Grant(srv)
	}
}

func (b *Backend) release(srv *Server) *Waiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := srv.served.Add(-1)
	if !srv.Backup {
		b.active.SetLoad(srv.Index, int(n))
	}
	return b.next(srv)
}

// next hands a free slot of srv to the first waiter, if there are both.
func (b *Backend) next(srv *Server) *Waiter {
	if !srv.usable || !srv.hasSlot() || srv.Backup && (b.nbAct > 0 || srv != b.backup(nil)) {
		return nil
	}
	w := srv.queue.head
	if w == nil {
		w = b.queue.head
	}
	if w == nil {
		return nil
	}
	b.unqueue(w)
	b.take(srv)
	return w
}

// SetUp says whether srv may be chosen from now on.
func (b *Backend) SetUp(srv *Server, up bool) {
	granted, to := b.setUp(srv, up)
	for i, w := range granted {
		w.Grant(to[i])
	}
}

func (b *Backend) setUp(srv *Server, up bool) (granted []*Waiter, to []*Server) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.setUsable(srv, up && srv.Weight > 0)
	for _, s := range b.Servers {
		for w := b.next(s); w != nil; w = b.next(s) {
			granted, to = append(granted, w), append(to, s)
		}
	}
	return granted, to
}

func (b *Backend) setUsable(s *Server, usable bool) {
	if s.usable == usable {
		return
	}
	s.usable = usable
	d := 1
	if !usable {
		d = -1
	}
	if s.Backup {
		b.nbBck += d
	} else {
		b.nbAct += d
		w := 0
		if usable {
			w = s.Weight
		}
		b.active.SetWeight(s.Index, w)
		b.active.SetLoad(s.Index, int(s.served.Load()))
	}
	switch {
	case b.nbAct+b.nbBck == 0 && b.downAt.IsZero():
		b.downAt = time.Now()
		b.downs++
	case b.nbAct+b.nbBck > 0 && !b.downAt.IsZero():
		b.downed += time.Since(b.downAt)
		b.downAt = time.Time{}
	}
}
