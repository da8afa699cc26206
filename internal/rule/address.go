package rule

import (
	"net/netip"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// setAddress is set-src, set-src-port, set-dst and set-dst-port. An expression
// without a value changes nothing.
type setAddress struct {
	expr   *sample.Expr
	source bool
	port   bool
}

func parseSetAddress(source, port bool) parseFunc {
	return func(p *actionParser, words []string) (Action, []string, error) {
		e, rest, err := p.expr(words)
		return &setAddress{e, source, port}, rest, err
	}
}

func (a *setAddress) Do(c *sample.Ctx, _ *Result) Verdict {
	if c.Stream == nil {
		return Continue
	}
	at := c.Src
	if !a.source {
		if at = c.Dst; c.Conn != nil {
			at = c.Conn.LocalAddr()
		}
	}
	if a.port {
		n, ok := evalInt(a.expr, c)
		if !ok {
			return Continue
		}
		ip := at.Addr()
		if !ip.IsValid() { // a UNIX socket
			ip = netip.IPv4Unspecified()
		}
		at = netip.AddrPortFrom(ip, uint16(n))
	} else {
		ip, ok := evalAddr(a.expr, c)
		if !ok {
			return Continue
		}
		at = netip.AddrPortFrom(ip, at.Port())
	}
	if a.source {
		c.Src = at
		c.Stream.SetSource(at)
	} else {
		c.Stream.SetDestination(at)
	}
	return Continue
}

// evalAddr computes an expression as an address.
func evalAddr(e *sample.Expr, c *sample.Ctx) (netip.Addr, bool) {
	mark := c.Mark()
	s := c.Borrow()
	ok := e.Eval(c, s) && sample.Cast(c, s, sample.Addr)
	ip := s.IP
	c.Return()
	c.Release(mark)
	return ip, ok
}
