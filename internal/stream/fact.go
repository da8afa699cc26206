package stream

import (
	"net/netip"

	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/sample"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// What samples ask of a stream: numbers, timers, both ends of its connections.

// Fact implements sample.Actor.
func (st *stream) Fact(f sample.Fact) int64 {
	switch f {
	case sample.FactStatus:
		if h := st.ctx.Res; h != nil {
			return int64(h.Status) // rules may have changed it
		}
		return int64(st.status)
	case sample.FactServerStatus:
		return int64(st.serverStatus)
	case sample.FactAccepted:
		return st.acceptWall()
	case sample.FactRequested:
		return st.firstWall
	case sample.FactBytesIn:
		return st.bytesIn
	case sample.FactBytesOut:
		return st.bytesOut
	case sample.FactServerBytesOut:
		sent, _ := st.serverBytes()
		return sent
	case sample.FactServerBytesIn:
		_, got := st.serverBytes()
		return got
	case sample.FactClientAborted:
		return number(st.clientGone)
	case sample.FactServerAborted:
		return number(st.serverGone)
	case sample.FactBackendQueue:
		return st.waiter.InBackend
	case sample.FactServerQueue:
		return st.waiter.InServer
	case sample.FactRetries:
		return int64(st.tries)
	case sample.FactRedispatched:
		return number(st.redisp)
	case sample.FactNumber:
		return int64(uint32(st.number))
	case sample.FactThread:
		return int64(st.th.id)
	case sample.FactGroup:
		if g := st.th.e.tune.Groups; g != nil {
			return int64(g[st.th.id])
		}
		return 0
	case sample.FactListenerConns:
		return st.c.ln.Conns.Load()
	case sample.FactCalls:
		return int64(st.taken().calls)
	case sample.FactCPU:
		return st.taken().cpu
	case sample.FactLatency:
		return st.taken().wait
	case sample.FactThreadUsage:
		return st.th.e.Usage(func(i int) bool { return i == st.th.id })
	case sample.FactGroupUsage:
		return st.th.e.Usage(st.th.group())
	case sample.FactUsage:
		return st.th.e.Usage(nil)
	case sample.FactTroubled:
		return number(st.troubled())
	case sample.FactForwarded:
		return number(st.last != nil)
	}
	var t logs.Timers
	st.timers(&t)
	switch f {
	case sample.FactHandshakeTime:
		return t.Th
	case sample.FactIdleTime:
		return t.Ti
	case sample.FactRequestTime:
		return t.TR
	case sample.FactQueryTime:
		return t.Tq
	case sample.FactQueueTime:
		return t.Tw
	case sample.FactConnectTime:
		return t.Tc
	case sample.FactResponseTime:
		return t.Tr
	case sample.FactDataTime:
		return t.Td
	case sample.FactActiveTime:
		return t.Ta
	case sample.FactUserTime:
		return t.Tu
	}
	return t.Tt
}

func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// acceptWall is when the connection was accepted; for a later request of it, when
// the wait for that began.
func (st *stream) acceptWall() int64 {
	if st.c.requests > 1 {
		return st.firstWall - st.idle
	}
	return st.c.acceptedWall
}

// Kernel implements sample.Actor.
func (st *stream) Kernel(server bool) (sample.Kernel, bool) {
	l := &st.c.link
	if server {
		if st.up == nil {
			return sample.Kernel{}, false
		}
		l = &st.up.link
	}
	if l.closed() {
		return sample.Kernel{}, false
	}
	return st.th.net.kernel(int(l.fd))
}

// ServerEnds implements sample.Actor.
func (st *stream) ServerEnds() (local, remote netip.AddrPort) {
	if st.last == nil {
		return local, remote
	}
	if st.up != nil && !st.up.link.closed() {
		return st.th.net.local(int(st.up.link.fd)), st.last.Addr
	}
	return st.source, st.last.Addr
}

// noteSource keeps the local end of the connection to the server for the log, which
// is written when the connection may be gone.
func (st *stream) noteSource() {
	if o := st.fe.Output; o != nil && o.ShowsSource() {
		st.source = st.th.net.local(int(st.up.link.fd))
	}
}

// Own implements sample.Actor.
func (st *stream) Own(a netip.Addr) bool { return sys.OwnAddress(a) }

// Termination implements sample.Actor.
func (st *stream) Termination() (cause, state byte) { return st.cause, st.state }
