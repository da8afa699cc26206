package config

import "net/netip"

// ProxyOptions are the "option" lines of a proxy.
type ProxyOptions struct {
	ForwardFor *ForwardFor // nil: off

	HTTPLog    bool // option httplog
	HTTPLogCLF bool // option httplog clf
	TCPLog     bool // option tcplog
	TCPLogCLF  bool // option tcplog clf

	DontLogNull     bool
	LogASAP         bool
	LogHealthChecks bool
	AbortOnClose    bool

	Conn ConnMode
}

// ConnMode is how HTTP connections are used (manual 4.2 "option httpclose").
type ConnMode uint8

const (
	ConnKeepAlive   ConnMode = iota // option http-keep-alive, the default
	ConnServerClose                 // option http-server-close
	ConnClose                       // option httpclose
)

// ForwardFor is "option forwardfor".
type ForwardFor struct {
	Name   string       // the field's name, lower case; "x-forwarded-for" when not set
	Except netip.Prefix // no field is added for clients in it; invalid: none
	IfNone bool         // only when the request has no such field
}
