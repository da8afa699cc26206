package build

import (
	"net/netip"
	"sync/atomic"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// backend makes the running backend of p.
func (b *builder) backend(p *config.Proxy, id int) {
	be := &proxy.Backend{
		Name: p.Name, ID: id, HTTP: p.Mode == config.ModeHTTP, Spec: p,
		Timeouts: timeouts(&p.Timeouts), Retries: p.Retries, Redispatch: p.Redispatch, RetryOn: config.RetryConnFailure,
		ForwardFor: p.Options.ForwardFor, OriginalTo: p.Options.OriginalTo, CheckCache: p.Options.CheckCache && p.Mode == config.ModeHTTP, Traits: p.Options.Traits, ServerClose: p.Options.Conn != config.ConnKeepAlive,
		Reuse: p.Reuse, PretendKeepAlive: p.Options.PretendKeepAlive, ConnOptions: serverOptions(&p.Options.ConnOptions),
		SmartConnect: p.Options.SmartConnect || p.Mode == config.ModeHTTP && !p.Options.NoSmartConnect, PreferLast: p.Options.PreferLastServer, KeepAliveQueue: int64(p.Options.KeepAliveQueue), Persist: p.Options.Persist,
		AbortOnClose: p.Options.AbortOnClose || p.Mode == config.ModeHTTP && !p.Options.NoAbortOnClose,
		Pages:        b.pages(p), Loops: make([]proxy.Counters, b.r.Threads),
	}
	if p.Kind == config.KindBackend { // those of a listen section run in its frontend
		be.TCPContent = b.rules(p, "tcp-request content")
		be.InspectRequest = int64(p.InspectRequest)
	}
	be.TCPResponse, be.InspectResponse = b.rules(p, "tcp-response content"), int64(p.InspectResponse)
	if be.HTTP {
		be.RetryOn = p.RetryOn // without effect in TCP mode, conn-failure included
		be.HTTPRequest, be.HTTPResponse = b.rules(p, "http-request"), b.rules(p, "http-response")
		be.HTTPAfter = b.rules(p, "http-after-response")
		be.Redirect = b.rules(p, "redirect")
	}
	be.Output = b.output(p)
	if be.HTTP {
		be.Forwarded = b.forwarded(p)
		if be.CaseServer {
			be.CaseAdjust = b.spec.Global.CaseAdjust
		}
		b.nameHeader(be)
	}
	be.Unpublished = p.Disabled
	b.script(&p.Checks)
	be.UniqueID = b.uniqueIDFormat(p)
	used := map[int]bool{}
	for _, s := range p.Servers {
		used[s.ID] = true
	}
	next := 1
	for i, s := range p.Servers {
		srv := b.server(be, s, i)
		if srv.ID = s.ID; srv.ID == 0 {
			for used[next] {
				next++
			}
			srv.ID = next
			used[next] = true
		}
		next++ // a number that a server has by "id" leaves a gap, as in the reference
		be.Servers = append(be.Servers, srv)
	}
	b.balance(be, p)
	b.persistence(be, p)
	b.be[p.Name] = be
	b.r.Backends = append(b.r.Backends, be)
}

// server makes one server, its host name looked up.
func (b *builder) server(be *proxy.Backend, s *config.Server, index int) *proxy.Server {
	srv := &proxy.Server{
		Name: s.Name, Index: index, Num: b.r.serverNum(), Backend: be, MaxConn: int64(max(s.Maxconn, s.Minconn)), MinConn: int64(s.Minconn), MaxQueue: int64(s.Maxqueue), Weight: s.Weight, Backup: s.Backup,
		Idle: make([]atomic.Int64, b.r.Threads), Loops: make([]proxy.Counters, b.r.Threads),
	}
	switch {
	case s.SendProxyV2:
		srv.SendProxy = 2
		srv.Announce = b.announcement(be, s)
	case s.SendProxy:
		srv.SendProxy = 1
	}
	srv.Pool = pool(&s.Pool)
	srv.ConnName = b.connName(be, s)
	srv.Transport = b.transport(be, s)
	srv.SetKeyed()
	b.health(&srv.Health.HealthView, s)
	b.checkAddr(be, s)
	if h := b.spec.FindHealthCheck(s.HealthCheck); h != nil {
		b.script(&h.Proxy.Checks)
	}
	a := s.Address
	switch a.Family {
	case config.AFUnix, config.AFAbns, config.AFAbnsz:
		to, err := UnixSockaddr(a)
		if err != nil {
			b.alert(s.Pos, "server '%s' : %v", s.Name, err)
			return srv
		}
		srv.Path, srv.To = a.String(), to
		return srv
	}
	ip := a.IP
	if s.Host != "" {
		var ok bool
		if ip, ok = b.initAddr(be, s, srv); !ok {
			return srv
		}
	}
	srv.Addr = netip.AddrPortFrom(ip.Unmap(), uint16(a.Port))
	srv.Multipath = a.MPTCP
	srv.To = sys.InetSockaddr(srv.Addr)
	srv.MapIP = ip.IsUnspecified()
	if srv.MapPort = a.Port == 0 || a.PortOffset != 0; a.PortOffset == '-' {
		srv.PortShift = -a.Port
	} else if srv.MapPort {
		srv.PortShift = a.Port
	}
	srv.SetKeyed()
	return srv
}

// pool is what a server line says about idle connections.
func pool(p *config.PoolParams) proxy.Pool {
	return proxy.Pool{
		NoPool: p.MaxConn == 0 || p.PurgeDelay == 0, IdleMax: int64(max(p.MaxConn, 0)), IdleLow: int64(p.LowConn),
		Purge: int64(p.PurgeDelay), MaxUses: p.MaxReuse + 1,
	}
}

// UnixSockaddr makes the address of a UNIX endpoint. The names of abns@ are
// padded to the full size, those of abnsz@ end where they end.
func UnixSockaddr(a config.Address) (*sys.Sockaddr, error) {
	name := a.Path
	if a.Family == config.AFAbns {
		name += string(make([]byte, max(0, 107-len(name))))
	}
	return sys.UnixSockaddr(name, a.Family != config.AFUnix)
}
