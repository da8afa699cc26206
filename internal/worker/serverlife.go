package worker

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/sluice-proxy/sluice/internal/check"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/features"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// What keeps a server from being deleted.
const (
	pointedTo   = "This server cannot be removed at runtime due to other configuration elements pointing to it."
	notInMaint  = "Only servers in maintenance mode can be deleted."
	stillInUse  = "Server still has connections attached to it, cannot remove it."
	noSuchBack  = "No such backend."
	noSuchServe = "No such server."
)

// AddServer implements cli.ServerLife.
func (s *service) AddServer(backend, name string, words []string) (notes []string, fault string) {
	be := s.findBackend(backend)
	switch {
	case be == nil:
		return nil, noSuchBack
	case be.Static():
		return nil, "Backend does not support dynamic servers : backend '" + be.Name + "' uses a non dynamic load balancing method."
	case be.Named(name) != nil:
		return nil, "Already exists a server with the same name in backend."
	}
	spec, fault := config.DynamicServer(be.Spec, name, words, config.Options{Tables: features.Tables(), Env: config.Env{},
		ReadFile: func(string) ([]byte, error) { return nil, fs.ErrNotExist }})
	if fault == "" {
		fault = s.run.Spec.GUIDFault(spec)
	}
	if fault == "" {
		fault = idFault(be, spec)
	}
	if fault != "" {
		return nil, fault
	}
	if spec.Cookie != "" && !be.HTTP {
		notes = append(notes, "Ignoring cookie as HTTP mode is disabled.")
	}
	leader, fault := s.leader(be, spec.Track)
	if fault != "" {
		return nil, fault
	}
	track := spec.Track
	spec.Track = "" // which only a new process would look up
	srv, err := s.run.NewServer(be, spec)
	if err != nil {
		return nil, "'server " + be.Name + "/" + name + "' : " + err.Error() + "."
	}
	spec.Track = track
	begin(srv, spec)
	if err := s.alone(func() {
		s.changeServers(be, &serverList{added: []*proxy.Server{srv}, specs: []*config.Server{spec}})
		if leader != nil {
			s.monitor.Of(srv).Follow(leader)
		}
	}); err != nil {
		s.run.Vacate(srv)
		return nil, err.Error()
	}
	s.startCheck(srv, spec, 0)
	s.report.Noticef("CLI : 'server %s/%s' : New server registered.", be.Name, name)
	return notes, ""
}

// idFault says which server has the number that a new one asks for.
func idFault(be *proxy.Backend, spec *config.Server) string {
	for _, other := range be.Servers {
		if spec.ID != 0 && other.ID == spec.ID {
			return fmt.Sprintf("'id' : custom id %d already used at %s ('server %s').", spec.ID, specOf(other).Pos, other.Name)
		}
	}
	return ""
}

// begin is the state in which dynamic servers begin: in maintenance, and unchecked
// until somebody says otherwise.
func begin(srv *proxy.Server, spec *config.Server) {
	srv.Dynamic = true
	spec.Disabled = false // maintenance is asked for, and ends as such
	srv.Health.With(func(h *proxy.HealthView) {
		h.Admin = h.Admin&proxy.NoAddress | proxy.ForcedMaint
		h.Oper, h.Check.Health, h.Changed = proxy.Stopped, 0, time.Now()
		h.Check.Enabled, h.Agent.Enabled = false, false
	})
}

// leader is whom a server is to take its state from; nil: nobody.
func (s *service) leader(be *proxy.Backend, track string) (w *check.Watch, fault string) {
	if track == "" {
		return nil, ""
	}
	name := track
	if backend, rest, ok := strings.Cut(track, "/"); ok {
		i := slices.IndexFunc(s.run.Backends, func(b *proxy.Backend) bool { return b.Name == backend })
		if i < 0 {
			return nil, "unable to find required proxy '" + backend + "' for tracking."
		}
		be, name = s.run.Backends[i], rest
	}
	other := be.Named(name)
	if other == nil {
		return nil, "unable to find required server '" + name + "' for tracking."
	}
	title := be.Name + "/" + name
	w = s.monitor.Of(other)
	h := other.Health.Get()
	switch {
	case other.Dynamic:
		return nil, "unable to use " + title + " for tracking as it is a dynamic server."
	case !h.Check.Configured && !h.Agent.Configured && h.Tracks == nil:
		return nil, "unable to use " + title + " for tracking as it does not have any check nor agent enabled."
	}
	return w, ""
}

// removable says why a server cannot be deleted; with final it will not be while
// nobody changes anything about that.
func (s *service) removable(srv *proxy.Server) (fault string, final bool) {
	h := srv.Health.Get()
	waiting, _ := srv.Queued()
	switch {
	case srv.Referenced || s.monitor.Of(srv).HasTrackers():
		return pointedTo, true
	case h.Admin&proxy.AnyMaint == 0:
		return notInMaint, true
	case srv.Conns.Load() > 0 || srv.Served() > 0 || waiting > 0:
		return stillInUse, false
	}
	return "", false
}

// ServerRemovable implements cli.ServerLife: idle connections do not outlive the
// question.
func (s *service) ServerRemovable(backend, server string) (fault string, final bool) {
	srv, fault := s.serverOf(backend, server)
	if srv == nil {
		return fault, true
	}
	if fault, final = s.removable(srv); fault == stillInUse {
		s.engine.CloseIdle(srv)
	}
	return fault, final
}

func (s *service) serverOf(backend, server string) (srv *proxy.Server, fault string) {
	if s.findBackend(backend) == nil {
		return nil, noSuchBack
	}
	if srv = s.findServer(backend, server); srv == nil {
		return nil, noSuchServe
	}
	return srv, ""
}

// DeleteServer implements cli.ServerLife.
func (s *service) DeleteServer(backend, server string) (fault string) {
	srv, fault := s.serverOf(backend, server)
	if srv == nil {
		return fault
	}
	if fault, _ = s.removable(srv); fault != "" {
		return fault
	}
	err := s.alone(func() {
		if fault, _ = s.removable(srv); fault != "" {
			return // somebody was faster
		}
		s.changeServers(srv.Backend, &serverList{removed: []*proxy.Server{srv}})
		s.engine.Vacate(srv)
		s.run.Vacate(srv)
	})
	if err != nil {
		return err.Error()
	}
	if fault == "" {
		s.report.Noticef("Server deleted.")
	}
	return fault
}
