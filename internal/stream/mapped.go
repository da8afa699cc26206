package stream

import (
	"net/netip"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// target is where the stream's connection to its server goes. Parts of the
// address that the configuration leaves open are those the client connected to
// (manual 4.2, "server"); nil: it connected to none.
func (st *stream) target() *sys.Sockaddr {
	if !st.srv.Mapped() {
		return st.srv.To
	}
	at := st.mappedAddr()
	if !at.IsValid() {
		return nil
	}
	return sys.InetSockaddr(at)
}

func (st *stream) mappedAddr() netip.AddrPort {
	srv, dst := st.srv, st.LocalAddr()
	ip, port := srv.Addr.Addr(), int(srv.Addr.Port())
	if srv.MapIP {
		ip = dst.Addr().Unmap()
	}
	if srv.MapPort {
		port = int(dst.Port()) + srv.PortShift
	}
	if !dst.IsValid() || port <= 0 || port > 65535 {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(ip, uint16(port))
}
