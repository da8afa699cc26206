package stream

import "github.com/sluice-proxy/sluice/internal/proxy"

// idlePool is what one thread keeps of idle connections to one server. A
// connection that one client alone may use is not here but with its session
// (owned.go).
type idlePool struct {
	srv    *proxy.Server
	fresh  idleList // served once: whether the server really keeps it open is not known
	proven idleList // used again at least once
	keyed  map[string]*upstream
	n      int
	lowest int // fewest since the last purge
	due    int64
	listed bool // in Thread.parked
}

// idleList is a list of idle connections in the order in which they came.
type idleList struct{ newest, oldest *upstream }

func (l *idleList) push(u *upstream) {
	u.older, u.newer = l.newest, nil
	if l.newest != nil {
		l.newest.newer = u
	} else {
		l.oldest = u
	}
	l.newest = u
}

func (l *idleList) remove(u *upstream) {
	if u.older != nil {
		u.older.newer = u.newer
	} else {
		l.oldest = u.newer
	}
	if u.newer != nil {
		u.newer.older = u.older
	} else {
		l.newest = u.older
	}
	u.older, u.newer = nil, nil
}

// pool returns the thread's pool of a server.
func (t *Thread) pool(srv *proxy.Server) *idlePool {
	p := t.idle[srv.Num]
	if p == nil {
		p = &idlePool{srv: srv}
		t.idle[srv.Num] = p
	}
	return p
}

// park puts the connection into the pool of idle ones, or closes it when
// nobody will need it.
func (u *upstream) park() {
	t, srv := u.th, u.srv
	u.st, u.link.spent = nil, true
	p := t.pool(srv)
	if t.e.crowded() || !srv.RoomForIdle(t.id) || u.stale() {
		u.close()
		return
	}
	u.link.paused = false
	t.ClearTimer(&u.timer)
	if !p.listed {
		p.listed, p.lowest = true, 0
		p.due = t.Now() + srv.PurgeDelay()
		t.parked = append(t.parked, p)
		if at := t.purge.Due(); at == 0 || at > p.due {
			t.SetTimer(&t.purge, p.due)
		}
	}
	if u.proven() {
		p.proven.push(u)
		srv.Loops[t.id].Proven++
	} else {
		p.fresh.push(u)
	}
	if srv.Keyed {
		p.name(u)
	}
	p.n++
	u.pooled = true
	srv.Idle[t.id].Add(1)
}

// stale tells whether the server has another address by now, or has gone.
func (u *upstream) stale() bool { return u.moved != u.srv.Moved }

// proven tells whether the connection has been used again at least once.
func (u *upstream) proven() bool { return u.used > 1 }

// take removes a connection from the pool.
func (p *idlePool) take(u *upstream) {
	t := u.th
	if u.proven() {
		p.proven.remove(u)
		p.srv.Loops[t.id].Proven--
	} else {
		p.fresh.remove(u)
	}
	if p.srv.Keyed {
		p.unname(u)
	}
	u.pooled = false
	p.n--
	p.lowest = min(p.lowest, p.n)
	p.srv.Idle[t.id].Add(-1)
}

// unpark takes an idle connection of a server, nil without: the most recently
// used one. With proven only one that was used again before will do; of a Keyed
// server only one of the same key.
func (t *Thread) unpark(srv *proxy.Server, proven bool, key []byte) *upstream {
	p := t.idle[srv.Num]
	if p == nil || p.n == 0 {
		return nil
	}
	var u *upstream
	switch {
	case srv.Keyed:
		u = p.named(key, proven)
	case !proven && p.fresh.newest != nil:
		// Proven ones are left to first requests, which may have no other.
		u = p.fresh.newest
	default:
		u = p.proven.newest
	}
	if u != nil {
		p.take(u)
		u.link.spent = false
	}
	return u
}

// forget removes an idle connection that ended.
func (t *Thread) forget(u *upstream) {
	switch {
	case u.pooled:
		t.idle[u.srv.Num].take(u)
	case u.owner != nil:
		u.owner.disown(u)
	}
}

// closeOldest closes an idle connection, one that has been idle for long. False
// when there is none.
func (p *idlePool) closeOldest() bool {
	u := p.fresh.oldest
	if u == nil {
		u = p.proven.oldest
	}
	if u == nil {
		return false
	}
	p.take(u)
	u.close()
	return true
}

func (p *idlePool) closeAll() {
	for p.closeOldest() {
	}
}

// purgeIdle closes half of the connections that were idle all the time since
// the last purge of their pool.
func (t *Thread) purgeIdle() {
	now, next := t.Now(), int64(0)
	left := t.parked[:0]
	for _, p := range t.parked {
		if p.due <= now {
			for range (p.lowest + 1) / 2 {
				if !p.closeOldest() {
					break
				}
			}
			p.lowest, p.due = p.n, now+p.srv.PurgeDelay()
			if p.listed = p.n > 0; !p.listed {
				continue
			}
		}
		left = append(left, p)
		if next == 0 || p.due < next {
			next = p.due
		}
	}
	clear(t.parked[len(left):])
	t.parked = left
	if next > 0 {
		t.SetTimer(&t.purge, next)
	}
}

// closeIdle closes all idle connections, for a thread that ends.
func (t *Thread) closeIdle() {
	for _, p := range t.parked {
		p.closeAll()
		p.listed = false
	}
	t.parked = t.parked[:0]
}
