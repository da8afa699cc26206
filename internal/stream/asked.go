package stream

import (
	"cmp"
	"net/netip"

	"github.com/sluice-proxy/sluice/internal/logs"
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
	st.c.link.nice, st.c.niced = int16(n), true
	if st.up != nil {
		st.up.link.nice = int16(n)
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

// Peer implements sample.Actor.
func (st *stream) Peer() netip.AddrPort {
	if o := st.c.ends; o != nil {
		return o.src
	}
	return st.c.src
}

// Local implements sample.Actor.
func (st *stream) Local() netip.AddrPort {
	o := st.c.ends
	if o == nil {
		return st.c.LocalAddr()
	}
	if !o.dstKnown && !st.c.link.closed() {
		o.dst, o.dstKnown = st.th.net.local(int(st.c.link.fd)), true
	}
	return o.dst
}

// ProxyTimeout implements sample.Actor. A "listen" section is the backend until
// there is another; a frontend has no timeouts of backends.
func (st *stream) ProxyTimeout(which sample.Timeout, backend bool) (ns int64) {
	t := &st.fe.Timeouts
	switch {
	case backend && st.be != nil:
		t = &st.be.Timeouts
	case backend && !st.fe.Spec.Kind.IsBackend():
		return 0
	}
	switch which {
	case sample.TimeoutClient:
		ns = t.Client
	case sample.TimeoutConnect:
		ns = t.Connect
	case sample.TimeoutQueue:
		ns = cmp.Or(t.Queue, t.Connect)
	case sample.TimeoutServer:
		ns = t.Server
	case sample.TimeoutTarpit:
		ns = cmp.Or(t.Tarpit, t.Connect)
	case sample.TimeoutTunnel:
		ns = t.Tunnel
	}
	return ns
}

// LastRule implements sample.Actor.
func (st *stream) LastRule() (file string, line int) {
	if r := st.result.Last; r != nil {
		return r.Pos.File, r.Pos.Line
	}
	return "", 0
}

// WaitingRule implements sample.Actor.
func (st *stream) WaitingRule() (file string, line int) {
	r := st.result.Waiting
	if r == nil {
		r = st.waited
	}
	if r != nil && st.cause != 0 {
		return r.Pos.File, r.Pos.Line
	}
	return "", 0
}

// Listener implements sample.Actor.
func (st *stream) Listener() (id int, name string) { return st.c.ln.ID, st.c.ln.Name }

// Frontend implements sample.Actor.
func (st *stream) Frontend() (id int, defaultBackend string) {
	return st.fe.ID, st.fe.Spec.DefaultBackend
}

// Backend implements sample.Actor.
func (st *stream) Backend() int {
	if st.be == nil {
		return 0
	}
	return st.be.ID
}

// Process implements sample.Actor.
func (st *stream) Process() (conns int64, stopping bool) {
	return st.th.e.Conns.Load(), st.th.e.stopping.Load()
}

// ask prepares for what rules may ask, and ends what they asked of the stream
// before.
func (st *stream) ask() {
	c := st.c
	st.src = c.src
	st.ctx.Asked, st.ctx.Stream = sample.Asked{}, st
	if c.niced {
		c.link.nice, c.niced = int16(c.ln.Nice), false
	}
}

// settle keeps for the session what rules asked before there was a stream. Those
// of the session do not change what the connection is known by.
func (c *session) settle(st *stream, connection bool) {
	if st.src == c.src && !st.dstSet {
		return
	}
	if !connection {
		c.keepEnds()
	}
	if c.src = st.src; st.dstSet {
		c.dst, c.dstKnown = st.dst, true
	}
}

// ends are both ends of a connection, whatever the session is told they are.
type ends struct {
	src, dst netip.AddrPort
	dstKnown bool
}

// keepEnds keeps them before the session gets others.
func (c *session) keepEnds() {
	if c.ends == nil {
		c.ends = &ends{c.src, c.dst, c.dstKnown}
	}
}

// ClientMark implements sample.Actor.
func (st *stream) ClientMark(mark uint32) { st.th.net.mark(int(st.c.link.fd), mark) }

// ClientTOS implements sample.Actor.
func (st *stream) ClientTOS(tos int) { st.th.net.tos(int(st.c.link.fd), tos) }

// ServerMark implements sample.Actor.
func (st *stream) ServerMark(mark uint32) { st.packets.Mark, st.packets.HasMark = mark, true }

// ServerTOS implements sample.Actor.
func (st *stream) ServerTOS(tos int) { st.packets.TOS, st.packets.HasTOS = tos, true }

// Vanish implements sample.Actor.
func (st *stream) Vanish(ttl int) { st.c.link.vanish, st.c.link.ttl = true, int16(ttl) }

// Hint implements sample.Actor. Nothing is sent while rules run: that may end the
// stream.
func (st *stream) Hint(name, value []byte, more bool) {
	if st.req.Minor == 0 {
		return // HTTP/1.0 knows no such answers
	}
	b := st.hints
	if !st.hinting {
		b = append(b, "HTTP/1.1 103 Early Hints\r\n"...)
	}
	b = append(append(b, name...), ": "...)
	for _, ch := range value {
		if ch == '\r' || ch == '\n' || ch == 0 {
			ch = ' '
		}
		b = append(b, ch)
	}
	if b = append(b, "\r\n"...); !more {
		b = append(b, "\r\n"...)
	}
	st.hints, st.hinting = b, more
}

// sendHints sends the 103 responses that rules made; false means that the client
// is gone.
func (st *stream) sendHints() bool {
	if len(st.hints) == 0 {
		return true
	}
	b := st.hints
	if st.hinting { // a rule ended the set in between
		b = append(b, "\r\n"...)
	}
	st.hints, st.hinting = b[:0], false
	return st.toClient(b, nil)
}

// Log implements sample.Actor: it does not count as the stream's own line.
func (st *stream) Log(at sample.LogStep, profile string) {
	f := st.fe
	if f.Output.Silent() || st.th.sink == nil {
		return
	}
	if level, ok := st.level(); ok {
		st.fill(true)
		st.entry.Partial, st.entry.Origin = false, logs.OriginHTTPReq+logs.Origin(at)
		st.th.sink.LogProfile(f.Output, st.th.e.hub.Profile(profile), level, &st.entry, &st.ctx)
	}
}
