package sample

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/sluice-proxy/sluice/internal/hash"
)

// Fact is a number that a stream knows of itself.
type Fact uint8

// The facts. Times of the clock are nanoseconds since 1970; timers are milliseconds,
// -1 where a phase was not reached (manual 8.4).
const (
	FactStatus       Fact = iota // of the response as the client gets it, 0: none yet
	FactServerStatus             // as the server sent it, 0: none
	FactAccepted
	FactRequested
	FactHandshakeTime
	FactIdleTime
	FactRequestTime
	FactQueryTime
	FactQueueTime
	FactConnectTime
	FactResponseTime
	FactDataTime
	FactActiveTime
	FactTotalTime
	FactUserTime
	FactBytesIn  // from the client
	FactBytesOut // to the client
	FactServerBytesOut
	FactServerBytesIn
	FactClientAborted // before the end of the stream
	FactServerAborted
	FactBackendQueue
	FactServerQueue
	FactRetries
	FactRedispatched
	FactNumber // that tells it from others
	FactThread
	FactGroup
	FactListenerConns
	FactTroubled    // "error" of the manual's "when" and of "option dontlog-normal"
	FactForwarded   // a server was chosen for it
	FactCalls       // of its handlers
	FactCPU         // ns they took
	FactLatency     // ns they came late
	FactThreadUsage // percent
	FactGroupUsage
	FactUsage
)

// Kernel is what the kernel measured of a connection (TCP_INFO of Linux).
type Kernel struct {
	RTT, RTTVar                                         uint32 // µs
	Unacked, Sacked, Lost, Retrans, Fackets, Reordering uint32
}

// fact compiles a fetch of a fact.
func fact(f Fact) func([]Arg, *Scope) (Eval, error) {
	return ofStream(func(a Actor, s *Sample) bool { return s.setInt(a.Fact(f)) })
}

// factMean compiles a fetch of a fact for each call of a handler.
func factMean(f Fact) func([]Arg, *Scope) (Eval, error) {
	return ofStream(func(a Actor, s *Sample) bool { return s.setInt(a.Fact(f) / max(a.Fact(FactCalls), 1)) })
}

func factBool(f Fact) func([]Arg, *Scope) (Eval, error) {
	return ofStream(func(a Actor, s *Sample) bool { return s.setBool(a.Fact(f) != 0) })
}

// factDate compiles a fetch of a time of the clock, in seconds or the unit given.
func factDate(f Fact) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, _ *Scope) (Eval, error) {
		u, err := unit(a[0])
		if err != nil {
			return nil, err
		}
		return func(c *Ctx, s *Sample) bool { return c.Stream != nil && s.setInt(c.Stream.Fact(f)/u) }, nil
	}
}

// kernel compiles a fetch of what the kernel measured of the client's connection.
func kernel(get func(k *Kernel) uint32) func([]Arg, *Scope) (Eval, error) {
	return ofStream(func(a Actor, s *Sample) bool {
		k, ok := a.Kernel(false)
		return ok && s.setInt(int64(get(&k)))
	})
}

// kernelTime is kernel for a duration, in milliseconds or the unit given.
func kernelTime(server bool, get func(k *Kernel) uint32) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, _ *Scope) (Eval, error) {
		if a[0].Set && a[0].Text != "us" && a[0].Text != "ms" {
			return nil, fmt.Errorf("expects 'us' or 'ms', got '%s'", a[0].Text)
		}
		div := int64(1000)
		if a[0].Text == "us" {
			div = 1
		}
		return func(c *Ctx, s *Sample) bool {
			if c.Stream == nil {
				return false
			}
			k, ok := c.Stream.Kernel(server)
			return ok && s.setInt(int64(get(&k))/div)
		}, nil
	}
}

func kernelRTT(k *Kernel) uint32        { return k.RTT }
func kernelRTTVar(k *Kernel) uint32     { return k.RTTVar }
func kernelUnacked(k *Kernel) uint32    { return k.Unacked }
func kernelSacked(k *Kernel) uint32     { return k.Sacked }
func kernelLost(k *Kernel) uint32       { return k.Lost }
func kernelRetrans(k *Kernel) uint32    { return k.Retrans }
func kernelFackets(k *Kernel) uint32    { return k.Fackets }
func kernelReordering(k *Kernel) uint32 { return k.Reordering }

// serverEnd compiles a fetch of an end of the connection to the server.
func serverEnd(local bool, get func(a netip.AddrPort, s *Sample) bool) func([]Arg, *Scope) (Eval, error) {
	return ofStream(func(a Actor, s *Sample) bool {
		l, r := a.ServerEnds()
		if local {
			r = l
		}
		return r.IsValid() && get(r, s)
	})
}

func endIP(a netip.AddrPort, s *Sample) bool   { return s.setIP(a.Addr().Unmap()) }
func endPort(a netip.AddrPort, s *Sample) bool { return s.setInt(int64(a.Port())) }

// ownAddress compiles a fetch that says whether an address is one of this machine's.
func ownAddress(get func(c *Ctx) netip.AddrPort) func([]Arg, *Scope) (Eval, error) {
	return from(func(c *Ctx, s *Sample) bool {
		a := get(c)
		return a.IsValid() && c.Stream != nil && s.setBool(c.Stream.Own(a.Addr().Unmap()))
	})
}

func peerOf(c *Ctx) (a netip.AddrPort) {
	if c.Stream != nil {
		a = c.Stream.Peer()
	}
	return a
}

func localOf(c *Ctx) (a netip.AddrPort) {
	if c.Stream != nil {
		a = c.Stream.Local()
	}
	return a
}

// fetchTermination gives the letters that say how the stream ended.
func fetchTermination(c *Ctx, s *Sample) bool {
	if c.Stream == nil {
		return false
	}
	b := c.bytes(2)
	if b == nil {
		return false
	}
	b[0], b[1] = c.Stream.Termination()
	for i := range b {
		if b[i] == 0 {
			b[i] = '-'
		}
	}
	return s.setStr(b)
}

// glitches counts what a peer did that the protocol leaves it free to do and that
// costs, or what was accepted although it breaks the rules.
func glitches(server bool) func([]Arg, *Scope) (Eval, error) {
	return ofStream(func(a Actor, s *Sample) bool {
		if server {
			if _, to := a.ServerEnds(); !to.IsValid() {
				return false
			}
		}
		return s.setInt(a.Glitches(server))
	})
}

// hash32 compiles a hash of what another fetch gives, to count pages by; with src,
// followed by the client's address.
func hash32(part func(c *Ctx, s *Sample) bool, src bool) func([]Arg, *Scope) (Eval, error) {
	return from(func(c *Ctx, s *Sample) bool {
		if !part(c, s) {
			return false
		}
		h := hash.Avalanche(hash.SDBM(s.Data))
		if !src {
			return s.setInt(int64(h))
		}
		a := c.Src.Addr().Unmap()
		if !a.IsValid() {
			return false
		}
		b := c.bytes(20)
		if b == nil {
			return false
		}
		out := binary.BigEndian.AppendUint32(b[:0], h)
		if a.Is4() {
			ip := a.As4()
			out = append(out, ip[:]...)
		} else {
			ip := a.As16()
			out = append(out, ip[:]...)
		}
		return s.setBin(c.keep(b, len(out)))
	})
}
