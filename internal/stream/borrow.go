package stream

import (
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// loan is a connection on its way from one thread to another.
type loan struct {
	fd    int // -1: there was none
	used  int
	port  uint16
	moved uint32
}

// borrow asks another thread of the group for an idle connection to the
// stream's server ("tune.idle-pool.shared"); the stream goes on when it has
// answered. False when no other thread has one to spare ("pool-low-conn").
func (st *stream) borrow(proven bool) bool {
	srv, t := st.srv, st.th
	other := t.lender(srv)
	if other == nil {
		return false
	}
	key, gen := string(st.connKey()), st.gen
	other.Post(func() {
		l := loan{fd: -1}
		if u := other.unpark(srv, proven, []byte(key)); u != nil {
			l = u.lend()
		}
		t.Post(func() {
			var u *upstream
			if l.fd >= 0 {
				u = t.receive(srv, l, key)
			}
			if st.gen != gen || st.phase != phaseConnect || st.srv != srv || st.up != nil {
				if u != nil { // the stream ended meanwhile
					u.park()
				}
				return
			}
			defer st.c.link.contain()
			if u == nil {
				st.attempt()
				return
			}
			st.withRest(func() { st.ride(u) })
		})
	})
	return true
}

// lender is the thread that has the most idle connections to a server, of those
// that may be asked; nil when there is none.
func (t *Thread) lender(srv *proxy.Server) *Thread {
	e := t.e
	if len(e.threads) == 1 || e.tune.OwnIdle {
		return nil
	}
	best, most, sum := -1, int64(0), int64(0)
	for id := range srv.Idle {
		n := srv.Idle[id].Load()
		sum += n
		if n > most && e.tune.sameGroup(id, t.id) {
			best, most = id, n
		}
	}
	if best < 0 || best == t.id || sum <= srv.IdleLow {
		return nil
	}
	return e.threads[best]
}

// lend gives up an idle connection without closing it.
func (u *upstream) lend() loan {
	l := loan{fd: u.link.release(), used: u.used, port: u.port, moved: u.moved}
	u.retire()
	return l
}

// receive makes a lent connection one of this thread. Nil: it cannot be used.
func (t *Thread) receive(srv *proxy.Server, l loan, key string) *upstream {
	u := t.newUpstream(srv)
	u.used, u.key, u.port, u.moved = l.used, key, l.port, l.moved
	if err := u.link.open(t, l.fd, u); err != nil {
		t.net.close(l.fd)
		u.close()
		return nil
	}
	u.link.patient, u.link.hard = true, srv.Backend.NoLinger
	return u
}
