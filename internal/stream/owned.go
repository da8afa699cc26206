package stream

import "github.com/sluice-proxy/sluice/internal/proxy"

// Connections to servers that one client alone may use, because of "http-reuse
// never", or because the server authenticates connections (NTLM). Between two
// requests they wait with the client's session, and end with it.

// keepOwn keeps a connection for the next request of its client, unless the
// client has as many as it may have ("max-session-srv-conns").
func (c *session) keepOwn(u *upstream) {
	t := u.th
	u.link.spent = true
	n := 0
	for x := c.own; x != nil; x = x.older {
		n++
	}
	if c.link.closed() || n >= c.fe.MaxOwn() || t.e.crowded() || u.stale() {
		u.close()
		return
	}
	u.link.paused = false
	t.ClearTimer(&u.timer)
	u.owner, u.older = c, c.own
	c.own = u
	u.srv.Loops[t.id].Private++
}

// disown removes a connection from those of the session.
func (c *session) disown(u *upstream) {
	for p := &c.own; *p != nil; p = &(*p).older {
		if *p == u {
			*p = u.older
			break
		}
	}
	u.owner, u.older = nil, nil
	u.srv.Loops[u.th.id].Private--
}

// ownTo takes the session's own connection to the stream's server.
func (c *session) ownTo(st *stream) *upstream {
	if c.own == nil {
		return nil
	}
	key := st.connKey()
	for u := c.own; u != nil; u = u.older {
		if u.srv == st.srv && u.key == string(key) {
			c.disown(u)
			u.link.spent = false
			return u
		}
	}
	return nil
}

// closeOwn ends those to a server, nil: all of them.
func (c *session) closeOwn(srv *proxy.Server) {
	for u := c.own; u != nil; {
		next := u.older
		if srv == nil || u.srv == srv {
			c.disown(u)
			u.close()
		}
		u = next
	}
}
