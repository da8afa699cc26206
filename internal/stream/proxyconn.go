package stream

import "github.com/sluice-proxy/sluice/internal/codec/http1"

// "option http-use-proxy-header": clients that take the frontend for a proxy, and
// the proxies behind it, agree on their connections by Proxy-Connection. It is
// heeded and written beside Connection, so that whoever knows only one of them
// sees the same. Answers of our own have Connection only.

// noteProxied tells a request that is meant for a proxy.
func (st *stream) noteProxied() {
	if !st.fe.UseProxyHeader {
		return
	}
	if t := st.req.Target(); len(t) > 0 && t[0] != '/' && t[0] != '*' {
		st.proxied, st.ctx.Proxied = true, true
		st.req.HeedProxyConnection()
	}
}

// addConnection says what becomes of the connection that h goes out on.
func (st *stream) addConnection(h *http1.Head, value []byte) {
	h.Add(nameConnection, value)
	if st.proxied {
		h.Add(nameProxyConnection, value)
	}
}

var (
	nameConnection      = []byte("connection")
	nameProxyConnection = []byte("proxy-connection")
	valueClose          = []byte("close")
	valueKeep           = []byte("keep-alive")
)
