package sample

import (
	"bytes"
	"errors"
	"net/netip"
	"strconv"
)

// The field Forwarded and its nodes (manual 7.3.1: rfc7239_*; RFC 7239).

// forwarded is one element of the field: the values of its parameters as they
// were written, nil for those it does not have.
type forwarded [4][]byte

var forwardedParams = [...]string{"proto", "host", "for", "by"}

const (
	forwardedProto = iota
	forwardedHost
	forwardedFor
	forwardedBy
)

// parse reads an element and says whether it is well formed: at least one
// parameter, each known, with a value that fits it, and none twice.
func (f *forwarded) parse(b []byte) bool {
	for {
		name, rest, ok := bytes.Cut(b, []byte{'='})
		if !ok {
			return false
		}
		i := 0
		for i < len(forwardedParams) && string(name) != forwardedParams[i] {
			i++
		}
		if i == len(forwardedParams) || f[i] != nil {
			return false
		}
		n := forwardedValue(rest)
		if n < 0 || !f.fits(i, rest[:n]) {
			return false
		}
		if f[i], b = rest[:n], rest[n:]; len(b) == 0 {
			return true
		}
		if b[0] != ';' {
			return false
		}
		b = b[1:]
	}
}

// forwardedValue is the length of the value at the start of b: a token or a text
// in quotes; negative when it does not end.
func forwardedValue(b []byte) int {
	if len(b) > 0 && b[0] == '"' {
		for i := 1; i < len(b); i++ {
			if b[i] == '"' {
				return i + 1
			}
		}
		return -1
	}
	n := 0
	for n < len(b) && b[n] != ';' {
		n++
	}
	return n
}

func (f *forwarded) fits(param int, value []byte) bool {
	v, quoted := bareValue(value)
	switch {
	case !quoted && bytes.ContainsAny(v, ":[]"): // neither is a byte of a token
		return false
	case param == forwardedProto:
		return !quoted && (string(v) == "http" || string(v) == "https")
	case param == forwardedHost:
		return (quoted || len(v) > 0) && isForwardedHost(v)
	}
	n, ok := parseNode(v)
	return ok && n.whole
}

// bareValue takes the quotes off.
func bareValue(b []byte) (v []byte, quoted bool) {
	if len(b) > 1 && b[0] == '"' {
		return b[1 : len(b)-1], true
	}
	return b, false
}

// isForwardedHost says whether v is a host with or without a port; it may be empty.
func isForwardedHost(v []byte) bool {
	var rest []byte
	if len(v) > 0 && v[0] == '[' {
		_, after, ok := bracketed(v)
		if !ok {
			return false
		}
		rest = after
	} else {
		i := 0
		for i < len(v) && (isAlnum(v[i]) || v[i] == '.' || v[i] == '-') {
			i++
		}
		rest = v[i:]
	}
	if len(rest) == 0 {
		return true
	}
	if rest[0] != ':' || len(rest) == len(v) {
		return false
	}
	_, after, ok := nodePortNumber(rest[1:])
	return ok && len(after) == 0
}

// bracketed reads an IPv6 address in brackets at the start of b.
func bracketed(b []byte) (a netip.Addr, rest []byte, ok bool) {
	i := bytes.IndexByte(b, ']')
	if i < 0 || bytes.IndexByte(b[:i], '.') >= 0 {
		return a, nil, false
	}
	a, ok = parse6(b[1:i])
	return a, b[i+1:], ok
}

// node is the end of a connection as RFC 7239 6 writes it.
type node struct {
	addr  netip.Addr // zero: name
	name  []byte     // "unknown" or an obfuscated identifier
	port  int        // 0: none, or label
	label []byte     // an obfuscated port
	whole bool       // nothing follows it
}

// parseNode reads the node that b begins with, with or without a port.
func parseNode(b []byte) (n node, ok bool) {
	rest := b
	switch {
	case len(b) == 0:
		return n, false
	case b[0] == '[':
		if n.addr, rest, ok = bracketed(b); !ok {
			return n, false
		}
	case b[0] == '_':
		if n.name, rest = identifier(b); n.name == nil {
			return n, false
		}
	case bytes.HasPrefix(b, unknownNode):
		n.name, rest = unknownNode, b[len(unknownNode):]
	default:
		i := 0
		for i < len(b) && ('0' <= b[i] && b[i] <= '9' || b[i] == '.') {
			i++
		}
		if n.addr, ok = parse4(b[:i]); !ok || leadingZero(b[:i]) {
			return n, false
		}
		rest = b[i:]
	}
	if len(rest) > 0 && rest[0] == ':' {
		if rest = rest[1:]; len(rest) > 0 && rest[0] == '_' {
			if n.label, rest = identifier(rest); n.label == nil {
				return n, false
			}
		} else if n.port, rest, ok = nodePortNumber(rest); !ok {
			return n, false
		}
	}
	n.whole = len(rest) == 0
	return n, true
}

