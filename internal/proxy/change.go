package proxy

import (
	"net/netip"
	"slices"

	"github.com/sluice-proxy/sluice/internal/sys"
)

// These methods change what a server is configured to be, while nothing else reads
// it (stream.Engine.Exclusive, and nobody of the control plane). What was set at
// run time gives way, as it would in a new process.

// Reweigh changes the configured weight.
func (b *Backend) Reweigh(srv *Server, weight int) {
	b.SetWeight(srv, weight)
	srv.Weight = weight
	srv.changed.Store(0)
}

// Relimit changes "maxconn", of a server without "minconn"; 0: no limit.
func (b *Backend) Relimit(srv *Server, n int64) {
	b.SetMaxConn(srv, n)
	srv.MaxConn = n
	srv.maxSet.Store(0)
}

// Place is where a server is. Of an unspecified address, and with MapPort of the
// port, parts are those that the client connected to, see Server.
type Place struct {
	Addr      netip.AddrPort
	MapPort   bool
	PortShift int
}

// Place returns where the server is.
func (s *Server) Place() Place { return Place{s.Addr, s.MapPort, s.PortShift} }

// Move changes the place, of a server that is reached by IP. Nothing may be in its
// pools: connections are kept by another key from then on, maybe.
func (s *Server) Move(to Place) {
	s.Addr, s.To = to.Addr, sys.InetSockaddr(to.Addr)
	s.MapIP, s.MapPort, s.PortShift = to.Addr.Addr().IsUnspecified(), to.MapPort, to.PortShift
	s.SetKeyed()
	s.Moved++
}

// Rehash changes the place in consistent hashing.
func (b *Backend) Rehash(srv *Server, node uint32) error {
	if srv.Node == node {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	srv.Node = node
	return b.rebalance()
}

// Rename changes a server's name, which no other has.
func (b *Backend) Rename(srv *Server, name string) {
	srv.Name = name
	b.reindex()
}

// AddServer adds a server behind the others. Its Index is set.
func (b *Backend) AddServer(srv *Server) error {
	var g grants
	defer g.tell()
	b.mu.Lock()
	defer b.mu.Unlock()
	former := b.Servers
	b.Servers = append(slices.Clip(former), srv)
	srv.Index = len(former)
	h := srv.Health.Get()
	usable := h.Usable() && srv.weight() > 0
	if err := b.rebalance(); err != nil {
		b.Servers = former
		return err
	}
	b.reindex()
	b.ramps = b.ramps || srv.ramps()
	b.setUsable(srv, usable)
	b.pump(&g)
	return nil
}

// RemoveServer takes a server out: nobody chooses it any more. Its streams go on,
// and those that wait for it come to it still.
func (b *Backend) RemoveServer(srv *Server) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	former := b.Servers
	b.Servers = slices.DeleteFunc(slices.Clone(former), func(s *Server) bool { return s == srv })
	number(b.Servers)
	if err := b.rebalance(); err != nil {
		b.Servers = former
		number(former)
		return err
	}
	b.reindex()
	srv.gone = true
	srv.Moved++
	b.setUsable(srv, false)
	return nil
}

func number(servers []*Server) {
	for i, s := range servers {
		s.Index = i
	}
}

// rebalance makes the algorithms anew, with the load that the servers have.
func (b *Backend) rebalance() error {
	old := b.chooser
	if err := b.choosers(old.params); err != nil {
		b.chooser = old
		return err
	}
	for _, s := range b.Servers {
		b.loaded(s)
	}
	return nil
}
