package worker

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/sluice-proxy/sluice/internal/check"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// specOf is the line of a server.
func specOf(srv *proxy.Server) *config.Server { return srv.Backend.Spec.Servers[srv.Index] }

// Move implements cli.Server. (As in the reference, checks that need a port keep a
// server from a mapped one without a word.)
func (c serverControl) Move(addr string, port *string) string {
	srv := c.Watch.Server()
	spec, from := specOf(srv), srv.Place()
	if srv.Path != "" {
		return "Update for the current server address family is only supported through configuration file."
	}
	ip, err := netip.ParseAddr(addr)
	if err != nil || ip.Zone() != "" {
		return "Invalid addr '" + addr + "'"
	}
	to := from
	to.Addr = netip.AddrPortFrom(ip.Unmap(), from.Addr.Port())
	if port != nil {
		if !setPlacePort(&to, *port) {
			return "problem converting port '" + *port + "' to an int"
		}
		if to.MapPort && spec.Check && spec.CheckPort == 0 {
			to.Addr, to.MapPort, to.PortShift = netip.AddrPortFrom(ip.Unmap(), from.Addr.Port()), from.MapPort, from.PortShift
		}
	}
	var changes []string
	if to.Addr.Addr() != from.Addr.Addr() {
		changes = append(changes, fmt.Sprintf("IP changed from '%s' to '%s'", ipText(from), ipText(to)))
	}
	if a, b := portText(from), portText(to); a != b {
		changes = append(changes, fmt.Sprintf("port changed from '%s' to '%s'", a, b))
	}
	if len(changes) > 0 {
		inside, after := c.s.relocate(srv, spec, to)
		if err := c.s.alone(inside); err != nil {
			return err.Error()
		}
		after()
	}
	c.Watch.Found()
	if spec.Check && !c.Watch.Checked() { // it had no address to be checked at
		c.s.startCheck(srv, spec, 0)
	}
	if len(changes) == 0 {
		return "nothing changed"
	}
	return strings.Join(changes, ", ") + " by 'stats socket command'"
}

// setPlacePort reads a port, after "+" or "-" one relative to that of the client.
func setPlacePort(to *proxy.Place, text string) bool {
	digits := strings.TrimLeft(text, "+-")
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || len(text) > len(digits)+1 {
		return false
	}
	to.Addr, to.MapPort, to.PortShift = netip.AddrPortFrom(to.Addr.Addr(), uint16(n)), len(text) > len(digits), 0
	switch {
	case text[0] == '-':
		to.PortShift = -int(n)
	case to.MapPort:
		to.PortShift = int(n)
	}
	return true
}

func ipText(p proxy.Place) string {
	if !p.Addr.Addr().IsValid() {
		return "" // its name was not found
	}
	return p.Addr.Addr().String()
}

func portText(p proxy.Place) string {
	if p.MapPort {
		return "+" + strconv.Itoa(int(uint16(p.PortShift)))
	}
	return strconv.Itoa(int(p.Addr.Port()))
}

// Fqdn implements cli.Server: names are not resolved at run time.
func (serverControl) Fqdn(string) string {
	return "set server <b>/<s> fqdn failed because no resolution is configured."
}

// TLS implements cli.Server: no server has it.
func (serverControl) TLS(string) string {
	return "'set server <srv> ssl' cannot be set.  default-server should define ssl settings"
}

// Rename implements cli.Server.
func (c serverControl) Rename(name string) string {
	srv := c.Watch.Server()
	be, h := srv.Backend, srv.Health.Get()
	other := be.Named(name)
	switch {
	case c.Watch.HasTrackers() || srv.Referenced:
		return "Cannot rename: server's name is statically referenced (use-server, track, or sample argument)."
	case h.Admin&proxy.AnyMaint == 0:
		return "Server must be in maintenance mode to be renamed (set server <b>/<s> state maint)."
	case !config.ValidName(name):
		return "Server name contains invalid characters."
	case other != nil && other != srv:
		return "A server with the same name already exists in this backend."
	}
	if err := c.s.alone(func() {
		be.Rename(srv, name)
		specOf(srv).Name = name
	}); err != nil {
		return err.Error()
	}
	named := func(how *check.Spec) { how.Server = name }
	c.ChangeCheck(named)
	c.ChangeAgent(named)
	return ""
}
