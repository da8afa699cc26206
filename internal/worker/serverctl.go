package worker

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"time"

	"github.com/sluice-proxy/sluice/internal/check"
	"github.com/sluice-proxy/sluice/internal/cli"
	"github.com/sluice-proxy/sluice/internal/proxy"
)

// serverControl lets the runtime API act on a server.
type serverControl struct {
	*check.Watch
	s *service
}

// Steady implements cli.Servers.
func (s *service) Steady(f func()) {
	s.changing.RLock()
	defer s.changing.RUnlock()
	f()
}

// Alone implements cli.Servers.
func (s *service) Alone(f func()) bool {
	if !s.exclude(waitCommands) {
		return false
	}
	defer s.changing.Unlock()
	f()
	return true
}

// Server implements cli.Servers.
func (s *service) Server(backend, server string) (cli.Server, error) {
	be := s.findBackend(backend)
	if be == nil {
		return nil, errors.New("No such backend.")
	}
	if srv := s.findServer(backend, server); srv != nil {
		return serverControl{s.monitor.Of(srv), s}, nil
	}
	return nil, errors.New("No such server.")
}

func (s *service) findServer(backend, server string) *proxy.Server {
	if be := s.findBackend(backend); be != nil {
		for _, srv := range be.Servers {
			if srv.Name == server || "#"+strconv.Itoa(srv.ID) == server {
				return srv
			}
		}
	}
	return nil
}

func (s *service) findBackend(name string) *proxy.Backend {
	for _, be := range s.run.Backends {
		if be.Name == name || "#"+strconv.Itoa(be.ID) == name {
			return be
		}
	}
	return nil
}

// The texts of what is missing.
const (
	noChecks = "health checks are not enabled on this server"
	noAgent  = "agent checks are not enabled on this server"
)

func (c serverControl) SetCheckAddr(text string) string {
	return setAddr(text, c.ChangeCheck, noChecks)
}

func (c serverControl) SetAgentAddr(text string) string {
	return setAddr(text, c.ChangeAgent, noAgent)
}

// setAddr changes the address that checks go to, the port stays.
func setAddr(text string, change func(func(*check.Spec)) bool, none string) string {
	if !change(func(*check.Spec) {}) {
		return none
	}
	ip, err := netip.ParseAddr(text)
	if err != nil {
		return "invalid addr '" + text + "'"
	}
	change(func(s *check.Spec) {
		port := uint16(0)
		if ap, err := netip.ParseAddrPort(s.Address); err == nil {
			port = ap.Port()
		}
		s.Network, s.Address, s.Moved.Addr = "tcp", netip.AddrPortFrom(ip, port).String(), ip.String()
	})
	return ""
}

func (c serverControl) SetCheckPort(text string) string {
	if text == "0" { // the server's own
		port := c.Watch.Server().Addr.Port()
		if !c.ChangeCheck(func(s *check.Spec) {
			if ap, err := netip.ParseAddrPort(s.Address); err == nil {
				s.Address, s.Moved.Port = netip.AddrPortFrom(ap.Addr(), port).String(), 0
			}
		}) {
			return noChecks
		}
		return ""
	}
	return setPort(text, c.ChangeCheck, noChecks)
}

func (c serverControl) SetAgentPort(text string) string {
	return setPort(text, c.ChangeAgent, noAgent)
}

func setPort(text string, change func(func(*check.Spec)) bool, none string) string {
	if !change(func(*check.Spec) {}) {
		return none
	}
	n, err := strconv.Atoi(text)
	switch {
	case err != nil:
		return "provided port is not an integer"
	case n < 1 || n > 65535:
		return "provided port is invalid"
	}
	change(func(s *check.Spec) {
		if ap, err := netip.ParseAddrPort(s.Address); err == nil {
			s.Address, s.Moved.Port = netip.AddrPortFrom(ap.Addr(), uint16(n)).String(), n
		}
	})
	return ""
}

func (c serverControl) SetAgentSend(text string) string {
	if !c.ChangeAgent(func(s *check.Spec) { s.Script = check.AgentScript(text) }) {
		return noAgent + "."
	}
	return ""
}

// ServerStates implements cli.Servers.
func (s *service) ServerStates(w io.Writer, backend string) bool {
	backends := s.run.Backends
	if backend != "" {
		be := s.findBackend(backend)
		if be == nil {
			return false
		}
		backends = []*proxy.Backend{be}
	}
	io.WriteString(w, check.StateHeader)
	now := time.Now()
	for _, be := range backends {
		for _, srv := range be.Servers {
			fmt.Fprintln(w, s.monitor.Of(srv).StateLine(now))
		}
	}
	return true
}

// SetWeight changes the weight as "set weight" does.
func (c serverControl) SetWeight(text string) string {
	srv := c.Watch.Server()
	return srv.Backend.ChangeWeight(srv, text)
}

// Weight returns the weight in force and the configured one.
func (c serverControl) Weight() (now, initial int) {
	srv := c.Watch.Server()
	return srv.UserWeight(), srv.Weight
}
