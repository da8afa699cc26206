package proxy

import (
	"sync/atomic"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// Frontend is where clients connect.
type Frontend struct {
	Name     string
	ID       int
	HTTP     bool
	Spec     *config.Proxy
	Timeouts Timeouts
	MaxConn  int64

	TCPConnection  rule.Set
	TCPSession     rule.Set
	TCPContent     rule.Set
	InspectRequest int64 // ns; 0: TCPContent does not wait
	HTTPRequest    rule.Set
	HTTPResponse   rule.Set
	HTTPAfter      rule.Set
	Redirect       rule.Set
	ForwardFor     *config.ForwardFor
	OriginalTo     *config.ForwardFor
	MonitorURI     string // "": none
	MonitorFail    rule.Tests
	CloseClient    bool // option httpclose: one request per connection
	ServerClose    bool // option http-server-close, of whatever backend
	OwnConns       *int // max-session-srv-conns; nil: 5
	ConnOptions
	SmartAccept    bool // tcp-smart-accept
	IdleOnResponse bool // idle-close-on-response
	ContStats      bool

	// Choose returns the backend of a stream whose request passed the rules; nil
	// when there is none.
	Choose func(*sample.Ctx) *Backend
	// Pending gives the work that is needed before Choose can tell; nil: never any.
	Pending func(*sample.Ctx) *sample.Proof

	CaptureCookie            *config.CookieCapture // nil: none
	ReqCaptures, ResCaptures *Captures             // nil: none

	UniqueID       *logs.Format // nil: requests have none
	UniqueIDHeader []byte       // for servers; nil: not told

	Output      *logs.Output
	DontLogNull bool
	config.Traits
	// CaseAdjust are the names of header fields that clients want in another case;
	// nil: none.
	CaseAdjust map[string]string
	LogASAP    bool

	Pages *Pages

	BadRequest LastInvalid

	SessRate Limiter // rate-limit sessions
	// Meter and ReqMeter are of sessions and requests; nil: no rule asks.
	Meter, ReqMeter *Meter
	Conns           Gauge
	Full            atomic.Bool  // at its limit: not accepting
	maxSet          atomic.Int64 // SetMaxConn, plus one; 0: never
	Loops           []Counters
	Listeners       []*Listener
}

// Socket is a listening socket and the name by which the master keeps it.
type Socket struct {
	Key string
	FD  int // -1: not open
}

// Listener is an address of a bind line, or one of its shards.
type Listener struct {
	Name    string
	LogName string // in lines about connections that fail before there is a session: the bind line's name, else the number
	ID      int
	Socket
	// Surplus are sockets that an earlier configuration has left: of the same address,
	// because it had more shards, or of an address within this one. They go on as
	// this listener's: closing one would reset the clients who are just connecting
	// to it.
	Surplus  []Socket
	Bind     *config.Bind
	Frontend *Frontend
	MaxConn  int64
	Backlog  int   // of listen(2)
	Threads  []int // the loops that watch it, in rising order; nil: all
	Nice     int   // of its connections, see config.Bind
	// What comes before the first byte of each connection, see config.Bind.
	AcceptProxy bool
	NetScaler   uint32
	Conns       Gauge
	Loops       []Counters  // nil without "option socket-stats"
	Full        atomic.Bool // at MaxConn: not accepting
}
