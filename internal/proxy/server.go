package proxy

import (
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// Server is one server of a backend.
type Server struct {
	Name    string
	ID      int // as shown and configured
	Index   int // place in Backend.Servers
	Num     int // place among all servers of the process
	Backend *Backend
	Addr    netip.AddrPort // zero for a UNIX socket
	Path    string         // UNIX path or abns@ name, empty otherwise
	To      *sys.Sockaddr
	// MapIP and MapPort: the address, or the port, that the client connected to
	// takes the place of the server's, the port moved by PortShift.
	MapIP, MapPort bool
	PortShift      int
	MaxConn        int64 // streams at a time; 0: no limit
	MinConn        int64 // the limit under low load; 0 or MaxConn: always MaxConn
	// MaxQueue is how many streams may wait for this very server; 0: any number.
	MaxQueue int64
	Weight   int    // as configured, 0..256
	Cookie   string // the value that stands for it in cookies; "": none
	Redir    string // clients are sent there, with the path behind it; "": not
	Node     uint32 // its place in consistent hashing, see package balance
	// SlowStart is how long the server takes to reach its full share when it has come
	// back; 0: it has it at once.
	SlowStart time.Duration
	Backup    bool
	// SendProxy is the version of the PROXY protocol header that connections begin
	// with; 0: none.
	SendProxy int
	Announce  *Announcement // of version 2; nil: addresses only
	Pool
	Transport
	Multipath bool // connections are of multipath TCP
	// Referenced: rules or expressions of the configuration name the server, so that it
	// can neither go nor change its name.
	Referenced bool
	// Dynamic: it was added at run time.
	Dynamic bool
	// Moved counts how often the address changed, or the server left the backend:
	// connections from before serve no other request.
	Moved uint32

	// Conns counts the connections that are open, in use or idle.
	Conns atomic.Int64
	// Idle counts, per loop, the connections that wait for a request.
	Idle []atomic.Int64

	served Gauge        // streams that hold a slot; written under the backend's lock
	once   atomic.Int64 // the most of served before counters were cleared
	waits  Gauge        // streams in this server's own queue
	queue  waitList
	usable bool // up, weight not 0
	gone   bool // it has left the backend: nobody chooses it
	// changed is 1 more than the weight that was set at run time, 0 without.
	changed atomic.Int64
	maxSet  atomic.Int64 // likewise, of the limit
	warm    atomic.Int64 // since when it starts slowly, ns of the wall clock
	steps   atomic.Int64 // how far it came, of balance.Scale; 0: it does not start slowly
	heat    *time.Timer  // looks at it while it does
	cold    bool         // it was down: its next start is a slow one
	// Warmed, when set, is told of the end of a slow start.
	Warmed func()
	// Observe, when set, is told how the traffic of the server goes ("observe").
	Observe Observer

	Meter  *Meter // of sessions; nil: no rule asks
	Loops  []Counters
	Health Health
}

// Mapped tells whether the server's address depends on the client's connection.
func (s *Server) Mapped() bool { return s.MapIP || s.MapPort }

// Served returns how many streams hold a slot of the server.
func (s *Server) Served() int64 { return s.served.Load() }

// ServedMax returns the most streams that held a slot at once.
func (s *Server) ServedMax() int64 { return s.served.Max(s.Limit()) }

// Needed returns how many connections were ever needed at once, whatever was
// cleared since.
func (s *Server) Needed() int64 { return max(s.once.Load(), s.ServedMax()) }

// Queued returns how many streams wait for this very server, and the most seen.
func (s *Server) Queued() (cur, most int64) { return s.waits.Load(), s.waits.Max(0) }

// Observer judges a server by its traffic.
type Observer interface {
	// Connected is told of each attempt to connect, Answered of each answer: its
	// status, or 0 and what went wrong.
	Connected(srv *Server, ok bool)
	Answered(srv *Server, status int, fault string)
}
