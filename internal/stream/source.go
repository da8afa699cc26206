package stream

import (
	"net/netip"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// portTries bounds the search for a port of a range: one that is free here may
// still be known to the kernel as that of an earlier connection to the same server.
const portTries = 10

// reach opens the connection of u from where "source" says. bound is false when that
// is what failed.
func (st *stream) reach(u *upstream, to *sys.Sockaddr) (fd int, errno syscall.Errno, bound bool) {
	src, t := st.srv.Source, st.th
	if src == nil {
		fd, errno = t.net.dial(st.srv, to, proxy.Origin{Packets: st.packets})
		return fd, errno, true
	}
	from := st.origin(src)
	if src.Ports == nil || from.Foreign {
		fd, errno = t.net.dial(st.srv, to, from)
		return fd, errno, !from.Addr.IsValid() || !noSource(errno)
	}
	for range portTries {
		port, ok := src.Ports.Take()
		if !ok {
			return -1, syscall.EADDRINUSE, false
		}
		from.Addr = netip.AddrPortFrom(from.Addr.Addr(), port)
		if fd, errno = t.net.dial(st.srv, to, from); errno == 0 || errno == syscall.EINPROGRESS {
			u.port = port
			return fd, errno, true
		}
		src.Ports.Give(port)
		if errno != syscall.EADDRINUSE && errno != syscall.EADDRNOTAVAIL {
			break
		}
	}
	return -1, errno, !noSource(errno)
}

// noSource tells the errors of an address that cannot be bound to.
func noSource(errno syscall.Errno) bool {
	switch errno {
	case syscall.EADDRINUSE, syscall.EADDRNOTAVAIL, syscall.EINVAL, syscall.EAFNOSUPPORT, syscall.EACCES, syscall.EPERM:
		return true
	}
	return false
}

// origin is where the stream's connection to its server is to come from.
func (st *stream) origin(src *proxy.Source) proxy.Origin {
	o := proxy.Origin{Addr: src.From, Device: src.Interface, Packets: st.packets}
	foreign := netip.AddrPort{}
	client := netip.AddrPortFrom(st.src.Addr().Unmap(), st.src.Port())
	switch src.Use {
	case config.UseAddress:
		foreign = src.UseFrom
	case config.UseClient:
		foreign = client
	case config.UseClientIP:
		foreign = netip.AddrPortFrom(client.Addr(), 0)
	case config.UseHeader:
		if ip, ok := netip.AddrFromSlice(st.names[src.Header-1]); ok {
			foreign = netip.AddrPortFrom(ip.Unmap(), 0)
		}
	}
	if foreign.IsValid() { // a client of a UNIX socket has none, a request may lack the header
		o.Addr, o.Foreign = foreign, true
	}
	return o
}

// unbound reports, at most once a second, that the source address is not to be had.
func (st *stream) unbound() {
	kind := "source"
	if st.srv.Source.Use != config.UseOwn {
		kind = "tproxy source"
	}
	st.th.e.seldom("Cannot bind to %s address before connect() for backend %s. Aborting.", kind, st.be.Name)
}
