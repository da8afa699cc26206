package sample

import (
	"bytes"
	"net/netip"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
)

// Fetches on the target of a request that names a host (manual 7.3.6).

// targetAddress reads the host of an absolute target when it is an address, with
// its port or that of its scheme.
func targetAddress(h *http1.Head) (a netip.Addr, port int, ok bool) {
	scheme, rest, found := bytes.Cut(h.Target(), slashes)
	if !found {
		return a, 0, false
	}
	if i := bytes.IndexAny(rest, "/?"); i >= 0 {
		rest = rest[:i]
	}
	switch string(scheme) {
	case "http":
		port = 80
	case "https":
		port = 443
	default:
		return a, 0, false
	}
	host := rest
	if len(rest) > 0 && rest[0] == '[' {
		i := bytes.IndexByte(rest, ']')
		if i < 0 {
			return a, 0, false
		}
		host, rest = rest[1:i], rest[i+1:]
		a, ok = parse6(host)
	} else {
		if i := bytes.IndexByte(rest, ':'); i >= 0 {
			host, rest = rest[:i], rest[i:]
		} else {
			rest = nil
		}
		a, ok = parse4(host)
	}
	if ok && len(rest) > 0 && rest[0] == ':' {
		v, n := leadingInt(rest[1:])
		if n > 0 {
			port = int(uint16(v))
		}
	}
	return a, port, ok
}

func fetchURLIP(c *Ctx, s *Sample) bool {
	if c.Req == nil {
		return false
	}
	a, _, ok := targetAddress(c.Req)
	return ok && s.setIP(a)
}

func fetchURLPort(c *Ctx, s *Sample) bool {
	if c.Req == nil {
		return false
	}
	_, port, ok := targetAddress(c.Req)
	return ok && s.setInt(int64(port))
}

// hostAndTarget is what url32 hashes: the Host field, then the target with its
// query.
func hostAndTarget(c *Ctx, s *Sample) bool {
	if c.Req == nil {
		return false
	}
	host, _ := c.Req.Get("host")
	p := pathq(c.Req)
	b := c.bytes(len(host) + len(p))
	if b == nil {
		return false
	}
	copy(b[copy(b, host):], p)
	return s.setStr(b)
}

// hostAndPath is likewise what base32 hashes; there is none without a path.
func hostAndPath(c *Ctx, s *Sample) bool {
	if c.Req == nil {
		return false
	}
	host, _ := c.Req.Get("host")
	p := path(c.Req)
	b := c.bytes(len(host) + len(p))
	if b == nil {
		return false
	}
	copy(b[copy(b, host):], p)
	return s.setStr(b)
}
