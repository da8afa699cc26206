package proxy

import (
	"net/netip"
	"strconv"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// Forwarded is "option forwarded": what a field of RFC 7239 says. Expressions are
// nil where the parameter is what it usually is.
type Forwarded struct {
	Proto   bool
	Host    *ForwardedPart // nil: not said, and likewise below
	By, For *ForwardedNode
}

// ForwardedPart is a value: that of an expression, or without one the usual.
type ForwardedPart struct{ Expr *sample.Expr }

// ForwardedNode is one of the two ends of the client's connection.
type ForwardedNode struct {
	Name ForwardedPart
	Port *ForwardedPart
}

// Append appends the field's value. scheme is "http" or "https", host what the
// request says, and the addresses those of the client's connection.
func (f *Forwarded) Append(dst []byte, c *sample.Ctx, scheme string, host []byte, client, local netip.AddrPort) []byte {
	begin := len(dst)
	param := func(name string) {
		if len(dst) > begin {
			dst = append(dst, ';')
		}
		dst = append(append(dst, name...), '=')
	}
	if f.Proto {
		param("proto")
		dst = append(dst, scheme...)
	}
	if f.Host != nil {
		param("host")
		dst = f.Host.appendHost(dst, c, host)
	}
	if f.By != nil {
		param("by")
		dst = f.By.append(dst, c, local)
	}
	if f.For != nil {
		param("for")
		dst = f.For.append(dst, c, client)
	}
	return dst
}

// appendHost appends a host in quotes; what is none is empty.
func (p *ForwardedPart) appendHost(dst []byte, c *sample.Ctx, host []byte) []byte {
	dst = append(dst, '"')
	p.value(c, sample.Str, func(s *sample.Sample) { host = s.Data }, func() { host = nil })
	for _, ch := range host {
		if !isHost(ch) {
			host = nil
			break
		}
	}
	return append(append(dst, host...), '"')
}

// value gives the value of the expression to ok, or calls none; without an
// expression neither.
func (p *ForwardedPart) value(c *sample.Ctx, to sample.Type, ok func(*sample.Sample), none func()) {
	if p.Expr == nil {
		return
	}
	s := c.Borrow()
	defer c.Return()
	if p.Expr.Eval(c, s) && (to == sample.Any || sample.Cast(c, s, to)) {
		ok(s)
		return
	}
	none()
}

// append appends a node (RFC 7239 6): in quotes when it has a port, or may have
// one, or is an IPv6 address.
func (n *ForwardedNode) append(dst []byte, c *sample.Ctx, a netip.AddrPort) []byte {
	quoted := n.Port != nil
	at := len(dst)
	if quoted {
		dst = append(dst, '"')
	}
	addr, name := a.Addr(), []byte(nil)
	n.Name.value(c, sample.Any, func(s *sample.Sample) {
		if addr = s.IP; s.Type != sample.IPv4 && s.Type != sample.IPv6 {
			addr = netip.Addr{}
			if sample.Cast(c, s, sample.Str) {
				addr, name = nodeName(s.Data)
			}
		}
	}, func() { addr = netip.Addr{} })
	switch {
	case addr.Is6() && !addr.Is4In6():
		if !quoted {
			quoted = true
			dst = append(dst[:at], '"')
		}
		dst = append(addr.WithZone("").AppendTo(append(dst, '[')), ']')
	case addr.IsValid():
		dst = addr.Unmap().AppendTo(dst)
	case name != nil:
		dst = appendObfuscated(dst, name)
	default:
		dst = append(dst, "unknown"...)
	}
	if n.Port != nil {
		if n.Port.Expr == nil && a.Port() > 0 && a.IsValid() {
			dst = strconv.AppendUint(append(dst, ':'), uint64(a.Port()), 10)
		}
		n.Port.value(c, sample.Str, func(s *sample.Sample) { dst = appendPort(dst, s.Data) }, func() {})
	}
	if quoted {
		dst = append(dst, '"')
	}
	return dst
}

// nodeName reads a name: an IPv4 address, an IPv6 address in brackets, or what
// hides one; nothing for anything else.
func nodeName(b []byte) (netip.Addr, []byte) {
	if a, ok := sample.ParseIP(b); ok && a.Is4() {
		return a, nil
	}
	if n := len(b); n > 2 && b[0] == '[' && b[n-1] == ']' {
		a, _ := sample.ParseIP(b[1 : n-1])
		return a, nil
	}
	if string(b) == "unknown" || !hides(b) {
		return netip.Addr{}, nil
	}
	return netip.Addr{}, b
}

// hides says whether b is made of what an obfuscated identifier may have.
func hides(b []byte) bool {
	for _, ch := range b {
		if !isHiding(ch) {
			return false
		}
	}
	return len(b) > 0
}

func isHiding(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '.' || c == '_' || c == '-'
}

// isHost: what a Host field may have (RFC 3986 3.2.2).
func isHost(c byte) bool {
	switch c {
	case '"', '\\', '/', '?', '#', '@', ' ', '<', '>', '^', '`', '{', '|', '}':
		return false
	}
	return c > ' ' && c < 0x7f
}

// appendObfuscated appends an identifier, which begins with an underscore.
func appendObfuscated(dst, b []byte) []byte {
	if b[0] != '_' || len(b) == 1 {
		dst = append(dst, '_')
	}
	return append(dst, b...)
}

// appendPort appends a port with its colon: a number, or an identifier; nothing
// for anything else.
func appendPort(dst, b []byte) []byte {
	if n, err := strconv.ParseUint(string(b), 10, 16); err == nil && n > 0 {
		return append(append(dst, ':'), b...)
	}
	if !hides(b) {
		return dst
	}
	return appendObfuscated(append(dst, ':'), b)
}
