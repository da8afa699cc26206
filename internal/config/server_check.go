package config

import (
	"fmt"
	"slices"
)

// ServerChecks are the options of a server line about its checks (manual 5.2).
type ServerChecks struct {
	CheckSendProxy bool
	CheckProto     string // h1 or none; "" as the check wants
	HealthCheck    string // name of a section; "": as the backend says
}

var serverCheckOptions = []serverOption{
	serverFlag("check-send-proxy", "Sends a PROXY protocol header with checks.", func(s *serverLine) { s.CheckSendProxy = true }),
	serverFlag("no-check-send-proxy", "Undoes an inherited \"check-send-proxy\".", func(s *serverLine) { s.CheckSendProxy = false }),
	{name: "check-proto", args: 1, syntax: "check-proto <name>", doc: "Sets the protocol of checks.", parse: func(_ *Parser, s *serverLine, a []string) error {
		switch {
		case a[0] == "":
			return fmt.Errorf("'check-proto' : missing value")
		case !slices.Contains([]string{"h1", "h2", "fcgi", "none", "quic", "spop"}, a[0]):
			return fmt.Errorf("'check-proto' :  unknown MUX protocol '%s'", clip(a[0]))
		case a[0] != "h1" && a[0] != "none":
			return fmt.Errorf("'check-proto %s' is not built yet in this version of Sluice", a[0])
		}
		s.CheckProto = a[0]
		return nil
	}},
	{name: "healthcheck", args: 1, syntax: "healthcheck <name>", doc: "Checks as a healthcheck section says.", since: "3.4", parse: func(_ *Parser, s *serverLine, a []string) error {
		if a[0] == "" {
			return fmt.Errorf("'healthcheck' expects a section name as argument.")
		}
		s.HealthCheck = a[0]
		return nil
	}},
}

// serverChecks checks what a server line says of checks against the rest.
func (c *checker) serverChecks(p *Proxy, s *Server) {
	spec := &p.Checks
	if s.HealthCheck != "" {
		h := c.spec.FindHealthCheck(s.HealthCheck)
		if h == nil {
			c.alert(s.Pos, "[%s] : 'server %s/%s' : parsing [%s]: healthcheck section '*healthcheck-%s' not found for server '%s'.", s.Pos, p.Name, s.Name, s.Pos, clip(s.HealthCheck), s.Name)
			return
		}
		spec = &h.Proxy.Checks
	}
	if s.CheckProto != "" && s.Check && (s.CheckProto == "h1") != (spec.Type == "httpchk") {
		c.alert(s.Pos, "config: %s: server '%s' uses an incompatible MUX protocol for the selected check type", p.Title(), s.Name)
	}
	port := s.CheckPort != 0 || s.CheckAddr != nil && s.CheckAddr.Port != 0 || s.Address.Port != 0 && s.Address.PortOffset == 0
	if s.Check && s.Address.IsIP() && !port {
		if text := spec.portFault(); text != "-" {
			c.alert(s.Pos, "config: %s: server '%s' has neither service port nor check port%s.", p.Title(), s.Name, text)
		}
	}
}

// portFault says what is missing when only the connect steps can say the port.
func (c *CheckSpec) portFault() string {
	steps := c.TCP
	switch c.Type {
	case "":
		return ""
	case "tcp-check":
	case "httpchk":
		steps = c.HTTP
	default:
		steps = nil
	}
	known := false
	for _, s := range steps {
		if s.Step() != "connect" {
			continue
		}
		switch {
		case s.connectPort():
			known = true
		case known:
			return ", and a tcp_check rule 'connect' with no port information"
		default:
			return " nor tcp_check rule 'connect' with port information"
		}
	}
	if !known {
		return " nor tcp_check rule 'connect' with port information"
	}
	return "-"
}

// connectPort says whether a connect step has a port of its own.
func (s *Setting) connectPort() bool {
	for i, w := range s.Words[:len(s.Words)-1] {
		switch next := s.Words[i+1]; w {
		case "port":
			if _, ok := parseInt(next, 1, 65535); ok {
				return true
			}
		case "addr":
			if a, err := ParseCheckAddress(next); err == nil && (a.Port != 0 || !a.IsIP()) {
				return true
			}
		}
	}
	return false
}

// FindHealthCheck returns the healthcheck section of that name, nil without.
func (s *Spec) FindHealthCheck(name string) *HealthCheck {
	for _, h := range s.HealthChecks {
		if h.Name == name {
			return h
		}
	}
	return nil
}

// checkWords writes in what v differs from base.
func checkWords(v, base *ServerChecks) (w []string) {
	switch {
	case v.CheckSendProxy && !base.CheckSendProxy:
		w = append(w, "check-send-proxy")
	case !v.CheckSendProxy && base.CheckSendProxy:
		w = append(w, "no-check-send-proxy")
	}
	for _, x := range []struct{ name, v, base string }{
		{"check-proto", v.CheckProto, base.CheckProto}, {"healthcheck", v.HealthCheck, base.HealthCheck},
	} {
		if x.v != x.base {
			w = append(w, x.name, x.v)
		}
	}
	return w
}
