package stream

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"strconv"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// persist looks for the server that the stream belongs to: by use-server rules,
// then by a cookie (manual 4.2). It becomes what the stream asks its backend for.
func (st *stream) persist() {
	be, x := st.be, &st.ctx
	forced := be.Persist || len(be.ForcePersist) > 0 && be.ForcePersist.Hold(x)
	takes := (*proxy.Server).Willing
	if forced {
		takes = func(*proxy.Server) bool { return true }
	}
	if be.UseServer != nil {
		st.waiter.Want = be.UseServer(x, takes)
	}
	ignored := len(be.IgnorePersist) > 0 && be.IgnorePersist.Hold(x)
	switch {
	case st.http && (be.Cookie != nil || st.fe.CaptureCookie != nil):
		st.requestCookies(takes, ignored)
	case be.RDPCookie != "" && !ignored && st.waiter.Want == nil:
		st.rdpCookie(takes)
	}
}

// rdpCookie finds the server whose address a remote desktop's cookie holds: the
// IPv4 address and the port as decimal numbers of their bytes in memory order.
func (st *stream) rdpCookie(takes func(*proxy.Server) bool) {
	value, ok := sample.RDPCookie(st.ctx.Payload, st.be.RDPCookie)
	if !ok {
		return
	}
	ip, rest, ok := bytes.Cut(value, []byte{'.'})
	port, _, ok2 := bytes.Cut(rest, []byte{'.'})
	a, err := strconv.ParseUint(string(ip), 10, 32)
	p, err2 := strconv.ParseUint(string(port), 10, 16)
	if !ok || !ok2 || err != nil || err2 != nil {
		return
	}
	var b [4]byte
	binary.LittleEndian.PutUint32(b[:], uint32(a))
	addr := netip.AddrPortFrom(netip.AddrFrom4(b), uint16(p)>>8|uint16(p)<<8)
	for _, s := range st.be.Servers {
		if s.Addr == addr && takes(s) {
			st.waiter.Want = s
			return
		}
	}
}

// redirects: only these requests may be sent elsewhere.
func (st *stream) redirects() bool {
	return st.req.Method == http1.MethodGet || st.req.Method == http1.MethodHead
}

// redirectTo sends the client to a server by itself (manual 5.2, "redir").
func (st *stream) redirectTo(srv *proxy.Server) {
	st.keep = st.keeps()
	st.status, st.cause, st.state = 302, 'L', 'C'
	out := append(st.th.Out[:0], "HTTP/1.1 302 Found\r\nCache-Control: no-cache\r\nContent-length: 0\r\nLocation: "...)
	out = append(out, srv.Redir...)
	out = append(out, sample.PathAndQuery(&st.req)...)
	out = append(out, "\r\n"...)
	out = st.appendConnection(out)
	st.sendReply(append(out, "\r\n"...))
}
