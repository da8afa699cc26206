// Package socks4 is the client's side of SOCKS version 4: it asks a proxy for a connection to an IPv4 address.
package socks4

import (
	"encoding/binary"
	"errors"
	"net/netip"
)

const (
	version   = 4
	connect   = 1
	granted   = 90
	replySize = 8
	userID    = "HAProxy\x00" // as the reference says: proxies may know it
)

// ErrAddress refuses an address that the protocol has no place for.
var ErrAddress = errors.New("SOCKS4 is for IPv4 only")

// AppendRequest appends the request for a connection to an address of IPv4.
func AppendRequest(b []byte, to netip.AddrPort) ([]byte, error) {
	ip := to.Addr().Unmap()
	if !ip.Is4() {
		return b, ErrAddress
	}
	b = append(b, version, connect)
	b = binary.BigEndian.AppendUint16(b, to.Port())
	b = append(b, ip.AsSlice()...)
	return append(b, userID...), nil
}

// Errors of ParseReply.
var (
	ErrReply  = errors.New("not a reply of SOCKS4")
	ErrDenied = errors.New("the SOCKS4 proxy denied the connection")
)

// ParseReply reads the reply at the beginning of b and returns its length, 0 as long as it has not all come. What
// follows is the server's.
func ParseReply(b []byte) (n int, err error) {
	switch {
	case len(b) > 0 && b[0] != 0:
		return 0, ErrReply
	case len(b) < replySize:
		return 0, nil
	case b[1] != granted:
		return replySize, ErrDenied
	}
	return replySize, nil
}
