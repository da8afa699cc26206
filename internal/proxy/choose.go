package proxy

import (
	"slices"

	"github.com/sluice-proxy/sluice/internal/balance"
)

// Affinity is until when a key's own server is kept to (manual 4.2,
// "hash-preserve-affinity").
type Affinity uint8

const (
	AffinityAlways   Affinity = iota
	AffinityMaxConn           // unless it is at its "maxconn"
	AffinityMaxQueue          // unless its queue is at its "maxqueue"
)

// chooser holds the balancing algorithms of a backend. Its methods are called
// with the backend's lock.
type chooser struct {
	params  balance.Params
	active  balance.Algorithm
	backups balance.Algorithm // nil without "option allbackups": the first serves
	avoid   int               // server index that is passed over; -1: none
	// Made once, so that a choice allocates nothing.
	free  func(i int) bool // the server has a slot
	kept  func(i int) bool // a key's own server may be kept to
	waits bool             // the algorithm counts queued streams, up to a server's maxqueue
}

// choosers makes the algorithms for the servers as they are now.
func (b *Backend) choosers(p balance.Params) (err error) {
	c := &b.chooser
	c.params, c.avoid = p, -1
	c.waits = p.Name == "leastconn" && slices.ContainsFunc(b.Servers, func(s *Server) bool { return s.MaxQueue > 0 })
	c.free = func(i int) bool {
		s := b.Servers[i]
		return i != c.avoid && (s.open() || c.waits && s.queueable())
	}
	c.kept = func(i int) bool {
		s := b.Servers[i]
		switch {
		case i == c.avoid:
			return false
		case b.Affinity == AffinityMaxConn:
			return s.open()
		case b.Affinity == AffinityMaxQueue:
			return s.open() || s.limit() == 0 || s.roomToWait()
		}
		return true
	}
	for _, backups := range []bool{false, true} {
		of := &c.active
		if backups {
			if !b.AllBackups {
				break
			}
			of = &c.backups
		}
		servers := make([]balance.Server, len(b.Servers))
		for i, s := range b.Servers {
			servers[i] = balance.Server{ID: uint32(s.ID), Node: s.Node}
			if s.Backup == backups && s.usable {
				servers[i].Weight = b.share(s)
			}
		}
		if *of, err = balance.New(p, servers); err != nil {
			return err
		}
	}
	return nil
}

// of returns the algorithm that knows the server, nil without one.
func (c *chooser) of(s *Server) balance.Algorithm {
	if s.gone {
		return nil
	}
	if s.Backup {
		return c.backups
	}
	return c.active
}

// choose returns the server for a stream, nil when none has a slot. The server of
// a key may be one to wait for.
func (b *Backend) choose(a balance.Algorithm, w *Waiter, now int64, avoid *Server) *Server {
	c := &b.chooser
	c.avoid = -1
	if avoid != nil {
		c.avoid = avoid.Index
	}
	ask := balance.Ask{OK: c.free, Now: now}
	if w.Keyed {
		ask.OK, ask.Key, ask.Keyed = c.kept, w.Key, true
		// On a ring the server that failed has a neighbour; the map has no other.
		ask.Faithful = b.Affinity == AffinityAlways && (avoid == nil || !c.params.Consistent)
	}
	if i := a.Pick(ask); i >= 0 {
		return b.Servers[i]
	}
	return nil
}
