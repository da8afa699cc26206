package proxy

import (
	"sync"
	"time"

	"github.com/sluice-proxy/sluice/internal/balance"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// Backend is a set of servers and what happens on the way to them.
type Backend struct {
	Name       string
	ID         int
	HTTP       bool
	Spec       *config.Proxy
	Timeouts   Timeouts
	Retries    int
	Redispatch int // 0: never; n>0: every n-th retry; n<0: the |n|-th from the last
	Servers    []*Server
	Fullconn   int64
	Persist    bool // option persist: who waits for a server waits on when it is down
	RetryOn    config.RetryOn

	HTTPRequest  rule.Set
	HTTPResponse rule.Set
	HTTPAfter    rule.Set
	Redirect     rule.Set
	ForwardFor   *config.ForwardFor
	OriginalTo   *config.ForwardFor
	Forwarded    *Forwarded // nil: off
	CheckCache   bool
	NameHeader   string // http-send-name-header, "": none
	NameLine     []byte // the line's beginning, as the servers want it written
	config.Traits
	CaseAdjust  map[string]string // likewise, of servers
	Output      *logs.Output      // of messages about it
	UniqueID    *logs.Format      // of its health checks; nil: they have none
	TCPContent  rule.Set
	TCPResponse rule.Set
	// InspectRequest and InspectResponse are how long these rules may wait, in ns.
	InspectRequest, InspectResponse int64
	ServerClose                     bool // one request per server connection
	// PretendKeepAlive: servers are not told that their connection will be closed.
	PretendKeepAlive bool
	Reuse            config.Reuse
	ConnOptions
	SmartConnect   bool           // tcp-smart-connect
	PreferLast     bool           // prefer-last-server
	ConnNames      []*sample.Expr // of its servers, each once
	KeepAliveQueue int64          // max-keep-alive-queue; -1: no limit
	AbortOnClose   bool           // a client that half-closes gives its request up
	Pages          *Pages
	BadResponse    LastInvalid

	Meter   *Meter // of sessions; nil: no rule asks
	Conns   Gauge
	Loops   []Counters
	Started time.Time

	// Stays: something below may send a stream to a server of its own.
	Stays         bool
	Cookie        *Cookie // nil: none
	DynamicCookie DynamicCookie
	// Unpublished: rules that choose a backend pass over it. Changed while no thread
	// runs.
	Unpublished   bool
	RDPCookie     string // persist rdp-cookie; "": not
	ForcePersist  rule.Tests
	IgnorePersist rule.Tests
	// UseServer returns the server of the first use-server rule that holds and whose
	// server ok accepts; nil without one.
	UseServer func(x *sample.Ctx, ok func(*Server) bool) *Server

	AllBackups bool // option allbackups
	Affinity   Affinity
	// Key computes what the algorithm chooses by; false: the request has none. It is
	// nil for algorithms that need nothing.
	Key func(*sample.Ctx) (hash uint32, ok bool)

	KeyInBody bool // Key may look into the bodies of POST

	named map[string]*Server // nil: nobody asks by name, see Index

	mu      sync.Mutex
	chooser chooser
	queue   waitList
	waits   Gauge
	pending int // streams in all queues: the servers' and this one
	seq     uint64
	ramps   bool // the limit of a server follows the load
	fickle  bool // the algorithm may choose another server for the same request
	nbAct   int  // usable servers that are no backups
	nbBck   int
	downAt  time.Time
	downed  time.Duration
	downs   int64
}

// Init is Prepare for an algorithm without parameters.
func (b *Backend) Init(algorithm string) error {
	return b.Prepare(balance.Params{Name: algorithm})
}

// Prepare prepares the backend once its servers are listed. All servers start in
// the state that their Health says.
func (b *Backend) Prepare(p balance.Params) error {
	if p.Name == "" {
		p.Name = "roundrobin"
	}
	b.fickle = !balance.Hashes(p.Name)
	b.Started = time.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.chooser.params = p
	for _, s := range b.Servers {
		b.ramps = b.ramps || s.ramps()
		b.setUsable(s, s.Health.Usable() && s.weight() > 0)
	}
	return b.choosers(p)
}

// Fickle says whether a stream without persistence is as well off on another
// server: there is one, and the algorithm does not insist.
func (b *Backend) Fickle() bool {
	if !b.fickle {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.nbAct > 1
}

// Algorithm returns the name of the balancing algorithm.
func (b *Backend) Algorithm() string { return b.chooser.params.Name }

// Usable returns the numbers of usable servers, active and backup.
func (b *Backend) Usable() (active, backup int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.nbAct, b.nbBck
}

// Queued returns how many streams wait for any server of the backend, and the
// most seen.
func (b *Backend) Queued() (cur, most int64) { return b.waits.Load(), b.waits.Max(0) }

// Downtime returns how often and how long no server was usable.
func (b *Backend) Downtime() (times int64, total time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	total = b.downed
	if !b.downAt.IsZero() {
		total += time.Since(b.downAt)
	}
	return b.downs, total
}

func (b *Backend) setUsable(s *Server, usable bool) {
	if s.usable == usable {
		return
	}
	s.usable = usable
	d := 1
	if !usable {
		d = -1
	}
	if s.Backup {
		b.nbBck += d
	} else {
		b.nbAct += d
	}
	if a := b.chooser.of(s); a != nil { // nil while they are being made, too
		w := 0
		if usable {
			w = b.share(s)
		}
		a.SetWeight(s.Index, w)
		b.loaded(s)
	}
	switch {
	case b.nbAct+b.nbBck == 0 && b.downAt.IsZero():
		b.downAt = time.Now()
		b.downs++
	case b.nbAct+b.nbBck > 0 && !b.downAt.IsZero():
		b.downed += time.Since(b.downAt)
		b.downAt = time.Time{}
	}
}
