// Package stats shows what a worker counted: the rows of "show stat" and the fields of "show info" (management guide
// 9.1 and 9.3), each as a table of columns whose order and names scripts depend on.
//
// It knows nothing of the running objects. A Source hands out one Row for each frontend, backend, server and listener;
// a column says for which kinds it has a value and takes it out of the Row.
package stats

// Kind is what a row is about. The values are those of column "type".
type Kind uint8

// The kinds of rows.
const (
	Frontend Kind = iota
	Backend
	Server
	Listener
)

// Unset is the value of a number that has none: the column stays empty.
const Unset = -1 << 63

// Source hands out the rows: for each proxy its frontend, listeners, servers, backend, in the order of the
// configuration. The Row may be used again after yield has returned; false from yield ends the enumeration.
type Source interface {
	Rows(yield func(*Row) bool)
}

// Row is the counters of one object. Times are in the unit their comment says. A field counts only for the kinds that
// the table in column.go shows it for; the zero value of a number is 0, Unset leaves it empty.
type Row struct {
	Kind      Kind
	Proxy     string // pxname
	Name      string // svname of a server or listener
	ProxyID   int    // iid
	ID        int    // sid of a server or listener
	HTTP      bool   // the proxy's mode is http
	Mode      string // tcp, http
	Algorithm string // "balance" of a backend; "unknown" without one
	Cookie    string
	Address   string // addr: "127.0.0.1:80", "[::1]:80", "unix"
	Protocol  string // proto: tcpv4, tcpv6, unix_stream, abns_stream
	Tracked   string // "backend/server"

	// Status is column "status": OPEN, STOP, FULL, WAITING; UP, DOWN, NOLB, MAINT, DRAIN, "no check", "UP 1/3" ...
	Status string
	// Down and Maint classify a server's Status for "up" and "no-maint".
	Down, Maint bool
	// Total is the number of servers of a backend, Usable of those that take traffic, for "show stat up".
	Usable, Total int

	Queue, QueueMax, QueueLimit             int64 // requests; limit 0: none
	Sessions, SessionsMax, SessionLimit     int64 // limit: maxconn or fullconn; 0 on a server: none
	SessionsTotal, BytesIn, BytesOut        int64
	DeniedReq, DeniedRes                    int64
	DeniedConn, DeniedSess                  int64
	ReqErrors, ConnErrors, ResErrors        int64
	Retries, Redispatches                   int64
	Weight, UserWeight, Active, Backup      int64
	LastChange                              int64 // seconds since the last change of state
	Throttle                                int64 // percent while slow-starting; Unset otherwise
	Chosen                                  int64 // lbtot
	Rate, RateLimit, RateMax                int64 // sessions a second
	ReqRate, ReqRateMax, Requests           int64
	ConnRate, ConnRateMax, Connections      int64
	Responses                               [6]int64 // 1xx, 2xx, 3xx, 4xx, 5xx, other
	ClientAborts, ServerAborts, Intercepted int64
	CompIn, CompOut, CompBypassed, CompRes  int64
	LastSession                             int64 // seconds since the last session; -1: none yet
	QueueTime, ConnectTime                  int64 // averages, ms
	ResponseTime, TotalTime                 int64
	QueueTimeMax, ConnectTimeMax            int64 // ms
	ResponseTimeMax, TotalTimeMax           int64
	FailedRewrites, Connects, Reuses        int64
	CacheLookups, CacheHits                 int64
	InternalErrors                          int64
	IdleConns, IdleLimit                    int64 // IdleLimit Unset: none
	UnsafeIdle, SafeIdle, Used, Needed      int64
	PrivateIdle                             int64
	AggServers, AggChecks, AggCheckStatus   int64
	Revision                                int64    // srid
	SessionsByProto, RequestsByProto        [4]int64 // other, h1, h2, h3

	// Failures, DownTransitions and Downtime (seconds) are those of a checked server; the latter two also of a backend.
	Failures, DownTransitions, Downtime int64
	// Check is nil on a server without health checks, Agent without agent checks.
	Check, Agent *Check
}

// Check is the state of a server's health or agent check.
type Check struct {
	Shown    bool   // false while there is no result, or the check is paused by maintenance
	Status   string // L4OK, "* L7OK" while one is running, ...
	Code     int64  // of layers 5 to 7; Unset: none
	Duration int64  // ms; Unset: none
	Desc     string // what Status means
	Last     string // the last contents or error
	Rise     int64
	Fall     int64
	Health   int64 // 0 to Rise+Fall-1
}
