package stream

import (
	"net/netip"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// What rules ask of a stream ("set-timeout", "set-nice", "set-src" and so on). It
// ends with the stream; what rules ask before there is one, the session keeps.

// timeout is one that rules may have set for this stream, else the proxy's.
func (st *stream) timeout(which sample.Timeout, usual int64) int64 {
	if ns := st.ctx.Timeouts[which]; ns > 0 {
		return ns
	}
	return usual
}

func (st *stream) clientTime() int64 {
	return st.timeout(sample.TimeoutClient, st.fe.Timeouts.Client)
}
func (st *stream) serverTime() int64 {
	return st.timeout(sample.TimeoutServer, st.be.Timeouts.Server)
}
func (st *stream) connectTime() int64 {
	return st.timeout(sample.TimeoutConnect, st.be.Timeouts.Connect)
}
func (st *stream) tunnelTime() int64 {
	return st.timeout(sample.TimeoutTunnel, st.be.Timeouts.Tunnel)
}

// queueTime is the time for a server, by default that for a connection to it.
func (st *stream) queueTime() int64 {
	usual := st.be.Timeouts.Queue
	if usual == 0 {
		usual = st.be.Timeouts.Connect
	}
	return st.timeout(sample.TimeoutQueue, usual)
}

// tarpitTime is how long a client is held back, as the proxy whose rule says so
// has it.
func (st *stream) tarpitTime() int64 {
	t := &st.fe.Timeouts
	usual := t.Tarpit
	if st.be != nil {
		t, usual = &st.be.Timeouts, st.be.Timeouts.Tarpit
	}
	if usual == 0 {
		usual = t.Connect
	}
	return st.timeout(sample.TimeoutTarpit, usual)
}

// SetNice implements sample.Actor.
func (st *stream) SetNice(n int) {
	st.c.link.nice, st.c.niced = n, true
	if st.up != nil {
		st.up.link.nice = n
	}
}

// SetSource implements sample.Actor.
func (st *stream) SetSource(a netip.AddrPort) { st.src = a }

// SetDestination implements sample.Actor.
func (st *stream) SetDestination(a netip.AddrPort) { st.dst, st.dstSet = a, true }

// LocalAddr is the address the client connected to, or is taken to have.
func (st *stream) LocalAddr() netip.AddrPort {
	if st.dstSet || st.c == nil {
		return st.dst
	}
	return st.c.LocalAddr()
}

// ask prepares for what rules may ask, and ends what they asked of the stream
// before.
func (st *stream) ask() {
	c := st.c
	st.src = c.src
	st.ctx.Asked, st.ctx.Stream = sample.Asked{}, st
	if c.niced {
		c.link.nice, c.niced = c.ln.Nice, false
	}
}

// settle keeps for the session what rules asked before there was a stream.
func (c *session) settle(st *stream) {
	if c.src = st.src; st.dstSet {
		c.dst, c.dstKnown = st.dst, true
	}
}
