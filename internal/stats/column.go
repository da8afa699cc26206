package stats

import (
	"fmt"
	"strconv"
)

// kinds is a set of kinds of rows: the letters of the guide.
type kinds uint8

const (
	l kinds = 1 << Listener
	f kinds = 1 << Frontend
	b kinds = 1 << Backend
	s kinds = 1 << Server
)

// column is one of the static columns of guide 9.1. Exactly one of num and text is set.
type column struct {
	name string
	tags string // guide 9.2: origin, nature, scope, persistence, ":" and the type
	// backend is what tags are in the rows of backends, when they differ.
	backend string
	in      kinds
	// when narrows in: nil means always.
	when func(*Row) bool
	num  func(*Row) int64
	text func(*Row) string
}

func isHTTP(r *Row) bool    { return r.HTTP }
func isChecked(r *Row) bool { return r.Kind != Server || r.Check != nil }

// httpOrFrontend: a frontend counts requests in any mode.
func httpOrFrontend(r *Row) bool { return r.HTTP || r.Kind == Frontend }

func checkShown(r *Row) bool { return r.Check != nil && r.Check.Shown }
func agentShown(r *Row) bool { return r.Agent != nil && r.Agent.Shown }

// hadServers: the downtime of a backend is that of its servers.
func hadServers(r *Row) bool { return isChecked(r) && (r.Kind != Backend || r.Total > 0) }

// unlessZero leaves a limit that is not set empty.
func unlessZero(v int64) int64 {
	if v == 0 {
		return Unset
	}
	return v
}

