package worker

import (
	"net/netip"
	"time"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/stats"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// collectBatch is how many counters a loop copies without a pause.
const collectBatch = 256

// Rows implements stats.Source: proxies in the order of the configuration.
func (s *service) Rows(yield func(*stats.Row) bool) {
	fes := map[*config.Proxy]*proxy.Frontend{}
	bes := map[*config.Proxy]*proxy.Backend{}
	for _, fe := range s.run.Frontends {
		fes[fe.Spec] = fe
	}
	for _, be := range s.run.Backends {
		if !be.Spec.Disabled {
			bes[be.Spec] = be
		}
	}
	now := time.Now()
	for _, p := range s.run.Spec.Proxies {
		var from []*proxy.Counters // of this proxy, in the order of its rows
		fe, be := fes[p], bes[p]
		var rows []*stats.Row
		if fe != nil {
			rows = append(rows, s.frontendRow(fe))
			from = append(from, nil)
		}
		if fe != nil {
			for _, ln := range fe.Listeners {
				if ln.Loops != nil {
					rows = append(rows, s.listenerRow(ln))
					from = append(from, nil)
				}
			}
		}
		if be != nil {
			for range be.Servers {
				from = append(from, nil)
			}
			from = append(from, nil)
		}
		s.sum(fe, be, from, now.UnixNano())
		if be != nil {
			for _, srv := range be.Servers {
				rows = append(rows, s.serverRow(srv, now))
			}
			rows = append(rows, s.backendRow(be, now))
		}
		for i, r := range rows {
			count(r, from[i], now)
			if !yield(r) {
				return
			}
		}
	}
}

// sum fills in the counters of a proxy's rows: frontend, servers, backend.
func (s *service) sum(fe *proxy.Frontend, be *proxy.Backend, into []*proxy.Counters, now int64) {
	var loops [][]proxy.Counters
	if fe != nil {
		loops = append(loops, fe.Loops)
		for _, ln := range fe.Listeners {
			if ln.Loops != nil {
				loops = append(loops, ln.Loops)
			}
		}
	}
	if be != nil {
		for _, srv := range be.Servers {
			loops = append(loops, srv.Loops)
		}
		loops = append(loops, be.Loops)
	}
	for i := range into {
		into[i] = &proxy.Counters{}
	}
	for at := 0; at < len(loops); at += collectBatch {
		part := loops[at:min(at+collectBatch, len(loops))]
		s.engine.Collect(time.Second, func(thread int) {
			for i := range part {
				into[at+i].Add(&part[i][thread], now)
			}
		})
	}
}

// count copies what was counted into a row.
func count(r *stats.Row, c *proxy.Counters, now time.Time) {
	ns := now.UnixNano()
	r.SessionsTotal, r.BytesIn, r.BytesOut = c.Sessions, c.BytesIn, c.BytesOut
	r.DeniedReq, r.DeniedRes, r.DeniedConn, r.DeniedSess, r.FailedRewrites = c.DeniedReq, c.DeniedRes, c.DeniedConn, c.DeniedSess, c.Unfit
	r.ReqErrors, r.ConnErrors, r.ResErrors = c.ReqErrors, c.ConnErrors, c.ResErrors
	r.Retries, r.Redispatches, r.Chosen = c.Retries, c.Redispatches, c.Chosen
	r.Rate, r.RateMax = c.Rate.PerSecond(ns), c.Rate.Max()
	r.ReqRate, r.ReqRateMax, r.Requests = c.ReqRate.PerSecond(ns), c.ReqRate.Max(), c.Requests
	r.ConnRate, r.ConnRateMax, r.Connections = c.ConRate.PerSecond(ns), c.ConRate.Max(), c.Connections
	r.Responses = [6]int64{c.Status[1], c.Status[2], c.Status[3], c.Status[4], c.Status[5], c.Status[0]}
	r.ClientAborts, r.ServerAborts, r.Intercepted = c.ClientAborts, c.ServerAborts, c.Intercepted
	r.Connects, r.Reuses, r.InternalErrors = c.Connects, c.Reuses, c.Failed
	r.SafeIdle, r.UnsafeIdle, r.PrivateIdle = c.Proven, max(r.IdleConns-c.Proven, 0), c.Private
	r.Used = max(r.Used-c.Private, 0)
	r.LastSession = -1
	if c.LastSession > 0 {
		r.LastSession = max(ns-c.LastSession, 0) / 1e9
	}
	r.QueueTime, r.ConnectTime = c.QueueTime.Value(), c.ConnectTime.Value()
	r.ResponseTime, r.TotalTime = c.ResponseTime.Value(), c.TotalTime.Value()
	r.RequestsByProto[1] = c.Requests
	r.SessionsByProto[1] = c.Connections
	if !r.HTTP {
		r.RequestsByProto, r.SessionsByProto = [4]int64{}, [4]int64{c.Connections}
	}
}

func (s *service) frontendRow(fe *proxy.Frontend) *stats.Row {
	r := &stats.Row{Kind: stats.Frontend, Proxy: fe.Name, ProxyID: fe.ID, HTTP: fe.HTTP, Mode: fe.Spec.Mode.String(), Status: "OPEN"}
	r.Sessions, r.SessionsMax, r.SessionLimit = fe.Conns.Load(), fe.Conns.Max(fe.Limit()), fe.Limit()
	r.RateLimit = fe.SessRate.Max
	switch {
	case s.isDraining():
		r.Status = "STOP"
	case s.isPaused(fe):
		r.Status = "PAUSED"
	case fe.Full.Load():
		r.Status = "FULL"
	}
	return r
}

// listenerRow is of a socket of a frontend with "option socket-stats".
func (s *service) listenerRow(ln *proxy.Listener) *stats.Row {
	fe, a := ln.Frontend, ln.Bind.Address
	r := &stats.Row{Kind: stats.Listener, Proxy: fe.Name, ProxyID: fe.ID, Name: ln.Name, ID: ln.ID, HTTP: fe.HTTP, Mode: fe.Spec.Mode.String(), Status: "OPEN"}
	r.Sessions, r.SessionsMax, r.SessionLimit = ln.Conns.Load(), ln.Conns.Max(ln.MaxConn), ln.MaxConn
	switch a.Family {
	case config.AFUnix:
		r.Address, r.Protocol = "unix", "unix_stream"
	case config.AFAbns, config.AFAbnsz:
		r.Address, r.Protocol = "unix", "abns_stream"
	default:
		at := sys.LocalAddr(ln.FD) // of an inherited descriptor too
		r.Address, r.Protocol = at.String(), "tcpv4"
		if at.Addr().Is6() {
			r.Protocol = "tcpv6"
		}
	}
	switch {
	case s.isDraining():
		r.Status = "STOP"
	case ln.Full.Load() || fe.Full.Load():
		r.Status = "FULL"
	}
	return r
}

func (s *service) backendRow(be *proxy.Backend, now time.Time) *stats.Row {
	r := &stats.Row{Kind: stats.Backend, Proxy: be.Name, ProxyID: be.ID, HTTP: be.HTTP, Mode: be.Spec.Mode.String(), Algorithm: be.Spec.Balance.Algorithm, Status: "UP"}
	if be.Cookie != nil {
		r.Cookie = be.Cookie.Name
	}
	if r.Algorithm == "" {
		r.Algorithm = "roundrobin"
	}
	active, backup := be.Usable()
	r.Weight, r.UserWeight = weightInUse(be, active > 0)
	r.Active, r.Backup = int64(active), int64(backup)
	r.Usable, r.Total = active+backup, len(be.Servers)
	r.Sessions, r.SessionsMax, r.SessionLimit = be.Conns.Load(), be.Conns.Max(0), be.Fullconn
	r.Queue, r.QueueMax = be.Queued()
	downs, downtime := be.Downtime()
	r.DownTransitions, r.Downtime = downs, int64(downtime/time.Second)
	r.LastChange = int64(now.Sub(be.Started) / time.Second)
	if r.Usable == 0 && r.Total > 0 {
		r.Status = "DOWN"
	}
	if be.Unpublished {
		r.Status += " (UNPUB)"
	}
	return r
}

// weightInUse is the sum of what serves: the usable active servers, or without
// one the first usable backup, or all of them; as they are, and without slow starts.
func weightInUse(be *proxy.Backend, active bool) (sum, user int64) {
	for _, srv := range be.Servers {
		h := srv.Health.Get()
		if srv.Backup == active || srv.UserWeight() == 0 || !h.Usable() {
			continue
		}
		sum += int64(be.Weight(srv))
		user += int64(srv.UserWeight())
		if !active && !be.AllBackups {
			break
		}
	}
	return sum, user
}

func (s *service) serverRow(srv *proxy.Server, now time.Time) *stats.Row {
	be := srv.Backend
	r := &stats.Row{Kind: stats.Server, Proxy: be.Name, ProxyID: be.ID, Name: srv.Name, ID: srv.ID, HTTP: be.HTTP, Mode: be.Spec.Mode.String(),
		Address: addrText(srv.Addr), Weight: int64(be.Weight(srv)), UserWeight: int64(srv.UserWeight()), Throttle: stats.Unset, IdleLimit: stats.Unset}
	if srv.Path != "" {
		r.Address = "unix"
	}
	r.Cookie = srv.Cookie
	if percent, starting := srv.Throttle(); starting {
		r.Throttle = int64(percent)
	}
	if srv.Backup {
		r.Backup = 1
	} else {
		r.Active = 1
	}
	r.Sessions, r.SessionsMax, r.SessionLimit = srv.Served(), srv.ServedMax(), srv.Limit()
	r.Queue, r.QueueMax = srv.Queued()
	r.QueueLimit = srv.MaxQueue
	r.IdleConns, r.Needed = srv.IdleConns(), srv.Needed()
	r.Used = max(srv.Conns.Load()-r.IdleConns, 0)
	if srv.IdleMax > 0 || srv.NoPool && srv.Purge > 0 {
		r.IdleLimit = srv.IdleMax
	}
	h := srv.Health.Get()
	s.health(r, srv, &h, now)
	return r
}

// ProxyID implements cli.Worker.
func (s *service) ProxyID(name string) (int, bool) {
	for _, fe := range s.run.Frontends {
		if fe.Name == name {
			return fe.ID, true
		}
	}
	for _, be := range s.run.Backends {
		if be.Name == name {
			return be.ID, true
		}
	}
	return 0, false
}

func (s *service) isDraining() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.draining
}

// addrText is "" for no address.
func addrText(a netip.AddrPort) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}