// leadingZero says whether a number in an IPv4 address has one: some would read it
// as octal.
func leadingZero(b []byte) bool {
	for i := 0; i+1 < len(b); i++ {
		if b[i] == '0' && (i == 0 || b[i-1] == '.') && b[i+1] != '.' {
			return true
		}
	}
	return false
}

// nodePortNumber reads a port from 1 on at the start of b.
func nodePortNumber(b []byte) (port int, rest []byte, ok bool) {
	i := 0
	for ; i < len(b) && '0' <= b[i] && b[i] <= '9'; i++ {
		if port = port*10 + int(b[i]-'0'); port > 65535 {
			return 0, nil, false
		}
	}
	return port, b[i:], port > 0
}

// identifier is the obfuscated one at the start of b, nil when there is none.
func identifier(b []byte) (id, rest []byte) {
	i := 1
	for i < len(b) && hides(b[i]) {
		i++
	}
	if i == 1 {
		return nil, b
	}
	return b[:i], b[i:]
}

// hides says whether an obfuscated identifier may have ch.
func hides(ch byte) bool { return isAlnum(ch) || ch == '.' || ch == '_' || ch == '-' }

func isAlnum(ch byte) bool {
	return 'a' <= ch|0x20 && ch|0x20 <= 'z' || '0' <= ch && ch <= '9'
}

func convForwardedValid(_ *Ctx, s *Sample) bool {
	var f forwarded
	return s.setBool(f.parse(s.Data))
}

func compileForwardedField(a []Arg, _ *Scope) (Eval, error) {
	for i, name := range forwardedParams {
		if a[0].Text == name {
			return func(_ *Ctx, s *Sample) bool {
				var f forwarded
				if !f.parse(s.Data) || f[i] == nil {
					return false
				}
				v, _ := bareValue(f[i])
				return s.setStr(v)
			}, nil
		}
	}
	return nil, errors.New("Supported options are: 'proto', 'host', 'for', 'by'")
}

// convNodeName gives the name of a node: an address, or the text it has instead.
func convNodeName(_ *Ctx, s *Sample) bool {
	n, ok := parseNode(s.Data)
	if !ok {
		return false
	}
	if n.addr.IsValid() {
		return s.setIP(n.addr)
	}
	return s.setStr(n.name)
}

// convNodePort gives the port of a node; a node without one has none.
func convNodePort(_ *Ctx, s *Sample) bool {
	n, ok := parseNode(s.Data)
	switch {
	case !ok:
		return false
	case n.label != nil:
		return s.setStr(n.label)
	}
	return n.port > 0 && s.setInt(int64(n.port))
}

// convToNodeName makes the name of a node from an address, or an identifier from
// a text.
func convToNodeName(c *Ctx, s *Sample) bool {
	if s.Type == IPv4 || s.Type == IPv6 {
		b := c.bytes(48)
		if b == nil {
			return false
		}
		if s.Type == IPv4 {
			return s.setStr(c.keep(b, len(appendIP(b[:0], s.IP))))
		}
		return s.setStr(c.keep(b, len(append(appendIP(append(b[:0], '['), s.IP), ']'))))
	}
	if !cast(c, s, Str) {
		return false
	}
	if len(s.Data) == 0 {
		return s.setStr(unknownNode)
	}
	return identify(c, s)
}

var unknownNode = []byte("unknown")

// convToNodePort makes the port of a node from a number, or an identifier from a
// text.
func convToNodePort(c *Ctx, s *Sample) bool {
	if s.Type == Sint || s.Type == Bool {
		if s.Int < 0 || s.Int > 65535 {
			return false
		}
		b := c.bytes(5)
		return b != nil && s.setStr(c.keep(b, len(strconv.AppendInt(b[:0], s.Int, 10))))
	}
	return cast(c, s, Str) && len(s.Data) > 0 && identify(c, s)
}

// identify puts an underscore before the text in s.
func identify(c *Ctx, s *Sample) bool {
	for _, ch := range s.Data {
		if !hides(ch) {
			return false
		}
	}
	b := c.bytes(len(s.Data) + 1)
	if b == nil {
		return false
	}
	b[0] = '_'
	copy(b[1:], s.Data)
	return s.setStr(b)
}
