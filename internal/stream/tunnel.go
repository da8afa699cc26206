package stream

import (
	"syscall"

	"github.com/sluice-proxy/sluice/internal/rule"
)

// startTCP runs the rules of a TCP session and takes it to a server.
func (st *stream) startTCP() {
	st.phase = phaseHead
	st.reqDone = true
	st.tHead = st.tFirst
	x := st.env()
	for _, set := range []rule.Set{st.fe.TCPConnection, st.fe.TCPContent} {
		if len(set) == 0 {
			continue
		}
		switch set.Run(x, &st.result) {
		case rule.Continue, rule.Accept:
		default:
			st.fe.Loops[st.th.id].DeniedReq++
			st.abort('P', 'R')
			return
		}
	}
	be := st.fe.Choose(x)
	if be == nil {
		st.abort('S', 'C')
		return
	}
	st.enter(be)
	st.c.link.pause()
	st.assign(nil)
}

// admit runs "tcp-request connection" in front of HTTP.
func (c *session) admit() bool {
	st := c.begin()
	st.env()
	switch c.fe.TCPConnection.Run(&st.ctx, &st.result) {
	case rule.Continue, rule.Accept:
		c.requests--
		c.st = nil
		c.fe.Loops[c.th.id].Sessions--
		st.phase = phaseDone
		st.free()
		return true
	}
	c.fe.Loops[c.th.id].DeniedConn++
	st.phase = phaseDone
	st.free()
	c.st = nil
	c.close()
	return false
}

// openTunnel forwards bytes both ways from now on.
func (st *stream) openTunnel() {
	st.phase = phaseTunnel
	st.reqDone, st.sent = true, true
	st.tResponse = st.tConnected
	st.armTunnelOrClear()
	st.c.link.tunnel(st, &st.up.link)
	st.up.link.tunnel(st, &st.c.link)
	if st.c.link.ended {
		st.tunnelEOF(&st.up.link)
		return
	}
	st.c.link.resume()
}

// upgrade turns an HTTP exchange into a tunnel: 101, or 2xx to CONNECT.
func (st *stream) upgrade(head, rest []byte) int {
	st.bytesOut += int64(len(head) + len(rest))
	if !st.c.link.send2(head, rest) {
		st.clientBroken(syscall.EPIPE)
		return len(rest)
	}
	up := &st.up.link
	st.openTunnel()
	if st.phase == phaseTunnel && st.c.link.pending() {
		up.pause()
	}
	return len(rest)
}

// armTunnelOrClear sets the timeouts of both sides of a tunnel: "timeout
// tunnel" once it is open, "timeout client" and "timeout server" without it,
// and the -fin ones once half of it is closed.
func (st *stream) armTunnelOrClear() {
	if st.phase != phaseTunnel {
		st.th.ClearTimer(&st.c.timer)
		return
	}
	now := st.th.Now()
	f, b := &st.fe.Timeouts, &st.be.Timeouts
	client, server := f.Client, b.Server
	if b.Tunnel > 0 {
		client, server = b.Tunnel, b.Tunnel
	}
	if st.c.link.shut && f.ClientFin > 0 {
		client = f.ClientFin
	}
	if st.up.link.shut && b.ServerFin > 0 {
		server = b.ServerFin
	}
	st.c.arm(now, client)
	if server > 0 {
		st.th.SetTimer(&st.up.timer, now+server)
	} else {
		st.th.ClearTimer(&st.up.timer)
	}
}

// tunnelUp forwards bytes from the client.
func (st *stream) tunnelUp(b []byte) int {
	st.bytesIn += int64(len(b))
	return st.pass(&st.c.link, &st.up.link, b)
}

// tunnelDown forwards bytes from the server.
func (st *stream) tunnelDown(b []byte) int {
	st.bytesOut += int64(len(b))
	return st.pass(&st.up.link, &st.c.link, b)
}

func (st *stream) pass(from, to *link, b []byte) int {
	if !to.send(b) {
		if to == &st.c.link {
			st.clientBroken(syscall.EPIPE)
		} else {
			st.serverBroken(syscall.EPIPE)
		}
		return len(b)
	}
	if to.pending() {
		from.pause()
	}
	st.armTunnelOrClear()
	return len(b)
}

// moved counts bytes that went through a pipe.
func (st *stream) moved(from *link, n int) {
	if from == &st.c.link {
		st.bytesIn += int64(n)
	} else {
		st.bytesOut += int64(n)
	}
	st.armTunnelOrClear()
}

// tunnelEOF passes one side's end of file on to the other.
func (st *stream) tunnelEOF(to *link) {
	to.shutdown()
	st.armTunnelOrClear()
	st.tunnelCheck()
}

// tunnelCheck ends the tunnel once both sides have ended and have taken
// everything.
func (st *stream) tunnelCheck() {
	c, u := &st.c.link, &st.up.link
	if c.ended && u.ended && !c.pending() && !u.pending() {
		st.complete(false)
	}
}
