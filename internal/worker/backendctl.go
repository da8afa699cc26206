package worker

import (
	"github.com/sluice-proxy/sluice/internal/cli"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

var _ cli.Backends = (*service)(nil)

// backendControl lets the runtime API act on a backend.
type backendControl struct {
	s  *service
	be *proxy.Backend
}

// Backend implements cli.Backends.
func (s *service) Backend(name string) cli.Backend {
	if be := s.findBackend(name); be != nil {
		return backendControl{s, be}
	}
	return nil
}

// BackendNames implements cli.Backends.
func (s *service) BackendNames() []string {
	var names []string
	for _, be := range s.run.Backends {
		names = append(names, be.Name)
	}
	return names
}

// change runs f while no stream runs; it returns what kept it from that.
func (c backendControl) change(f func()) string {
	if err := c.s.alone(f); err != nil {
		return err.Error()
	}
	return ""
}

// Publish implements cli.Backend.
func (c backendControl) Publish(on bool) string {
	if c.be.Spec.Disabled { // made for force-be-switch rules only
		return "No effect on a disabled backend."
	}
	return c.change(func() { c.be.Unpublished = !on })
}

// DynamicCookie implements cli.Backend.
func (c backendControl) DynamicCookie(on *bool, key *string) string {
	d := c.be.DynamicCookie
	if on != nil {
		d.On = *on
	}
	if key != nil {
		d.Key = *key
	}
	return c.change(func() { c.be.SetDynamicCookie(d, func(srv *proxy.Server) string { return specOf(srv).Cookie }) })
}
