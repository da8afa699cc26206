package stream

import (
	"syscall"

	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/rule"
)

// startTCP runs the rules of a TCP session and takes it to a server.
func (st *stream) startTCP() {
	st.phase = phaseHead
	st.reqDone = true
	st.th.e.events.opened(st)
	st.tHead = st.tFirst
	st.number = st.th.e.Requests.Add(1) - 1
	st.reached(logs.StageRequest)
	st.route()
}

// admit runs "tcp-request connection", before anything of the client is read,
// with the addresses of the connection itself. It returns what the rules want to
// come first; false: the connection is refused, and closed.
func (c *session) admit() (rule.Expect, bool) {
	want, ok := c.judge(c.fe.TCPConnection, true)
	if !ok {
		c.tally(func(n *counters) { n.DeniedConn++ })
		c.close()
	}
	return want, ok
}

// validate runs "tcp-request session", once the client's address is known. False:
// the session is refused, and closed. A connection becomes a session here, and not
// before it is admitted and has introduced itself.
func (c *session) validate() bool {
	_, ok := c.judge(c.fe.TCPSession, false)
	if !ok {
		c.tally(func(n *counters) { n.DeniedSess++ })
		c.close()
		return false
	}
	now := c.th.Wall()
	n := &c.fe.Loops[c.th.id]
	n.LastSession = now
	n.Rate.Hit(now)
	c.fe.Meter.Hit(now)
	c.tally(func(n *counters) { n.Sessions++ })
	return true
}

// judge runs rules for which there is no stream yet: those of the connection or
// those of the session.
func (c *session) judge(set rule.Set, connection bool) (rule.Expect, bool) {
	if len(set) == 0 {
		return 0, true
	}
	st := c.begin()
	st.env()
	st.onlySessionVars()
	v := set.Run(&st.ctx, &st.result)
	want := st.result.Expect
	c.settle(st, connection)
	c.requests--
	st.phase, st.logged = phaseDone, true
	if st.ctx.Why != nil && v != rule.Continue && v != rule.Accept {
		st.concluded()
	}
	st.free()
	c.th.begun.Add(-1) // it was only there for the rules
	return want, v == rule.Continue || v == rule.Accept
}

// openTunnel forwards bytes both ways from now on.
func (st *stream) openTunnel() {
	st.phase = phaseTunnel
	st.up.promptly()
	st.reqDone, st.sent = true, true
	st.armTunnel()
	if s := st.c.link.splice; s != nil {
		s.body = nil // the server switched before the request's end, whose body is part of the tunnel now
	}
	st.c.link.tunnel(st, &st.up.link)
	st.c.link.eager = st.fe.SpliceUp || st.be.SpliceUp
	st.up.link.eager = st.fe.SpliceDown || st.be.SpliceDown
	if st.screens() && !st.http {
		c := st.c
		if st.screenTunnel(nil); c.st != st || st.up == nil {
			return
		}
	} else {
		st.up.link.tunnel(st, &st.c.link)
	}
	if st.c.link.ended {
		if b := st.c.link.in; len(b) > 0 { // what came before rules let it pass
			st.c.link.in, st.c.link.paused = b[:0], false
			st.c.link.give(b)
		}
		if st.phase == phaseTunnel {
			st.tunnelEOF(&st.up.link)
		}
		return
	}
	st.c.link.resume()
}

// upgrade turns an HTTP exchange into a tunnel: 101, or 2xx to CONNECT.
func (st *stream) upgrade(head, rest []byte) int {
	if !st.toClient(head, rest) {
		return len(rest)
	}
	up := &st.up.link
	st.openTunnel()
	if st.phase == phaseTunnel && st.c.link.pending() {
		up.pause()
	}
	return len(rest)
}

// armTunnel sets the timeouts of both sides of a tunnel: "timeout tunnel" once
// it is open, "timeout client" and "timeout server" without it, and the -fin
// ones once half of it is closed.
func (st *stream) armTunnel() { st.armTunnelFor(true, true) }

// alive starts the timeouts again after who sent something: to whom it was sent
// counts as alive too, unless "option independent-streams" says otherwise. nil: one
// side took what had waited for it.
func (st *stream) alive(who *link) {
	st.armTunnelFor(who == &st.c.link || !st.fe.Independent, who == &st.up.link || !st.be.Independent)
}

func (st *stream) armTunnelFor(clientAlive, serverAlive bool) {
	now := st.th.Now()
	f, b := &st.fe.Timeouts, &st.be.Timeouts
	client, server := st.clientTime(), st.serverTime()
	if d := st.tunnelTime(); d > 0 {
		client, server = d, d
	}
	if st.c.link.shut && f.ClientFin > 0 {
		client = f.ClientFin
	}
	if st.up.link.shut && b.ServerFin > 0 {
		server = b.ServerFin
	}
	// Who has ended and has taken everything owes nobody anything.
	if c := st.c; c.link.ended && !c.link.pending() {
		st.th.ClearTimer(&c.timer)
	} else if clientAlive {
		c.arm(now, client)
	}
	switch u := &st.up.link; {
	case u.ended && !u.pending():
		st.th.ClearTimer(&st.up.timer)
	case !serverAlive:
	case server > 0:
		st.th.SetTimer(&st.up.timer, now+server)
	default:
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
	st.alive(from)
	return len(b)
}

// moved counts bytes that went through a pipe.
func (st *stream) moved(from *link, n int) {
	from.got += int64(n)
	from.other.sent += int64(n)
	if from == &st.c.link {
		st.bytesIn += int64(n)
	} else {
		st.bytesOut += int64(n)
	}
	st.alive(from)
}

// tunnelEOF passes one side's end of file on to the other.
func (st *stream) tunnelEOF(to *link) {
	to.shutdown()
	st.armTunnel()
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
