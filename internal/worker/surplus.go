package worker

import (
	"github.com/sluice-proxy/sluice/internal/build"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sys"
)

// A listening socket cannot be closed without harm while clients are on their way
// to it: the kernel has chosen it when the first packet of a connection came, and
// closing it resets who is between that and accept. So sockets that a reload makes
// superfluous, but whose addresses go on, are served on as part of those that go
// on (proxy.Listener.Surplus), and closed with these.

// takeShards takes the shards that the configuration before this one had more
// than this one.
func (s *service) takeShards() {
	shards := map[string][]*proxy.Listener{}
	for _, ln := range s.run.Listeners {
		if ln.Bind.Address.IsIP() {
			key := ln.Bind.SocketKey()
			shards[key] = append(shards[key], ln)
		}
	}
	for base, list := range shards {
		for n := len(list) + 1; ; n++ {
			key := build.ShardKey(base, n)
			fd, ok := s.socks.take(key)
			if !ok {
				break
			}
			ln := list[(n-1)%len(list)]
			ln.Surplus = append(ln.Surplus, proxy.Socket{Key: key, FD: fd})
		}
	}
}

// takeNarrower takes the sockets of addresses that are now part of a wider one:
// 127.0.0.1:80 where there is *:80. The kernel prefers the narrower socket for as
// long as it is there.
func (s *service) takeNarrower() {
	if s.socks.left == nil {
		return
	}
	for _, key := range s.socks.left() {
		fd, ok := s.socks.peek(key)
		if !ok {
			continue
		}
		if ln := s.widerThan(fd); ln != nil {
			fd, _ = s.socks.take(key)
			ln.Surplus = append(ln.Surplus, proxy.Socket{Key: key, FD: fd})
		}
	}
}

// widerThan returns the listener that would get fd's connections if fd were not
// there, nil if none would.
func (s *service) widerThan(fd int) *proxy.Listener {
	var found *proxy.Listener
	for _, ln := range s.run.Listeners {
		if ln.Bind.Address.IsIP() && sys.Within(fd, ln.FD) && (found == nil || sys.Within(ln.FD, found.FD)) {
			found = ln
		}
	}
	return found
}
