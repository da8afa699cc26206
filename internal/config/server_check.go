package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ServerChecks are the options of a server line about its checks (manual 5.2).
type ServerChecks struct {
	CheckSendProxy bool
	CheckProto     string // h1 or none; "" as the check wants
	HealthCheck    string // name of a section; "": as the backend says

	AgentCheck bool
	AgentPort  int
	AgentInter time.Duration // 0: 2 s
	AgentAddr  *Address      // nil: the server's; it may have a Host to resolve
	AgentSend  string

	Observe      string // layer4, layer7; "": none
	ErrorLimit   int    // 10 when not set
	OnError      string // fastinter, fail-check, sudden-death, mark-down; "" is fail-check
	OnMarkedDown bool   // shutdown-sessions
	OnMarkedUp   bool   // shutdown-backup-sessions
	InitState    string // fully-up, up, down, fully-down; "": none
	Track        string // [<backend>/]<server>
}

// serverChoice makes the option whose argument is one of several words. The first of
// them may stand for the default, when it is none.
func serverChoice(syntax, doc string, words []string, expects string, set func(*serverLine, string)) serverOption {
	name, _, _ := strings.Cut(syntax, " ")
	return serverOption{name: name, args: 1, syntax: syntax, doc: doc, parse: func(_ *Parser, s *serverLine, a []string) error {
		if !slices.Contains(words, a[0]) {
			return fmt.Errorf("'%s' expects %s but got '%s'", name, expects, clip(a[0]))
		}
		if a[0] == "none" {
			a[0] = ""
		}
		set(s, a[0])
		return nil
	}}
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
	serverFlag("agent-check", "Asks an agent on the server for its weight and state.", func(s *serverLine) { s.AgentCheck = true }),
	serverFlag("no-agent-check", "Undoes an inherited \"agent-check\".", func(s *serverLine) { s.AgentCheck = false }),
	serverDelay("agent-inter <delay>", "Sets the interval between questions to the agent.", func(s *serverLine) *time.Duration { return &s.AgentInter }),
	{name: "agent-port", args: 1, syntax: "agent-port <port>", doc: "Sets the port of the agent.", parse: func(_ *Parser, s *serverLine, a []string) error {
		if a[0] == "" {
			return errors.New("'agent-port' expects a port number as argument.")
		}
		n, ok := parseInt(a[0], 0, 65535)
		if !ok {
			n = 0 // as the reference reads it; a port is asked for when the agent is
		}
		s.AgentPort = n
		return nil
	}},
	{name: "agent-addr", args: 1, syntax: "agent-addr <addr>", doc: "Sets the address of the agent.", parse: func(_ *Parser, s *serverLine, a []string) error {
		if a[0] == "" {
			return errors.New("'agent-addr' expects an address as argument.")
		}
		addr, err := ParseCheckAddress(a[0])
		if err != nil {
			return fmt.Errorf("parsing agent-addr failed. Check if '%s' is correct address.", clip(a[0]))
		}
		s.AgentAddr = &addr
		return nil
	}},
	{name: "agent-send", args: 1, syntax: "agent-send <string>", doc: "Sets what the agent is sent when it is asked.", parse: func(_ *Parser, s *serverLine, a []string) error {
		if a[0] == "" {
			return errors.New("'agent-send' expects a string as argument.")
		}
		s.AgentSend = a[0]
		return nil
	}},
	{name: "observe", args: 1, syntax: "observe <mode>", doc: "Judges the server's health by its traffic too, of layer 4 or layer 7.", parse: func(p *Parser, s *serverLine, a []string) error {
		switch a[0] {
		case "":
			return errors.New("'observe' expects <mode> as argument.")
		case "none":
			s.Observe = ""
		case "layer7":
			if p.proxy != nil && p.proxy.Mode != ModeHTTP {
				return errors.New("'layer7' can only be used in http proxies.")
			}
			s.Observe = a[0]
		case "layer4":
			s.Observe = a[0]
		default:
			return fmt.Errorf("'observe' expects one of 'none', 'layer4', 'layer7' but got '%s'", clip(a[0]))
		}
		return nil
	}},
	{name: "error-limit", args: 1, syntax: "error-limit <count>", doc: "Sets how many errors in a row \"on-error\" acts on.", parse: func(_ *Parser, s *serverLine, a []string) error {
		n, ok := parseInt(a[0], 1, maxInt)
		switch {
		case a[0] == "":
			return errors.New("'error-limit' expects an integer argument.")
		case !ok:
			return errors.New("error-limit has to be > 0.")
		}
		s.ErrorLimit = n
		return nil
	}},
	serverChoice("on-error <mode>", "Sets what errors in the observed traffic lead to.", []string{"fastinter", "fail-check", "sudden-death", "mark-down"},
		"one of 'fastinter', 'fail-check', 'sudden-death' or 'mark-down'", func(s *serverLine, v string) { s.OnError = v }),
	serverChoice("on-marked-down <action>", "Sets what becomes of sessions when the server goes down.", []string{"shutdown-sessions"},
		"'shutdown-sessions'", func(s *serverLine, _ string) { s.OnMarkedDown = true }),
	serverChoice("on-marked-up <action>", "Sets what becomes of the sessions of backup servers when the server comes up.", []string{"shutdown-backup-sessions"},
		"'shutdown-backup-sessions'", func(s *serverLine, _ string) { s.OnMarkedUp = true }),
	serverChoice("init-state { fully-up | up | down | fully-down | none }", "Sets the state that the server begins in.", []string{"none", "fully-up", "up", "down", "fully-down"},
		"one of 'none', 'fully-up', 'up', 'down', or 'fully-down'", func(s *serverLine, v string) { s.InitState = v }),
	{name: "track", args: 1, syntax: "track [<backend>/]<server>", doc: "Takes the state of another server.", parse: func(_ *Parser, s *serverLine, a []string) error {
		if a[0] == "" {
			return errors.New("'track' expects [<proxy>/]<server> as argument.")
		}
		s.Track = a[0]
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
	c.agentAndTrack(p, s)
	if s.CheckProto != "" && s.Check && (s.CheckProto == "h1") != (spec.Type == "httpchk") {
		c.alert(s.Pos, "config: %s: server '%s' uses an incompatible MUX protocol for the selected check type", p.Title(), s.Name)
	}
	port := s.CheckPort != 0 || s.CheckAddr != nil && s.CheckAddr.Port != 0 || s.Address.Port != 0 && s.Address.PortOffset == 0
	if s.Check && s.Address.IsIP() && !s.Address.Any && !port {
		if text := spec.portFault(); text != "-" {
			c.alert(s.Pos, "config: %s: server '%s' has neither service port nor check port%s.", p.Title(), s.Name, text)
		}
	}
}

// agentAndTrack checks what an agent check and tracking need.
func (c *checker) agentAndTrack(p *Proxy, s *Server) {
	intro := sprintf("[%s] : 'server %s/%s' : ", s.Pos, p.Name, s.Name)
	if s.AgentCheck && s.AgentPort == 0 {
		c.alert(s.Pos, "config : %sserver %s does not have agent port. Agent check has been disabled.", intro, s.Name)
	}
	switch {
	case s.Track == "":
		return
	case s.Check:
		c.alert(s.Pos, "config : %sunable to enable checks and tracking at the same time!", intro)
		return
	case s.InitState != "":
		c.alert(s.Pos, "config : %sunable to set init-state and tracking at the same time!", intro)
		return
	}
	seen := map[*Server]bool{s: true}
	at, in := s, p
	for at.Track != "" {
		name, backend := at.Track, in
		if b, rest, ok := strings.Cut(at.Track, "/"); ok {
			if name, backend = rest, c.backends[b]; backend == nil {
				c.alert(s.Pos, "%sunable to find required proxy '%s' for tracking.", intro, clip(b))
				return
			}
		}
		next := backend.FindServer(name)
		if next == nil {
			c.alert(s.Pos, "%sunable to find required server '%s' for tracking.", intro, clip(name))
			return
		}
		if seen[next] {
			c.alert(s.Pos, "%sunable to track %s/%s as it belongs to a tracking chain looping back to %s/%s.", intro, backend.Name, name, p.Name, s.Name)
			return
		}
		seen[next] = true
		at, in = next, backend
	}
	if !at.Check && !at.AgentCheck {
		c.alert(s.Pos, "%sunable to use %s/%s for tracking as it does not have any check nor agent enabled.", intro, in.Name, at.Name)
	}
	if p.Checks.DisableOn404 != in.Checks.DisableOn404 {
		c.alert(s.Pos, "%sunable to use %s/%s for tracking: disable-on-404 option inconsistency.", intro, in.Name, at.Name)
	}
}

// FindServer returns the server of that name, nil without.
func (p *Proxy) FindServer(name string) *Server {
	for _, s := range p.Servers {
		if s.Name == name {
			return s
		}
	}
	return nil
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
	flag := func(v, was bool, words ...string) {
		switch {
		case v && !was:
			w = append(w, strings.Fields(words[0])...)
		case !v && was && len(words) > 1:
			w = append(w, words[1])
		}
	}
	flag(v.CheckSendProxy, base.CheckSendProxy, "check-send-proxy", "no-check-send-proxy")
	flag(v.AgentCheck, base.AgentCheck, "agent-check", "no-agent-check")
	for _, x := range []struct{ name, v, base string }{
		{"check-proto", v.CheckProto, base.CheckProto}, {"healthcheck", v.HealthCheck, base.HealthCheck},
		{"agent-send", v.AgentSend, base.AgentSend}, {"observe", v.Observe, base.Observe}, {"on-error", v.OnError, base.OnError},
		{"init-state", v.InitState, base.InitState}, {"track", v.Track, base.Track},
	} {
		switch {
		case x.v == x.base:
		case x.v == "":
			w = append(w, x.name, "none")
		default:
			w = append(w, x.name, x.v)
		}
	}
	for _, x := range []struct {
		name    string
		v, base int
	}{{"agent-port", v.AgentPort, base.AgentPort}, {"error-limit", v.ErrorLimit, base.ErrorLimit}} {
		if x.v != x.base {
			w = append(w, x.name, strconv.Itoa(x.v))
		}
	}
	if v.AgentInter != base.AgentInter {
		w = append(w, "agent-inter", duration(v.AgentInter))
	}
	if v.AgentAddr != nil && v.AgentAddr != base.AgentAddr {
		w = append(w, "agent-addr", v.AgentAddr.String())
	}
	flag(v.OnMarkedDown, base.OnMarkedDown, "on-marked-down shutdown-sessions")
	flag(v.OnMarkedUp, base.OnMarkedUp, "on-marked-up shutdown-backup-sessions")
	return w
}
