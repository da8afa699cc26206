package stats

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
	in   kinds
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
	{name: "pxname", in: l | f | b | s, text: func(r *Row) string { return r.Proxy }},
	{name: "svname", in: l | f | b | s, text: (*Row).service},
	{name: "qcur", in: b | s, num: func(r *Row) int64 { return r.Queue }},
	{name: "qmax", in: b | s, num: func(r *Row) int64 { return r.QueueMax }},
	{name: "scur", in: l | f | b | s, num: func(r *Row) int64 { return r.Sessions }},
	{name: "smax", in: l | f | b | s, num: func(r *Row) int64 { return r.SessionsMax }},
	{name: "slim", in: l | f | b | s, num: func(r *Row) int64 {
		if r.Kind == Server {
			return unlessZero(r.SessionLimit)
		}
		return r.SessionLimit
	}},
	{name: "stot", in: l | f | b | s, num: func(r *Row) int64 { return r.SessionsTotal }},
	{name: "bin", in: l | f | b | s, num: func(r *Row) int64 { return r.BytesIn }},
	{name: "bout", in: l | f | b | s, num: func(r *Row) int64 { return r.BytesOut }},
	{name: "dreq", in: l | f | b, num: func(r *Row) int64 { return r.DeniedReq }},
	{name: "dresp", in: l | f | b | s, num: func(r *Row) int64 { return r.DeniedRes }},
	{name: "ereq", in: l | f, num: func(r *Row) int64 { return r.ReqErrors }},
	{name: "econ", in: b | s, num: func(r *Row) int64 { return r.ConnErrors }},
	{name: "eresp", in: b | s, num: func(r *Row) int64 { return r.ResErrors }},
	{name: "wretr", in: b | s, num: func(r *Row) int64 { return r.Retries }},
	{name: "wredis", in: b | s, num: func(r *Row) int64 { return r.Redispatches }},
	{name: "status", in: l | f | b | s, text: func(r *Row) string { return r.Status }},
	{name: "weight", in: b | s, num: func(r *Row) int64 { return r.Weight }},
	{name: "act", in: b | s, num: func(r *Row) int64 { return r.Active }},
	{name: "bck", in: b | s, num: func(r *Row) int64 { return r.Backup }},
	{name: "chkfail", in: s, when: isChecked, num: func(r *Row) int64 { return r.Failures }},
	{name: "chkdown", in: b | s, when: isChecked, num: func(r *Row) int64 { return r.DownTransitions }},
	{name: "lastchg", in: b | s, num: func(r *Row) int64 { return r.LastChange }},
	{name: "downtime", in: b | s, when: hadServers, num: func(r *Row) int64 { return r.Downtime }},
	{name: "qlimit", in: s, num: func(r *Row) int64 { return unlessZero(r.QueueLimit) }},
	{name: "pid", in: l | f | b | s, num: func(*Row) int64 { return 1 }}, // the relative number of the process: there is one
	{name: "iid", in: l | f | b | s, num: func(r *Row) int64 { return int64(r.ProxyID) }},
	{name: "sid", in: l | f | b | s, num: func(r *Row) int64 { return int64(r.ID) }},
	{name: "throttle", in: s, num: func(r *Row) int64 { return unlessZero(r.Throttle) }},
	{name: "lbtot", in: b | s, num: func(r *Row) int64 { return r.Chosen }},
	{name: "tracked", in: s, text: func(r *Row) string { return r.Tracked }},
	{name: "type", in: l | f | b | s, num: func(r *Row) int64 { return int64(r.Kind) }},
	{name: "rate", in: f | b | s, num: func(r *Row) int64 { return r.Rate }},
	{name: "rate_lim", in: f, num: func(r *Row) int64 { return r.RateLimit }},
	{name: "rate_max", in: f | b | s, num: func(r *Row) int64 { return r.RateMax }},
	{name: "check_status", in: s, when: checkShown, text: func(r *Row) string { return r.Check.Status }},
	{name: "check_code", in: s, when: checkShown, num: func(r *Row) int64 { return r.Check.Code }},
	{name: "check_duration", in: s, when: checkShown, num: func(r *Row) int64 { return r.Check.Duration }},
	{name: "hrsp_1xx", in: f | b | s, when: isHTTP, num: func(r *Row) int64 { return r.Responses[0] }},
	{name: "hrsp_2xx", in: f | b | s, when: isHTTP, num: func(r *Row) int64 { return r.Responses[1] }},
	{name: "hrsp_3xx", in: f | b | s, when: isHTTP, num: func(r *Row) int64 { return r.Responses[2] }},
	{name: "hrsp_4xx", in: f | b | s, when: isHTTP, num: func(r *Row) int64 { return r.Responses[3] }},
	{name: "hrsp_5xx", in: f | b | s, when: isHTTP, num: func(r *Row) int64 { return r.Responses[4] }},
	{name: "hrsp_other", in: f | b | s, when: isHTTP, num: func(r *Row) int64 { return r.Responses[5] }},
	{name: "hanafail", in: 0, text: func(*Row) string { return "" }}, // the reference leaves it empty since 1.4
	{name: "req_rate", in: f, num: func(r *Row) int64 { return r.ReqRate }},
	{name: "req_rate_max", in: f, num: func(r *Row) int64 { return r.ReqRateMax }},
	{name: "req_tot", in: f | b | s, when: httpOrFrontend, num: func(r *Row) int64 { return r.Requests }},
	{name: "cli_abrt", in: b | s, num: func(r *Row) int64 { return r.ClientAborts }},
	{name: "srv_abrt", in: b | s, num: func(r *Row) int64 { return r.ServerAborts }},
	{name: "comp_in", in: f | b, num: func(r *Row) int64 { return r.CompIn }},
	{name: "comp_out", in: f | b, num: func(r *Row) int64 { return r.CompOut }},
	{name: "comp_byp", in: f | b, num: func(r *Row) int64 { return r.CompBypassed }},
	{name: "comp_rsp", in: f | b, num: func(r *Row) int64 { return r.CompRes }},
	{name: "lastsess", in: b | s, num: func(r *Row) int64 { return r.LastSession }},
	{name: "last_chk", in: s, when: checkShown, text: func(r *Row) string { return r.Check.Last }},
	{name: "last_agt", in: s, when: agentShown, text: func(r *Row) string { return r.Agent.Last }},
	{name: "qtime", in: b | s, num: func(r *Row) int64 { return r.QueueTime }},
	{name: "ctime", in: b | s, num: func(r *Row) int64 { return r.ConnectTime }},
	{name: "rtime", in: b | s, num: func(r *Row) int64 { return r.ResponseTime }},
	{name: "ttime", in: b | s, num: func(r *Row) int64 { return r.TotalTime }},
	{name: "agent_status", in: s, when: agentShown, text: func(r *Row) string { return r.Agent.Status }},
	{name: "agent_code", in: s, when: agentShown, num: func(r *Row) int64 { return r.Agent.Code }},
	{name: "agent_duration", in: s, when: agentShown, num: func(r *Row) int64 { return r.Agent.Duration }},
	{name: "check_desc", in: s, when: checkShown, text: func(r *Row) string { return r.Check.Desc }},
	{name: "agent_desc", in: s, when: agentShown, text: func(r *Row) string { return r.Agent.Desc }},
	{name: "check_rise", in: s, when: checkShown, num: func(r *Row) int64 { return r.Check.Rise }},
	{name: "check_fall", in: s, when: checkShown, num: func(r *Row) int64 { return r.Check.Fall }},
	{name: "check_health", in: s, when: checkShown, num: func(r *Row) int64 { return r.Check.Health }},
	{name: "agent_rise", in: s, when: agentShown, num: func(r *Row) int64 { return r.Agent.Rise }},
	{name: "agent_fall", in: s, when: agentShown, num: func(r *Row) int64 { return r.Agent.Fall }},
	{name: "agent_health", in: s, when: agentShown, num: func(r *Row) int64 { return r.Agent.Health }},
	{name: "addr", in: l | s, text: func(r *Row) string { return r.Address }},
	{name: "cookie", in: b | s, when: isHTTP, text: func(r *Row) string { return r.Cookie }},
	{name: "mode", in: l | f | b | s, text: func(r *Row) string { return r.Mode }},
	{name: "algo", in: b, text: func(r *Row) string { return r.Algorithm }},
	{name: "conn_rate", in: f, num: func(r *Row) int64 { return r.ConnRate }},
	{name: "conn_rate_max", in: f, num: func(r *Row) int64 { return r.ConnRateMax }},
	{name: "conn_tot", in: l | f, num: func(r *Row) int64 { return r.Connections }},
	{name: "intercepted", in: f, when: isHTTP, num: func(r *Row) int64 { return r.Intercepted }},
	{name: "dcon", in: l | f, num: func(r *Row) int64 { return r.DeniedConn }},
	{name: "dses", in: l | f, num: func(r *Row) int64 { return r.DeniedSess }},
	{name: "wrew", in: l | f | b | s, num: func(r *Row) int64 { return r.FailedRewrites }},
	{name: "connect", in: b | s, num: func(r *Row) int64 { return r.Connects }},
	{name: "reuse", in: b | s, num: func(r *Row) int64 { return r.Reuses }},
	{name: "cache_lookups", in: f | b, when: isHTTP, num: func(r *Row) int64 { return r.CacheLookups }},
	{name: "cache_hits", in: f | b, when: isHTTP, num: func(r *Row) int64 { return r.CacheHits }},
	{name: "srv_icur", in: s, num: func(r *Row) int64 { return r.IdleConns }},
	{name: "src_ilim", in: s, num: func(r *Row) int64 { return unlessZero(r.IdleLimit) }},
	{name: "qtime_max", in: b | s, num: func(r *Row) int64 { return r.QueueTimeMax }},
	{name: "ctime_max", in: b | s, num: func(r *Row) int64 { return r.ConnectTimeMax }},
	{name: "rtime_max", in: b | s, num: func(r *Row) int64 { return r.ResponseTimeMax }},
	{name: "ttime_max", in: b | s, num: func(r *Row) int64 { return r.TotalTimeMax }},
	{name: "eint", in: l | f | b | s, num: func(r *Row) int64 { return r.InternalErrors }},
	{name: "idle_conn_cur", in: s, num: func(r *Row) int64 { return r.UnsafeIdle }},
	{name: "safe_conn_cur", in: s, num: func(r *Row) int64 { return r.SafeIdle }},
	{name: "used_conn_cur", in: s, num: func(r *Row) int64 { return r.Used }},
	{name: "need_conn_est", in: s, num: func(r *Row) int64 { return r.Needed }},
	{name: "uweight", in: b | s, num: func(r *Row) int64 { return r.UserWeight }},
	{name: "agg_server_status", in: b, num: func(r *Row) int64 { return r.AggServers }},
	{name: "agg_server_check_status", in: b, num: func(r *Row) int64 { return r.AggChecks }},
	{name: "agg_check_status", in: b, num: func(r *Row) int64 { return r.AggCheckStatus }},
	{name: "srid", in: s, num: func(r *Row) int64 { return r.Revision }},
	{name: "sess_other", in: f, num: func(r *Row) int64 { return r.SessionsByProto[0] }},
	{name: "h1sess", in: f, num: func(r *Row) int64 { return r.SessionsByProto[1] }},
	{name: "h2sess", in: f, num: func(r *Row) int64 { return r.SessionsByProto[2] }},
	{name: "h3sess", in: f, num: func(r *Row) int64 { return r.SessionsByProto[3] }},
	{name: "req_other", in: f, num: func(r *Row) int64 { return r.RequestsByProto[0] }},
	{name: "h1req", in: f, num: func(r *Row) int64 { return r.RequestsByProto[1] }},
	{name: "h2req", in: f, num: func(r *Row) int64 { return r.RequestsByProto[2] }},
	{name: "h3req", in: f, num: func(r *Row) int64 { return r.RequestsByProto[3] }},
	{name: "proto", in: l, text: func(r *Row) string { return r.Protocol }},
	{name: "priv_idle_cur", in: s, num: func(r *Row) int64 { return r.PrivateIdle }},
	{name: "-", in: l | f | b | s, text: func(*Row) string { return "-" }},
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
