package proxy

import (
	"net/netip"
	"sync"
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
	MaxConn int64 // streams at a time; 0: no limit
	MinConn int64 // the limit under low load; 0 or MaxConn: always MaxConn
	// MaxQueue is how many streams may wait for this very server; 0: any number.
	MaxQueue int64
	Weight   int // as configured, 0..256
	Backup   bool
	// SendProxy is the version of the PROXY protocol header that connections begin
	// with; 0: none. Such a connection is its client's alone.
	SendProxy int
	Multipath bool // connections are of multipath TCP

	// Conns counts the connections that are open, in use or idle.
	Conns atomic.Int64
	// Idle counts, per loop, the connections that wait for a request.
	Idle []atomic.Int64

	served Gauge // streams that hold a slot; written under the backend's lock
	waits  Gauge // streams in this server's own queue
	queue  waitList
	usable bool // up, weight not 0

	Loops  []Counters
	Health Health
}

// Served returns how many streams hold a slot of the server.
func (s *Server) Served() int64 { return s.served.Load() }

// ServedMax returns the most streams that held a slot at once.
func (s *Server) ServedMax() int64 { return s.served.Max(s.MaxConn) }

// Queued returns how many streams wait for this very server, and the most seen.
func (s *Server) Queued() (cur, most int64) { return s.waits.Load(), s.waits.Max(0) }

// HealthState is the state of a server's checks.
type HealthState uint8

// The states in which "show stat" shows a server.
const (
	Unchecked HealthState = iota
	Up
	Down
	Maintenance
)

// Health is what the checks know of a server.
type Health struct {
	mu      sync.Mutex
	State   HealthState
	Rise    int
	Fall    int
	Good    int // consecutive good checks while down
	Bad     int // consecutive bad checks while up
	Changed time.Time
	DownFor time.Duration // summed, without the current outage
	Fails   int64         // failed checks
	Downs   int64         // transitions to down
	Status  string        // last result: L4OK, L7STS, ...
	Code    int
	Took    time.Duration
	Desc    string
	Text    string // last check's extra information
}

// With runs f while nobody else reads or writes h.
func (h *Health) With(f func(h *Health)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f(h)
}

// Get returns a copy.
func (h *Health) Get() (c HealthView) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return HealthView{h.State, h.Rise, h.Fall, h.Good, h.Bad, h.Changed, h.DownFor, h.Fails, h.Downs, h.Status, h.Code, h.Took, h.Desc, h.Text}
}

// HealthView is a copy of Health at one moment.
type HealthView struct {
	State      HealthState
	Rise, Fall int
	Good, Bad  int
	Changed    time.Time
	DownFor    time.Duration
	Fails      int64
	Downs      int64
	Status     string
	Code       int
	Took       time.Duration
	Desc, Text string
}
