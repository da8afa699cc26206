package stream

import (
	"syscall"

	"github.com/sluice-proxy/sluice/internal/codec/socks4"
)

// A server behind a SOCKS4 proxy ("socks4" of the server line): the connection goes to
// that proxy, which is asked for one to the server. Nothing else goes out before it
// has granted that.

// askSocks asks for the connection to the server.
func (st *stream) askSocks() {
	to := st.srv.Addr
	if st.srv.Mapped() {
		to = st.mappedAddr()
	}
	b, err := socks4.AppendRequest(st.th.Out[:0], to)
	if err != nil || !st.up.link.send(b) {
		st.connectFailed(syscall.EHOSTUNREACH)
	}
}

// socksReply reads what the proxy says while the stream waits for its connection.
func (st *stream) socksReply(b []byte) (used int) {
	n, err := socks4.ParseReply(b)
	switch {
	case err != nil:
		st.connectFailed(syscall.ECONNREFUSED)
		return len(b)
	case n == 0:
		return 0
	}
	u := st.up
	u.socks = false
	st.observeConnect(true)
	st.announce()
	st.withRest(st.established)
	if n < len(b) && st.up == u { // a server that speaks first
		return n + st.fromServer(b[n:])
	}
	return n
}
