package proxyproto

import (
	"bytes"
	"errors"
	"net/netip"
)

// Header is what was said of a connection.
type Header struct {
	// Src and Dst are the two ends of the connection that the sender relays. Both are invalid when the header says
	// nothing that can be used (LOCAL, UNKNOWN, a protocol other than TCP over IP): the real ends count then.
	Src, Dst netip.AddrPort
	// TLVs is what follows the addresses in version 2, checked by Parse; it is a part of the bytes that were parsed.
	TLVs TLVs
}

// Errors are worded as the reference logs them.
var (
	ErrNotProxy = errors.New("Received something which does not look like a PROXY protocol header")
	ErrInvalid  = errors.New("Received an invalid PROXY protocol header")
	ErrUnknown  = errors.New("Received an unhandled protocol in the PROXY protocol header")
)

// signature begins a header of version 2, prefix one of version 1.
const (
	signature = "\r\n\r\n\x00\r\nQUIT\n"
	prefix    = "PROXY "
)

// MaxLen bounds a header, TLVs included: no sender needs more, and it is kept in memory until its end has come.
const MaxLen = 16 << 10

// Parse reads the header at the beginning of b. n is its length, the bytes that belong to it and to nothing else; it
// is 0 as long as b may be the beginning of a header but not all of one. No byte after b[:n] is looked at.
func Parse(b []byte) (h Header, n int, err error) {
	switch {
	case begins(b, signature):
		return parseV2(b)
	case begins(b, prefix):
		return parseV1(b)
	}
	return h, 0, ErrNotProxy
}

// begins says whether b begins with s or is the beginning of it.
func begins(b []byte, s string) bool {
	k := min(len(b), len(s))
	return bytes.Equal(b[:k], []byte(s[:k]))
}
