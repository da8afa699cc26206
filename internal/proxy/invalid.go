package proxy

import (
	"net/netip"
	"sync/atomic"
)

// Invalid is a message that broke the rules of HTTP, kept to be looked at ("show
// errors").
type Invalid struct {
	Wall     int64  // when, in unix nanoseconds
	Event    uint64 // how many there were before, in the process
	Frontend *Frontend
	Backend  *Backend // nil: none was chosen
	Server   *Server  // nil: none was chosen
	Src      netip.AddrPort
	Pos      int // of the byte at fault
	Reason   string
	Data     []byte // what had come by then
	Room     int    // of the buffer that Data was in, without it
}

// LastInvalid keeps the last message of a kind.
type LastInvalid struct{ at atomic.Pointer[Invalid] }

// Keep replaces the message.
func (l *LastInvalid) Keep(m *Invalid) { l.at.Store(m) }

// Get returns the message, which nobody changes; nil: there was none.
func (l *LastInvalid) Get() *Invalid { return l.at.Load() }
