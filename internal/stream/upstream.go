package stream

import (
	"syscall"

	"github.com/sluice-proxy/sluice/internal/loop"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// upstream is a connection to a server: in use by a stream, or idle in its
// thread's pool.
type upstream struct {
	link  link
	th    *Thread
	srv   *proxy.Server
	st    *stream // nil while idle
	used  int     // requests answered on it
	timer loop.Timer
}

func (t *Thread) newUpstream(srv *proxy.Server) *upstream {
	u := take(&t.freeUp)
	fire := u.timer.Fire
	*u = upstream{th: t, srv: srv, link: link{fd: -1}}
	if fire == nil {
		fire = u.expired
	}
	u.timer.Fire = fire
	return u
}

// close ends the connection for good.
func (u *upstream) close() {
	if u.srv == nil {
		return
	}
	u.th.DropTimer(&u.timer)
	if !u.link.closed() {
		u.link.close()
	}
	u.srv.Conns.Add(-1)
	u.st, u.srv = nil, nil
	u.th.deadUp = append(u.th.deadUp, u)
}

// park puts the connection into the pool of idle ones.
func (u *upstream) park() {
	t, n := u.th, u.srv.Num
	u.st = nil
	u.link.paused = false
	t.ClearTimer(&u.timer)
	if len(t.idle[n]) == 0 {
		t.parked = append(t.parked, n)
		t.lowest[n] = 0
		if t.purge.Due() == 0 {
			t.SetTimer(&t.purge, t.Now()+purgeEvery)
		}
	}
	t.idle[n] = append(t.idle[n], u)
	u.srv.Idle[t.id].Add(1)
}

// unpark takes the most recently used idle connection of a server, nil without.
func (t *Thread) unpark(srv *proxy.Server) *upstream {
	list := t.idle[srv.Num]
	if len(list) == 0 {
		return nil
	}
	u := list[len(list)-1]
	list[len(list)-1] = nil
	t.idle[srv.Num] = list[:len(list)-1]
	t.lowest[srv.Num] = min(t.lowest[srv.Num], len(list)-1)
	srv.Idle[t.id].Add(-1)
	return u
}

// forget removes an idle connection that ended.
func (t *Thread) forget(u *upstream) {
	list := t.idle[u.srv.Num]
	for i, x := range list {
		if x == u {
			copy(list[i:], list[i+1:])
			list[len(list)-1] = nil
			t.idle[u.srv.Num] = list[:len(list)-1]
			t.lowest[u.srv.Num] = min(t.lowest[u.srv.Num], len(list)-1)
			u.srv.Idle[t.id].Add(-1)
			return
		}
	}
}

// purgeIdle closes half of the connections that were idle all the time since
// the last purge.
func (t *Thread) purgeIdle() {
	left := t.parked[:0]
	for _, n := range t.parked {
		for range (t.lowest[n] + 1) / 2 {
			if len(t.idle[n]) == 0 {
				break
			}
			u := t.idle[n][0]
			t.forget(u)
			u.close()
		}
		t.lowest[n] = len(t.idle[n])
		if len(t.idle[n]) > 0 {
			left = append(left, n)
		}
	}
	t.parked = left
	if len(left) > 0 {
		t.SetTimer(&t.purge, t.Now()+purgeEvery)
	}
}

// closeIdle closes all idle connections, for a thread that ends.
func (t *Thread) closeIdle() {
	for _, n := range t.parked {
		for len(t.idle[n]) > 0 {
			u := t.idle[n][0]
			t.forget(u)
			u.close()
		}
	}
	t.parked = t.parked[:0]
}

// input implements side.
func (u *upstream) input(b []byte) int {
	if u.st == nil {
		// Bytes that nobody asked for: whatever they are, they must not become the
		// answer to the next request.
		u.th.forget(u)
		u.close()
		return len(b)
	}
	used := u.st.fromServer(b)
	if used < len(b) && u.st == nil && u.srv != nil && !u.link.closed() {
		// More than the answer came with it: not a connection to use again.
		u.th.forget(u)
		u.close()
	}
	return used
}

func (u *upstream) eof() {
	if u.st == nil {
		u.th.forget(u)
		u.close()
		return
	}
	u.st.serverEOF()
}

func (u *upstream) broken(errno syscall.Errno) {
	if u.srv == nil {
		return
	}
	if u.st == nil {
		u.th.forget(u)
		u.close()
		return
	}
	u.st.serverBroken(errno)
}

func (u *upstream) drained() {
	if u.st != nil {
		u.st.serverDrained()
	}
}

func (u *upstream) connected(errno syscall.Errno) {
	if u.st != nil {
		u.st.connected(errno)
	}
}

func (u *upstream) expired() {
	defer u.link.contain()
	if u.st != nil {
		u.st.serverTimeout()
	}
}

func (u *upstream) failed(reason any) {
	if u.st != nil {
		u.st.failed(reason)
		return
	}
	u.close()
}
