package stream

import (
	"net/netip"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/codec/proxyproto"
	"github.com/sluice-proxy/sluice/internal/loop"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// session is a client's connection. It lives as long as the connection; the
// stream in progress hangs on it, and while it is idle it holds nothing else.
type session struct {
	link     link
	th       *Thread
	fe       *proxy.Frontend
	ln       *proxy.Listener
	st       *stream // nil while idle
	src, dst netip.AddrPort
	ends     *ends // of the connection, where rules of the session gave others; nil: src and dst
	timer    loop.Timer
	preface  preface
	proxy    *proxyproto.Header // the PROXY protocol header it began with
	skip     *http1.Body        // rest of a request that was answered already

	accepted     int64 // monotonic ns
	acceptedWall int64 // unix ns
	handshake    int64 // how long what came before the first byte took
	idleSince    int64 // end of the last answer or of the handshake, or accept
	requests     int32
	glitches     int32
	inquest      *inquest      // nil: nobody asks about it
	vars         sample.VarSet // lives as long as the connection
	dstKnown     bool
	http         bool // it carries requests
	niced        bool // a stream's rules made it nice
	bound        bool // one of its connections to servers is authenticated
	closing      bool // close once out is written
	unread       bool // the client may still be sending when we close
	retired      bool // the timer is that of a soft stop
	lingering    bool // closed for writing; what still comes is thrown away

	own *upstream // idle connections to servers that are this client's alone

	next, prev *session
}

// lingerFor bounds how long a client may go on sending after our last byte.
const lingerFor = 1e9

func (t *Thread) newSession(fd int, ln *proxy.Listener, src netip.AddrPort, now int64) {
	c := take(&t.freeSe)
	fire, vars := c.timer.Fire, c.vars
	*c = session{vars: vars, th: t, fe: ln.Frontend, http: ln.Frontend.HTTP, ln: ln, src: src, accepted: now, acceptedWall: t.Wall(), idleSince: now}
	if fire == nil {
		fire = c.expired
	}
	c.timer.Fire = fire
	c.vars.Init(sample.VarSess, nil)
	if err := c.link.open(t, fd, c); err != nil {
		t.net.close(fd)
		t.e.closedOne(ln)
		t.e.logf("cannot watch a connection of frontend %s: %v", ln.Frontend.Name, err)
		t.deadSe = append(t.deadSe, c)
		return
	}
	c.link.nice, c.link.hard = int16(ln.Nice), c.fe.NoLinger
	if c.next = t.first; c.next != nil {
		c.next.prev = c
	}
	t.first = c
	t.Load.Add(1)
	n := &c.fe.Loops[t.id]
	n.Connections++
	n.ConRate.Hit(t.Wall())
	if own := ln.Loops; own != nil {
		own[t.id].Connections++
	}
	c.inquire()
	c.start()
}

// start runs the connection's rules, then waits for a request or, in TCP mode,
// starts the one stream of the connection.
func (c *session) start() {
	defer c.link.contain()
	want, ok := c.admit()
	if !ok {
		c.th.e.noSession(c.fe)
	}
	switch {
	case !ok, c.expects(want), !c.validate():
	case c.http:
		c.waitRequest(c.accepted)
	default:
		c.begin().startTCP()
	}
}

// waitRequest arms the timeout of a session without a stream. The time for a
// first request runs from the accept.
func (c *session) waitRequest(since int64) {
	c.armRequest(since)
	if c.th.e.stopping.Load() {
		c.retire()
	}
}

func (c *session) armRequest(since int64) {
	t := &c.fe.Timeouts
	d := t.HTTPRequest
	if c.requests > 0 && t.HTTPKeepAlive > 0 {
		d = t.HTTPKeepAlive
	}
	if d == 0 {
		d = t.Client
	}
	c.retired = false
	c.arm(since, d)
}

func (c *session) arm(since, d int64) {
	if d == 0 {
		c.th.ClearTimer(&c.timer)
		return
	}
	c.th.SetTimer(&c.timer, since+d)
}

// LocalAddr is the address the client connected to.
func (c *session) LocalAddr() netip.AddrPort {
	if !c.dstKnown && !c.link.closed() {
		c.dstKnown = true
		c.dst = c.th.net.local(int(c.link.fd))
	}
	return c.dst
}

// input implements side.
func (c *session) input(b []byte) (used int) {
	if c.lingering {
		return len(b)
	}
	if c.preface.due() {
		used = c.introduce(b)
		b = b[used:]
		if c.preface.due() {
			return used
		}
	}
	for len(b) > 0 && !c.link.closed() && !c.link.paused {
		if c.closing {
			return used + len(b)
		}
		if c.skip != nil {
			n := c.skipping(b)
			used, b = used+n, b[n:]
			continue
		}
		if c.st == nil {
			if c.retired {
				c.armRequest(c.idleSince)
			}
			c.begin().startHTTP()
		}
		n, more := c.st.fromClient(b)
		used += n
		if c.lingering {
			return used + len(b) - n
		}
		b = b[n:]
		if !more {
			break
		}
	}
	return used
}

func (c *session) eof() {
	switch {
	case c.lingering:
		c.close()
	case c.preface.due():
		c.cutShort(false, false)
	case c.st != nil:
		c.st.clientEOF()
	case c.closing:
	default:
		c.end()
	}
}

func (c *session) broken(errno syscall.Errno) {
	if c.th == nil || c.link.closed() {
		return
	}
	if c.preface.due() {
		c.cutShort(false, true)
		return
	}
	if c.st != nil {
		c.st.clientBroken(errno)
		return
	}
	if c.requests == 0 && c.http && !c.closing {
		st := c.begin()
		st.startHTTP()
		st.clientBroken(errno)
		return
	}
	c.close()
}

func (c *session) ending() {
	if c.st != nil {
		c.st.clientEnding()
	}
}

func (c *session) progress() {
	if c.st != nil {
		c.st.clientProgress()
		return
	}
	c.arm(c.th.Now(), c.fe.Timeouts.Client)
}

func (c *session) drained() {
	if c.closing && c.st == nil {
		c.finishClose()
		return
	}
	if c.st != nil {
		c.st.clientDrained()
	}
}

func (c *session) stream() *stream { return c.st }

func (c *session) connected(syscall.Errno) {}

func (c *session) failed(reason any) {
	if c.st != nil {
		c.st.failed(reason)
		return
	}
	c.th.e.panicked(reason, nil)
	c.close()
}

func (c *session) expired() {
	c.th.enter(c.st)
	defer c.link.contain()
	if c.preface.due() {
		c.cutShort(true, false)
		return
	}
	if c.st != nil {
		c.st.clientTimeout()
		return
	}
	if c.closing || c.lingering {
		c.close()
		return
	}
	if c.retired {
		c.leave()
		return
	}
	if c.requests == 0 && c.http {
		st := c.begin()
		st.startHTTP()
		st.clientTimeout()
		return
	}
	c.close()
}

// end is for an idle session whose client left.
func (c *session) end() {
	if c.requests == 0 && c.http {
		st := c.begin()
		st.startHTTP()
		st.clientEOF()
		return
	}
	c.close()
}

// nextRequest prepares the session for its next request, or closes it.
func (c *session) nextRequest(keep bool) {
	c.st = nil
	c.idleSince = c.th.Now()
	switch {
	case !keep:
		c.closeGently()
		return
	case c.skip != nil:
		c.arm(c.idleSince, c.fe.Timeouts.Client)
	default:
		c.waitRequest(c.idleSince)
	}
	c.link.resume()
}

// closeGently closes after what was sent is written.
func (c *session) closeGently() {
	c.closing = true
	if c.link.pending() {
		c.arm(c.th.Now(), c.fe.Timeouts.Client)
		return
	}
	c.finishClose()
}

// finishClose closes at once where nothing unread can turn the close into a
// reset that overtakes our last bytes; else it waits for the client to have
// them.
func (c *session) finishClose() {
	if c.link.ended || c.link.dead || c.link.hard || !c.unread && len(c.link.in) == 0 && !c.link.readable {
		c.close()
		return
	}
	c.link.shutdown()
	c.lingering = true
	c.arm(c.th.Now(), lingerFor)
	c.link.keep(nil)
	if c.link.paused {
		c.link.resume()
	} else if c.link.readable {
		c.link.again()
	}
}

func (c *session) close() {
	if c.link.closed() {
		return
	}
	t := c.th
	t.DropTimer(&c.timer)
	if c.inquest != nil {
		c.dropRecord()
	}
	c.link.close()
	c.vars.Clear(sample.VarSess)
	c.closeOwn(nil)
	t.Load.Add(-1)
	if c.prev != nil {
		c.prev.next = c.next
	} else {
		t.first = c.next
	}
	if c.next != nil {
		c.next.prev = c.prev
	}
	c.next, c.prev = nil, nil
	t.e.closedOne(c.ln)
	t.deadSe = append(t.deadSe, c)
}
