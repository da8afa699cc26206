package sample

import "net/netip"

// Asked is what rules ask of the stream they run in, beside what they do to its
// messages (manual 4.4).
type Asked struct {
	// LogLevel of its lines: 0 as usual, LogSilent none, else the level plus one.
	LogLevel int8
	Timeouts [timeouts]int64 // ns; 0: those of the proxies
}

// LogSilent is the level of a stream that is not logged.
const LogSilent = -1

// Timeout is one of those that "set-timeout" changes.
type Timeout uint8

// The timeouts.
const (
	TimeoutClient Timeout = iota
	TimeoutConnect
	TimeoutQueue
	TimeoutServer
	TimeoutTarpit
	TimeoutTunnel
	timeouts
)

// Actor is what actions act on at once.
type Actor interface {
	SetNice(n int)
	// SetSource and SetDestination replace the addresses of the client's connection.
	SetSource(a netip.AddrPort)
	SetDestination(a netip.AddrPort)
}
