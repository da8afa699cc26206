package worker

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/diff"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

var (
	errNoServer = errors.New("there is no such server")
	errFixed    = errors.New("the algorithm has fixed places")
)

// server finds the server that an operation is about, and its line.
func (c *change) server(op *diff.Operation) (*proxy.Server, *config.Server, error) {
	be := c.backends[op.Backend]
	if be == nil {
		return nil, nil, errNoServer
	}
	for i, srv := range be.Servers {
		if srv.Name == op.Server {
			return srv, be.Spec.Servers[i], nil
		}
	}
	return nil, nil, errNoServer
}

func (c *change) setWeight(op *diff.Operation) error {
	srv, spec, err := c.server(op)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(op.Value)
	switch {
	case err != nil || n < 0 || n > proxy.MaxWeight:
		return errors.New("no such weight")
	case srv.Backend.Static():
		return errors.New("the algorithm has fixed weights")
	}
	c.inside = append(c.inside, func() {
		srv.Backend.Reweigh(srv, n)
		spec.Weight = n
	})
	return nil
}

func (c *change) setMaxconn(op *diff.Operation) error {
	srv, spec, err := c.server(op)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(op.Value)
	if err != nil || n < 0 || srv.MinConn != 0 {
		return errors.New("no such limit")
	}
	c.inside = append(c.inside, func() {
		srv.Backend.Relimit(srv, int64(n))
		spec.Maxconn = n
	})
	return nil
}

func (c *change) setState(op *diff.Operation) error {
	srv, spec, err := c.server(op)
	if err != nil {
		return err
	}
	disabled := op.Value == "maint"
	if !disabled && op.Value != "ready" {
		return errors.New("no such state")
	}
	w := c.s.monitor.Of(srv)
	c.inside = append(c.inside, func() { spec.Disabled = disabled })
	c.after = append(c.after, func() { w.Configure(disabled) })
	return nil
}

// setAddress changes where a server is, for streams and for checks that have no
// address of their own. Idle connections to the former address are closed.
func (c *change) setAddress(op *diff.Operation) error {
	srv, spec, err := c.server(op)
	if err != nil {
		return err
	}
	to, err := netip.ParseAddrPort(op.Value)
	switch {
	case err != nil || to.Port() == 0 || to.Addr().IsUnspecified():
		return errors.New("no such address")
	case srv.Path != "" || srv.Mapped() || srv.Multipath || !srv.Addr.IsValid():
		return errors.New("its address is not one that can be exchanged")
	}
	inside, after := c.s.relocate(srv, spec, proxy.Place{Addr: netip.AddrPortFrom(to.Addr().Unmap(), to.Port())})
	c.inside, c.after = append(c.inside, inside), append(c.after, after)
	return nil
}

// serverList is what the servers of a backend become.
type serverList struct {
	added, removed []*proxy.Server
	specs          []*config.Server // of added
}

func (c *change) list(be *proxy.Backend) *serverList {
	if c.lists[be] == nil {
		c.lists[be] = &serverList{}
		c.order = append(c.order, be)
	}
	return c.lists[be]
}

func (c *change) removeServer(op *diff.Operation) error {
	srv, _, err := c.server(op)
	if err != nil {
		return err
	}
	switch {
	case srv.Backend.Static():
		return errFixed
	case srv.Referenced:
		return errors.New("a rule or an expression names it")
	case c.s.monitor.Of(srv).Tracked():
		return errors.New("it is tracked, or tracks another")
	}
	l := c.list(srv.Backend)
	l.removed = append(l.removed, srv)
	return nil
}

func (c *change) addServer(op *diff.Operation) error {
	be := c.backends[op.Backend]
	if be == nil {
		return errors.New("there is no such backend")
	}
	if be.Static() {
		return errFixed
	}
	if _, _, err := c.server(op); err == nil && !slices.ContainsFunc(c.list(be).removed, func(s *proxy.Server) bool { return s.Name == op.Server }) {
		return errors.New("it is there already")
	}
	spec, err := parseServer(be, op)
	if err != nil {
		return err
	}
	srv, err := c.s.run.NewServer(be, spec)
	if err != nil {
		return err
	}
	l := c.list(be)
	for _, other := range l.added { // who have no number of their own yet are not in the backend
		if other.ID == srv.ID {
			srv.ID = 0
		}
	}
	if srv.ID == 0 {
		srv.ID = freeID(be, l.added)
	}
	l.added, l.specs = append(l.added, srv), append(l.specs, spec)
	return nil
}

// freeID is the lowest number that no server has.
func freeID(be *proxy.Backend, added []*proxy.Server) int {
	for id := 1; ; id++ {
		taken := func(s *proxy.Server) bool { return s.ID == id }
		if !slices.ContainsFunc(be.Servers, taken) && !slices.ContainsFunc(added, taken) {
			return id
		}
	}
}

// parseServer reads the line of a server.
func parseServer(be *proxy.Backend, op *diff.Operation) (*config.Server, error) {
	p, err := parseSection("backend", be.Spec.Mode, []string{op.Line}, nil)
	if err != nil {
		return nil, err
	}
	if len(p.Servers) != 1 || p.Servers[0].Name != op.Server {
		return nil, fmt.Errorf("'%s' is not its line", op.Line)
	}
	return p.Servers[0], nil
}

// finishLists plans what becomes of the lists of servers.
func (c *change) finishLists() {
	s := c.s
	for _, be := range c.order {
		l := c.lists[be]
		c.inside = append(c.inside, func() { s.changeServers(be, l) })
		c.after = append(c.after, func() {
			for i, srv := range l.added {
				s.startCheck(srv, l.specs[i], 0)
			}
		})
	}
}

// changeServers takes servers out of a backend and adds others. (The algorithm has
// been made with these parameters before: making it again does not fail.)
func (s *service) changeServers(be *proxy.Backend, l *serverList) {
	specs := slices.Clone(be.Spec.Servers)
	for _, srv := range l.removed {
		specs = slices.Delete(specs, srv.Index, srv.Index+1)
		srv.Observe = nil
		_ = be.RemoveServer(srv)
		s.engine.DropIdle(srv)
		s.monitor.Forget(srv)
	}
	s.engine.Grow(s.run.Servers)
	for i, srv := range l.added {
		specs = append(specs, l.specs[i])
		s.monitor.Add(srv, l.specs[i])
		if l.specs[i].Observe != "" {
			srv.Observe = s.monitor
		}
		_ = be.AddServer(srv)
	}
	be.Spec.Servers = specs
	if be.Cookie != nil {
		be.Cookie = proxy.NewCookie(be.Spec.Cookie, be.Servers)
	}
}
