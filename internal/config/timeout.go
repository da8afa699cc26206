package config

import "time"

// Timeouts are a proxy's timeouts; 0 is not set, which is no limit.
type Timeouts struct {
	Client, Server, Connect, Queue time.Duration
	HTTPRequest, HTTPKeepAlive     time.Duration
	Tunnel, ClientFin, ServerFin   time.Duration
	Check, Tarpit, ClientHandshake time.Duration
}