// columns are in the order that tools rely on. What follows the "-" is not guaranteed by the guide.
var columns = []column{
	{name: "pxname", tags: "KNSV:str", in: l | f | b | s, text: func(r *Row) string { return r.Proxy }},
	{name: "svname", tags: "KNSV:str", in: l | f | b | s, text: (*Row).service},
	{name: "qcur", tags: "MGPV:u32", in: b | s, num: func(r *Row) int64 { return r.Queue }},
	{name: "qmax", tags: "MMPV:u32", in: b | s, num: func(r *Row) int64 { return r.QueueMax }},
	{name: "scur", tags: "MGPV:u32", in: l | f | b | s, num: func(r *Row) int64 { return r.Sessions }},
	{name: "smax", tags: "MMPV:u32", in: l | f | b | s, num: func(r *Row) int64 { return r.SessionsMax }},
	{name: "slim", tags: "CLPV:u32", in: l | f | b | s, num: func(r *Row) int64 {
		if r.Kind == Server {
			return unlessZero(r.SessionLimit)
		}
		return r.SessionLimit
	}},
	{name: "stot", tags: "MCPP:u64", in: l | f | b | s, num: func(r *Row) int64 { return r.SessionsTotal }},
	{name: "bin", tags: "MCPP:u64", in: l | f | b | s, num: func(r *Row) int64 { return r.BytesIn }},
	{name: "bout", tags: "MCPP:u64", in: l | f | b | s, num: func(r *Row) int64 { return r.BytesOut }},
	{name: "dreq", tags: "MCPP:u64", in: l | f | b, num: func(r *Row) int64 { return r.DeniedReq }},
	{name: "dresp", tags: "MCPP:u64", in: l | f | b | s, num: func(r *Row) int64 { return r.DeniedRes }},
	{name: "ereq", tags: "MCPP:u64", in: l | f, num: func(r *Row) int64 { return r.ReqErrors }},
	{name: "econ", tags: "MCPP:u64", in: b | s, num: func(r *Row) int64 { return r.ConnErrors }},
	{name: "eresp", tags: "MCPP:u64", in: b | s, num: func(r *Row) int64 { return r.ResErrors }},
	{name: "wretr", tags: "MCPP:u64", in: b | s, num: func(r *Row) int64 { return r.Retries }},
	{name: "wredis", tags: "MCPP:u64", in: b | s, num: func(r *Row) int64 { return r.Redispatches }},
	{name: "status", tags: "SGPV:str", in: l | f | b | s, text: func(r *Row) string { return r.Status }},
	{name: "weight", tags: "MaPV:u32", in: b | s, num: func(r *Row) int64 { return r.Weight }},
	{name: "act", tags: "SGPV:u32", backend: "MGPV:u32", in: b | s, num: func(r *Row) int64 { return r.Active }},
	{name: "bck", tags: "SGPV:u32", backend: "MGPV:u32", in: b | s, num: func(r *Row) int64 { return r.Backup }},
	{name: "chkfail", tags: "MCPP:u64", in: s, when: isChecked, num: func(r *Row) int64 { return r.Failures }},
	{name: "chkdown", tags: "MCPP:u64", in: b | s, when: isChecked, num: func(r *Row) int64 { return r.DownTransitions }},
	{name: "lastchg", tags: "MAPP:u32", in: b | s, num: func(r *Row) int64 { return r.LastChange }},
	{name: "downtime", tags: "MCPV:u32", in: b | s, when: hadServers, num: func(r *Row) int64 { return r.Downtime }},
	{name: "qlimit", tags: "CGSV:u32", in: s, num: func(r *Row) int64 { return unlessZero(r.QueueLimit) }},
	{name: "pid", tags: "KGPV:u32", in: l | f | b | s, num: func(*Row) int64 { return 1 }}, // the relative number of the process: there is one
	{name: "iid", tags: "KGSV:u32", in: l | f | b | s, num: func(r *Row) int64 { return int64(r.ProxyID) }},
	{name: "sid", tags: "KGSV:u32", in: l | f | b | s, num: func(r *Row) int64 { return int64(r.ID) }},
	{name: "throttle", tags: "MaPV:u32", in: s, num: func(r *Row) int64 { return unlessZero(r.Throttle) }},
	{name: "lbtot", tags: "MCPP:u64", in: b | s, num: func(r *Row) int64 { return r.Chosen }},
	{name: "tracked", tags: "CNSV:str", in: s, text: func(r *Row) string { return r.Tracked }},
	{name: "type", tags: "CGSV:u32", in: l | f | b | s, num: func(r *Row) int64 { return int64(r.Kind) }},
	{name: "rate", tags: "MRPP:u32", in: f | b | s, num: func(r *Row) int64 { return r.Rate }},
	{name: "rate_lim", tags: "CLPV:u32", in: f, num: func(r *Row) int64 { return r.RateLimit }},
	{name: "rate_max", tags: "MMPV:u32", backend: "MGPV:u32", in: f | b | s, num: func(r *Row) int64 { return r.RateMax }},
	{name: "check_status", tags: "MOPV:str", in: s, when: checkShown, text: func(r *Row) string { return r.Check.Status }},
	{name: "check_code", tags: "MOPV:u32", in: s, when: checkShown, num: func(r *Row) int64 { return r.Check.Code }},
	{name: "check_duration", tags: "MDPV:u64", in: s, when: checkShown, num: func(r *Row) int64 { return r.Check.Duration }},
	{name: "hrsp_1xx", tags: "MCPP:u64", in: f | b | s, when: isHTTP, num: func(r *Row) int64 { return r.Responses[0] }},
	{name: "hrsp_2xx", tags: "MCPP:u64", in: f | b | s, when: isHTTP, num: func(r *Row) int64 { return r.Responses[1] }},
	{name: "hrsp_3xx", tags: "MCPP:u64", in: f | b | s, when: isHTTP, num: func(r *Row) int64 { return r.Responses[2] }},
	{name: "hrsp_4xx", tags: "MCPP:u64", in: f | b | s, when: isHTTP, num: func(r *Row) int64 { return r.Responses[3] }},
	{name: "hrsp_5xx", tags: "MCPP:u64", in: f | b | s, when: isHTTP, num: func(r *Row) int64 { return r.Responses[4] }},
	{name: "hrsp_other", tags: "MCPP:u64", in: f | b | s, when: isHTTP, num: func(r *Row) int64 { return r.Responses[5] }},
	{name: "hanafail", in: 0, text: func(*Row) string { return "" }}, // the reference leaves it empty since 1.4
	{name: "req_rate", tags: "MRPP:u32", in: f, num: func(r *Row) int64 { return r.ReqRate }},
	{name: "req_rate_max", tags: "MMPV:u32", in: f, num: func(r *Row) int64 { return r.ReqRateMax }},
	{name: "req_tot", tags: "MCPP:u64", in: f | b | s, when: httpOrFrontend, num: func(r *Row) int64 { return r.Requests }},
	{name: "cli_abrt", tags: "MCPP:u64", in: b | s, num: func(r *Row) int64 { return r.ClientAborts }},
	{name: "srv_abrt", tags: "MCPP:u64", in: b | s, num: func(r *Row) int64 { return r.ServerAborts }},
	{name: "comp_in", tags: "MCPP:u64", in: f | b, num: func(r *Row) int64 { return r.CompIn }},
	{name: "comp_out", tags: "MCPP:u64", in: f | b, num: func(r *Row) int64 { return r.CompOut }},
	{name: "comp_byp", tags: "MCPP:u64", in: f | b, num: func(r *Row) int64 { return r.CompBypassed }},
	{name: "comp_rsp", tags: "MCPP:u64", in: f | b, num: func(r *Row) int64 { return r.CompRes }},
	{name: "lastsess", tags: "MAPP:s32", in: b | s, num: func(r *Row) int64 { return r.LastSession }},
	{name: "last_chk", tags: "MOPV:str", in: s, when: checkShown, text: func(r *Row) string { return r.Check.Last }},
	{name: "last_agt", tags: "MOPV:str", in: s, when: agentShown, text: func(r *Row) string { return r.Agent.Last }},
	{name: "qtime", tags: "MaPV:u32", in: b | s, num: func(r *Row) int64 { return r.QueueTime }},
	{name: "ctime", tags: "MaPV:u32", in: b | s, num: func(r *Row) int64 { return r.ConnectTime }},
	{name: "rtime", tags: "MaPV:u32", in: b | s, num: func(r *Row) int64 { return r.ResponseTime }},
	{name: "ttime", tags: "MaPV:u32", in: b | s, num: func(r *Row) int64 { return r.TotalTime }},
	{name: "agent_status", tags: "MOPV:str", in: s, when: agentShown, text: func(r *Row) string { return r.Agent.Status }},
	{name: "agent_code", tags: "MOPV:u32", in: s, when: agentShown, num: func(r *Row) int64 { return r.Agent.Code }},
	{name: "agent_duration", tags: "MDPV:u64", in: s, when: agentShown, num: func(r *Row) int64 { return r.Agent.Duration }},
	{name: "check_desc", tags: "MOPV:str", in: s, when: checkShown, text: func(r *Row) string { return r.Check.Desc }},
	{name: "agent_desc", tags: "MOPV:str", in: s, when: agentShown, text: func(r *Row) string { return r.Agent.Desc }},
	{name: "check_rise", tags: "CGSV:u32", in: s, when: checkShown, num: func(r *Row) int64 { return r.Check.Rise }},
	{name: "check_fall", tags: "CGSV:u32", in: s, when: checkShown, num: func(r *Row) int64 { return r.Check.Fall }},
	{name: "check_health", tags: "CGSV:u32", in: s, when: checkShown, num: func(r *Row) int64 { return r.Check.Health }},
	{name: "agent_rise", tags: "CGSV:u32", in: s, when: agentShown, num: func(r *Row) int64 { return r.Agent.Rise }},
	{name: "agent_fall", tags: "CGSV:u32", in: s, when: agentShown, num: func(r *Row) int64 { return r.Agent.Fall }},
	{name: "agent_health", tags: "CGSV:u32", in: s, when: agentShown, num: func(r *Row) int64 { return r.Agent.Health }},
	{name: "addr", tags: "CGSV:str", in: l | s, text: func(r *Row) string { return r.Address }},
	{name: "cookie", tags: "CNSV:str", in: b | s, when: isHTTP, text: func(r *Row) string { return r.Cookie }},
	{name: "mode", tags: "CGSV:str", in: l | f | b | s, text: func(r *Row) string { return r.Mode }},
	{name: "algo", tags: "CGSV:str", in: b, text: func(r *Row) string { return r.Algorithm }},
	{name: "conn_rate", tags: "MRPP:u32", in: f, num: func(r *Row) int64 { return r.ConnRate }},
	{name: "conn_rate_max", tags: "MMPV:u32", in: f, num: func(r *Row) int64 { return r.ConnRateMax }},
	{name: "conn_tot", tags: "MCPP:u64", in: l | f, num: func(r *Row) int64 { return r.Connections }},
	{name: "intercepted", tags: "MCPP:u64", in: f, when: isHTTP, num: func(r *Row) int64 { return r.Intercepted }},
	{name: "dcon", tags: "MCPP:u64", in: l | f, num: func(r *Row) int64 { return r.DeniedConn }},
	{name: "dses", tags: "MCPP:u64", in: l | f, num: func(r *Row) int64 { return r.DeniedSess }},
	{name: "wrew", tags: "MCPP:u64", in: l | f | b | s, num: func(r *Row) int64 { return r.FailedRewrites }},
	{name: "connect", tags: "MCPP:u64", in: b | s, num: func(r *Row) int64 { return r.Connects }},
	{name: "reuse", tags: "MCPP:u64", in: b | s, num: func(r *Row) int64 { return r.Reuses }},
	{name: "cache_lookups", tags: "MCPP:u64", in: f | b, when: isHTTP, num: func(r *Row) int64 { return r.CacheLookups }},
	{name: "cache_hits", tags: "MCPP:u64", in: f | b, when: isHTTP, num: func(r *Row) int64 { return r.CacheHits }},
	{name: "srv_icur", tags: "MGPV:u32", in: s, num: func(r *Row) int64 { return r.IdleConns }},
	{name: "src_ilim", tags: "CLPV:u32", in: s, num: func(r *Row) int64 { return r.IdleLimit }},
	{name: "qtime_max", tags: "MMPV:u32", in: b | s, num: func(r *Row) int64 { return r.QueueTimeMax }},
	{name: "ctime_max", tags: "MMPV:u32", in: b | s, num: func(r *Row) int64 { return r.ConnectTimeMax }},
	{name: "rtime_max", tags: "MMPV:u32", in: b | s, num: func(r *Row) int64 { return r.ResponseTimeMax }},
	{name: "ttime_max", tags: "MMPV:u32", in: b | s, num: func(r *Row) int64 { return r.TotalTimeMax }},
	{name: "eint", tags: "MCPP:u64", in: l | f | b | s, num: func(r *Row) int64 { return r.InternalErrors }},
	{name: "idle_conn_cur", tags: "MGPV:u32", in: s, num: func(r *Row) int64 { return r.UnsafeIdle }},
	{name: "safe_conn_cur", tags: "MGPV:u32", in: s, num: func(r *Row) int64 { return r.SafeIdle }},
	{name: "used_conn_cur", tags: "MGPV:u32", in: s, num: func(r *Row) int64 { return r.Used }},
	{name: "need_conn_est", tags: "MGPV:u32", in: s, num: func(r *Row) int64 { return r.Needed }},
	{name: "uweight", tags: "MaPV:u32", in: b | s, num: func(r *Row) int64 { return r.UserWeight }},
	{name: "agg_server_status", tags: "MGPV:u32", in: b, num: func(r *Row) int64 { return r.AggServers }},
	{name: "agg_server_check_status", tags: "MGPV:u32", in: b, num: func(r *Row) int64 { return r.AggChecks }},
	{name: "agg_check_status", tags: "MGPV:u32", in: b, num: func(r *Row) int64 { return r.AggCheckStatus }},
	{name: "srid", tags: "MCPV:u32", in: s, num: func(r *Row) int64 { return r.Revision }},
	{name: "sess_other", tags: "MCPV:u64", in: f, num: func(r *Row) int64 { return r.SessionsByProto[0] }},
	{name: "h1sess", tags: "MCPP:u64", in: f, num: func(r *Row) int64 { return r.SessionsByProto[1] }},
	{name: "h2sess", tags: "MCPP:u64", in: f, num: func(r *Row) int64 { return r.SessionsByProto[2] }},
	{name: "h3sess", tags: "MCPP:u64", in: f, num: func(r *Row) int64 { return r.SessionsByProto[3] }},
	{name: "req_other", tags: "MCPP:u64", in: f, num: func(r *Row) int64 { return r.RequestsByProto[0] }},
	{name: "h1req", tags: "MCPP:u64", in: f, num: func(r *Row) int64 { return r.RequestsByProto[1] }},
	{name: "h2req", tags: "MCPP:u64", in: f, num: func(r *Row) int64 { return r.RequestsByProto[2] }},
	{name: "h3req", tags: "MCPP:u64", in: f, num: func(r *Row) int64 { return r.RequestsByProto[3] }},
	{name: "proto", tags: "SGPV:str", in: l, text: func(r *Row) string { return r.Protocol }},
	{name: "priv_idle_cur", tags: "MGPV:u32", in: s, num: func(r *Row) int64 { return r.PrivateIdle }},
	{name: "-", in: l | f | b | s, text: func(*Row) string { return "-" }},
}

// typed returns the tags of a column in a row.
func (c *column) typed(r *Row) string {
	if r.Kind == Backend && c.backend != "" {
		return c.backend
	}
	return c.tags
}

// shown tells whether a column has a value in a row.
func (c *column) shown(r *Row) bool {
	return c.in&(1<<r.Kind) != 0 && (c.when == nil || c.when(r)) && (c.num == nil || c.num(r) != Unset)
}

// value writes what a column that is shown has in a row. counted adds the servers of a backend to its status, as the
// reference does when some of them are left out.
func (c *column) value(r *Row, counted bool) string {
	switch {
	case c.num != nil:
		return strconv.FormatInt(c.num(r), 10)
	case counted && c.name == "status" && r.Kind == Backend:
		return fmt.Sprintf("%s (%d/%d)", r.Status, r.Usable, r.Total)
	}
	return c.text(r)
}

func (r *Row) service() string {
	switch r.Kind {
	case Frontend:
		return "FRONTEND"
	case Backend:
		return "BACKEND"
	}
	return r.Name
}
