package stream

import "github.com/sluice-proxy/sluice/internal/proxy"

// park puts the connection into the pool of idle ones.
func (u *upstream) park() {
	t, n := u.th, u.srv.Num
	u.st, u.link.spent = nil, true
	if t.e.crowded() {
		u.close()
		return
	}
	u.link.paused = false
	t.ClearTimer(&u.timer)
	if !t.listed[n] {
		t.listed[n] = true
		t.parked = append(t.parked, n)
		t.lowest[n] = 0
		if t.purge.Due() == 0 {
			t.SetTimer(&t.purge, t.Now()+purgeEvery)
		}
	}
	t.idle[n] = append(t.idle[n], u)
	u.srv.Idle[t.id].Add(1)
	// More than were ever in use at a time are never needed; without a bound,
	// clients that send one request each would leave one each.
	if srv := u.srv; int64(len(t.idle[n])) > max(srv.ServedMax(), 1) {
		oldest := t.idle[n][0]
		t.forget(oldest)
		oldest.close()
	}
}

// unpark takes the most recently used idle connection of a server, nil without.
func (t *Thread) unpark(srv *proxy.Server) *upstream {
	list := t.idle[srv.Num]
	if len(list) == 0 {
		return nil
	}
	u := list[len(list)-1]
	u.link.spent = false
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
		if t.listed[n] = len(t.idle[n]) > 0; t.listed[n] {
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
		t.listed[n] = false
	}
	t.parked = t.parked[:0]
}
