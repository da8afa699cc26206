package stream

import (
	"github.com/sluice-proxy/sluice/internal/codec/proxyproto"
	"github.com/sluice-proxy/sluice/internal/logs"
	"github.com/sluice-proxy/sluice/internal/rule"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// preface is what has to come on a client's connection before its first byte:
// headers in which a proxy in front says whose connection it is.
type preface struct {
	netscaler bool // one with the magic number, first
	proxy     bool // one of the PROXY protocol
	magic     uint32
	began     bool // a byte of the header that is due has come
	seen      bool // a byte of any
}

func (p *preface) due() bool { return p.netscaler || p.proxy }

// prefaceWait is how long a header is waited for where there is no client
// timeout: enough for a segment that has to be sent again (proxy-protocol.txt 2).
const prefaceWait = 3e9

// expects says whether a header has to come, be it for the listener or for a
// rule of the connection's, and starts the wait for it.
func (c *session) expects(want rule.Expect) bool {
	c.preface = preface{
		netscaler: c.ln.NetScaler != 0 || want&rule.ExpectNetScaler != 0,
		proxy:     c.ln.AcceptProxy || want&rule.ExpectProxy != 0,
		magic:     c.ln.NetScaler,
	}
	if !c.preface.due() {
		return false
	}
	d := c.fe.Timeouts.Client
	if d == 0 {
		d = prefaceWait
	}
	c.arm(c.accepted, d)
	return true
}

// introduce takes the headers that are due from the beginning of b. Until the
// last of them has come, nothing of the connection is begun.
func (c *session) introduce(b []byte) (used int) {
	p := &c.preface
	for p.due() {
		rest := b[used:]
		p.began = len(rest) > 0
		p.seen = p.seen || p.began
		var h proxyproto.Header
		var n int
		var err error
		if p.netscaler {
			h, n, err = proxyproto.ParseNetScaler(rest, p.magic)
		} else {
			h, n, err = proxyproto.Parse(rest)
		}
		switch {
		case err != nil:
			c.misintroduced(err.Error())
			return len(b)
		case n == 0:
			return used
		}
		used += n
		if h.Src.IsValid() {
			c.keepEnds()
			c.src, c.dst, c.dstKnown = h.Src, h.Dst, true
		}
		if p.netscaler {
			p.netscaler = false
		} else {
			p.proxy = false
			h.TLVs = append(proxyproto.TLVs(nil), h.TLVs...) // b is only good during the call
			c.proxy = &h
		}
	}
	c.introduced()
	return used
}

// introduced goes on with what the listener is there for.
func (c *session) introduced() {
	// What took the proxy its time is not the client's: its own begins here.
	now := c.th.Now()
	c.handshake, c.idleSince = now-c.accepted, now
	c.th.ClearTimer(&c.timer)
	if !c.validate() {
		return
	}
	if c.http {
		c.waitRequest(now)
		return
	}
	c.begin().startTCP()
}

// cutShort ends a connection whose header does not come to its end.
func (c *session) cutShort(timeout, broken bool) {
	name, article := "PROXY protocol", ""
	if c.preface.netscaler {
		name, article = "NetScaler Client IP", "a "
	}
	switch {
	case timeout:
		c.misintroduced("Timeout while waiting for " + article + name + " header")
	case c.preface.began:
		c.misintroduced("Truncated " + name + " header received")
	case broken:
		c.misintroduced("Connection error while waiting for " + name + " header")
	default:
		c.misintroduced("Connection closed while waiting for " + name + " header")
	}
}

// misintroduced closes a connection that did not begin as it has to, and says so
// in the log.
func (c *session) misintroduced(what string) {
	t, f := c.th, c.fe
	if f.Output.ShowsErrors() && t.sink != nil && (c.preface.seen || !f.DontLogNull) {
		var e logs.Entry
		e.Accept, e.Client, e.Conn = c.acceptedWall, c.src, c
		e.Frontend, e.Bind, e.ListenerID, e.Message = f.Name, c.ln.LogName, c.ln.ID, what
		t.e.hub.Fill(&e)
		x := sample.Ctx{Src: c.src, Conn: c, FrontendName: f.Name, Now: t.Wall(), ClientError: sample.ConnErrorFor(what)}
		x.Vars[sample.VarSess] = &c.vars
		level := logs.Info
		if f.SeparateErrors {
			level = logs.Err
		}
		t.sink.LogError(f.Output, level, &e, &x)
	}
	c.close()
}
