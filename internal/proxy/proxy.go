// Package proxy holds the frontends, backends and servers of a running worker:
// their limits, queues, health and counters. What a configuration limits or
// orders is per process, whatever the number of loops; so this state is shared
// by the loops and protected by atomics or by its backend's lock. Counters that
// only add up are kept per loop and summed when somebody asks.
package proxy

import "sync/atomic"

// Timeouts are a proxy's timeouts in nanoseconds; 0 means none (manual 4.2,
// "timeout").
type Timeouts struct {
	Client, Server, Connect, Queue, Check, Tarpit int64
	HTTPRequest, HTTPKeepAlive                    int64
	Tunnel, ClientFin, ServerFin                  int64
}

// Gauge is a number of things that come and go, with its highest value so far.
type Gauge struct {
	cur, max atomic.Int64
}

// Add changes the gauge by d and returns its new value.
func (g *Gauge) Add(d int64) int64 {
	n := g.cur.Add(d)
	if d > 0 {
		g.raise(n)
	}
	return n
}

// raise notes a value as the highest so far if it is.
func (g *Gauge) raise(n int64) {
	for {
		m := g.max.Load()
		if n <= m || g.max.CompareAndSwap(m, n) {
			return
		}
	}
}

// TryAdd adds one unless the gauge stands at limit (0: no limit) or above. Whether
// that comes to count as the highest value, Keep says.
func (g *Gauge) TryAdd(limit int64) bool {
	if limit <= 0 {
		g.cur.Add(1)
		return true
	}
	for {
		n := g.cur.Load()
		if n >= limit {
			return false // without having been above the limit for a moment
		}
		if g.cur.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// Keep says that what TryAdd took is in use.
func (g *Gauge) Keep() { g.raise(g.cur.Load()) }

// Load returns the current value.
func (g *Gauge) Load() int64 { return g.cur.Load() }

// Max returns the highest value so far, never above limit if that is not 0.
func (g *Gauge) Max(limit int64) int64 {
	m := g.max.Load()
	if limit > 0 && m > limit {
		return limit
	}
	return m
}
