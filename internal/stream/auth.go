package stream

import (
	"strings"

	"github.com/sluice-proxy/sluice/internal/proxy"
)

// noteAuth looks for a scheme that authenticates connections in place of
// requests: such a connection is its client's alone from now on, and the client
// has to come back to it.
func (st *stream) noteAuth() {
	name := "www-authenticate"
	if st.res.Status == 407 {
		name = "proxy-authenticate"
	}
	h := &st.res
	for i := h.Find(name, 0); i >= 0; i = h.Find(name, i+1) {
		scheme, _, _ := strings.Cut(string(h.Value(i)), " ")
		if strings.EqualFold(scheme, "NTLM") || strings.EqualFold(scheme, "Negotiate") {
			st.up.private, st.c.bound = true, true
			return
		}
	}
}

// lastServer is the server to which the client keeps a connection of its own and
// should return; nil: none.
func (st *stream) lastServer() *proxy.Server {
	if !st.be.PreferLast && !st.c.bound {
		return nil
	}
	for u := st.c.own; u != nil; u = u.older {
		if u.srv.Backend == st.be {
			return u.srv
		}
	}
	return nil
}
