package proxy

import (
	"sync"
	"time"
)

// Admin is a set of reasons for which a server is kept from work, with the values
// of a state file (management guide 9.3, "show servers state").
type Admin uint8

// The reasons.
const (
	ForcedMaint    Admin = 1 << iota // asked for
	InheritedMaint                   // of the tracked server
	ConfigMaint                      // the configuration says "disabled"
	ForcedDrain
	InheritedDrain
	NoAddress // its name has no address

	AnyMaint = ForcedMaint | InheritedMaint | NoAddress
	AnyDrain = ForcedDrain | InheritedDrain
)

// Oper says what checks found of a server. Its zero value is that of a server
// that nobody checks.
type Oper uint8

// The states.
const (
	Running Oper = iota
	Stopped
	Stopping // no new sessions ("NOLB")
)

// Probe is what a server's health check or agent check found.
type Probe struct {
	Configured bool // the configuration has it
	Enabled    bool // and nobody disabled it
	Busy       bool // one is in progress
	Rise, Fall int
	Health     int    // from 0, down, to Rise+Fall-1
	Status     string // last result: L4OK, L7STS, ...; "": none yet
	Code       int
	Took       time.Duration
	Text       string // what was seen, when it says more than Status
}

// Up tells whether the checks let the server be used.
func (p *Probe) Up() bool { return !p.Enabled || p.Health >= p.Rise }

// HealthView is the health of a server at one moment.
type HealthView struct {
	Admin        Admin
	Oper         Oper
	Check, Agent Probe
	Tracks       *Server // nil: none
	Changed      time.Time
	DownFor      time.Duration // summed, without the current outage
	Fails        int64         // failed checks of a server that was up
	Downs        int64         // transitions to down
}

// Usable tells whether new sessions may go to the server.
func (h *HealthView) Usable() bool { return h.Admin&(AnyMaint|AnyDrain) == 0 && h.Oper == Running }

// Willing tells whether the server takes what persistence sends it: it may drain
// or stop, but works.
func (h *HealthView) Willing() bool { return h.Admin&AnyMaint == 0 && h.Oper != Stopped }

// Health is what is known of a server's health, by everybody.
type Health struct {
	mu sync.Mutex
	HealthView
}

// With runs f while nobody else reads or writes h.
func (h *Health) With(f func(h *HealthView)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f(&h.HealthView)
}

// Get returns a copy.
func (h *Health) Get() HealthView {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.HealthView
}
