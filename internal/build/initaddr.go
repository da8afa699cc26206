package build

import (
	"fmt"
	"net/netip"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// at tells where the build is.
func (b *builder) at(pos config.Pos) {
	if b.o.At != nil {
		b.o.At(pos)
	}
}

// initAddr finds the address of a server whose name has to be resolved, in the ways
// that "init-addr" lists. A server without one is out of service where the
// configuration, or "-dr", allows that; false: there is none, and if it is not
// allowed an alert.
func (b *builder) initAddr(be *proxy.Backend, s *config.Server, srv *proxy.Server) (netip.Addr, bool) {
	methods := s.InitMethods()
	if b.o.IgnoreUnresolved {
		methods = append(methods[:len(methods):len(methods)], config.InitNone)
	}
	said := fmt.Sprintf("[%s] : 'server %s/%s' : could not resolve address '%s'", s.Pos, be.Name, s.Name, s.Host)
	asked := false
	note := func(level config.Level, text string) {
		b.d.Add(config.Diagnostic{Level: level, Form: config.FormBare, Pos: s.Pos, Text: text})
	}
	for _, m := range methods {
		switch m {
		case config.InitLast:
			if b.o.Last == nil {
				continue
			}
			if ip, ok := b.o.Last(be.Spec, s); ok {
				return ip, true
			}
		case config.InitLibc:
			b.at(s.Pos)
			asked = true
			if ip, err := b.o.Resolve(s.Host, s.Address.Family); err == nil {
				return ip, true
			}
		case config.InitNone:
			if asked {
				note(config.Notice, said+", disabling server.")
			}
			srv.Health.Admin |= proxy.NoAddress
			srv.Health.Oper, srv.Health.Check.Health = proxy.Stopped, 0
			return netip.Addr{}, false
		default:
			if asked {
				note(config.Notice, said+", falling back to configured address.")
			}
			ip, _ := m.Addr()
			return ip, true
		}
	}
	b.unknown = true
	if !asked {
		said = fmt.Sprintf("[%s] : 'server %s/%s' : no method found to resolve address '%s'", s.Pos, be.Name, s.Name, s.Host)
	}
	note(config.Alert, said+".")
	return netip.Addr{}, false
}
