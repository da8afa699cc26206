package config

import (
	"fmt"
	"slices"
	"strings"
)

// missingTimeouts follows "missing timeouts for X."
const missingTimeouts = `
   | While not properly invalid, you will certainly encounter various problems
   | with such a configuration. To fix this, please ensure that all following
   | timeouts are set to a non-zero value: 'client', 'connect', 'server'.`

// Check looks at the configuration as a whole, as far as that needs no compiled
// rule and no machine, and settles what follows from it: "option httplog" in TCP
// mode becomes "option tcplog". Parse has called it already when the files had
// no error; calling it again reports the same.
func (s *Spec) Check(d *Diagnostics) {
	c := &checker{spec: s, d: d, backends: map[string]*Proxy{}, groups: s.ErrorGroups(), guids: map[string]string{},
		proxies: map[string]*Proxy{}, acme: map[string]bool{}, tables: map[string]*StickTable{}}
	for _, p := range s.Proxies {
		c.proxies[p.Name] = p
		if p.Kind.IsBackend() && c.backends[p.Name] == nil {
			c.backends[p.Name] = p
		}
	}
	if n := s.Global.Tune.BufSize; n >= maxBufSize {
		c.alert(Pos{}, "global.tune.bufsize must be below 256 MB when HTTP is in use (current value = %d).", n)
	}
	c.largeBuffers()
	for _, a := range s.ACME {
		c.acme[a.Name] = true
	}
	for _, x := range s.Peers {
		for _, t := range x.Tables {
			c.tables[x.Name+"/"+t.Name] = t
		}
	}
	for other := range s.others() {
		other.check(c)
	}
	for _, p := range s.Proxies {
		if !p.Disabled {
			c.proxy(p)
		}
	}
}

type checker struct {
	spec     *Spec
	d        *Diagnostics
	backends map[string]*Proxy
	groups   ErrorGroups
	guids    map[string]string // what has each unique name
	proxies  map[string]*Proxy
	acme     map[string]bool
	tables   map[string]*StickTable // stick tables
}

func (c *checker) alert(pos Pos, format string, args ...any) {
	c.d.Add(Diagnostic{Level: Alert, Form: FormBare, Pos: pos, Text: fmt.Sprintf(format, args...)})
}

func (c *checker) warn(pos Pos, format string, args ...any) {
	c.d.Add(Diagnostic{Level: Warning, Form: FormBare, Pos: pos, Text: fmt.Sprintf(format, args...)})
}

func (c *checker) proxy(p *Proxy) {
	fe, be, title := p.Kind.IsFrontend(), p.Kind.IsBackend(), p.Title()
	if fe && len(p.Binds) == 0 {
		c.warn(p.Pos, "%s has no 'bind' directive. Please declare it as a backend if this was intended.", title)
	}
	c.guidsOf(p)
	if fe {
		c.binds(p)
	}
	if fe && p.DefaultBackend != "" {
		c.backend(p, p.DefaultBackend, p.DefaultBackPos, "default_backend", "as its default backend")
	}
	if fe {
		for _, r := range p.RulesOf("use_backend") {
			if len(r.Words) > 0 && !strings.Contains(r.Words[0], "%[") {
				c.backend(p, r.Words[0], r.Pos, "use_backend", "in a 'use_backend' rule")
			}
		}
	}
	if src := p.Source; be && src != nil && src.Use == UseHeader && p.Mode != ModeHTTP {
		c.warn(p.Pos, "%s : ignoring use of header %s as source IP in non-HTTP mode.", p.Title(), src.Header)
	}
	if be {
		c.checkRules(p)
		c.externalCheck(p)
		c.serverState(p)
		if p.Mode != ModeHTTP {
			c.cookieIgnored(p)
		}
		if p.Balance.NeedsHTTP() && p.Mode != ModeHTTP {
			c.warn(p.Balance.Pos, "Layer 7 hash not possible for %s (needs 'mode http'). Falling back to round robin.", p.Title())
		}
	}
	t := &p.Timeouts
	if fe && t.Client == 0 || be && len(p.Servers) > 0 && (t.Connect == 0 || t.Server == 0 && (p.Mode == ModeHTTP || t.Tunnel == 0)) {
		c.warn(p.Pos, "missing timeouts for %s.%s", title, missingTimeouts)
	}
	if fe {
		c.logging(p)
	}
	c.errorGroups(p)
	if p.Mode != ModeHTTP && !c.mayBeHTTP(p) {
		c.httpOnly(p)
		c.idleOptions(p)
	}
	for _, s := range p.Servers {
		c.serverChecks(p, s)
		c.transport(p, s)
	}
}

// backend checks a reference to a backend.
func (c *checker) backend(p *Proxy, name string, pos Pos, keyword, how string) {
	b := c.backends[name]
	switch {
	case b == nil:
		c.alert(pos, "Proxy '%s': unable to find required %s: '%s'.", p.Name, keyword, clip(name))
	case b == p:
		c.alert(pos, "Proxy '%s': loop detected for %s: '%s'.", p.Name, keyword, name)
	case p.Mode == ModeHTTP && b.Mode == ModeTCP:
		c.alert(pos, "http %s '%s' (%s) tries to use incompatible tcp %s '%s' (%s) %s (see 'mode').",
			sectionWord(p), p.Name, p.Pos, sectionWord(b), b.Name, b.Pos, how)
	}
}

// mayBeHTTP tells whether sessions of a frontend in TCP mode can become HTTP: by
// "switch-mode http", or by a backend in HTTP mode.
func (c *checker) mayBeHTTP(p *Proxy) bool {
	if p.Mode != ModeTCP || !p.Kind.IsFrontend() {
		return false
	}
	isHTTP := func(name string) bool { b := c.backends[name]; return b != nil && b.Mode == ModeHTTP }
	return isHTTP(p.DefaultBackend) ||
		slices.ContainsFunc(p.RulesOf("use_backend"), func(d *Directive) bool { return len(d.Words) > 0 && isHTTP(d.Words[0]) }) ||
		slices.ContainsFunc(p.RulesOf("tcp-request content"), func(d *Directive) bool { return len(d.Words) > 0 && d.Words[0] == "switch-mode" })
}

func (c *checker) logging(p *Proxy) {
	c.logProfiles(p.Logs)
	o := &p.Options
	if p.Mode != ModeHTTP && (o.HTTPLog || o.HTTPSLog) {
		name := "httplog"
		if o.HTTPSLog {
			name = "httpslog"
		}
		c.warn(p.LogOptionPos, "parsing [%s] : 'option %s' not usable with %s (needs 'mode http'). Falling back to 'option tcplog'.",
			p.LogOptionPos, name, p.Title())
		o.TCPLog, o.TCPLogCLF, o.HTTPLog, o.HTTPLogCLF, o.HTTPSLog = true, o.HTTPLogCLF, false, false, false
	}
	if p.LogFormat == nil && !o.HTTPLog && !o.HTTPSLog && !o.TCPLog {
		return
	}
	for _, l := range p.Logs {
		if !l.Global || len(c.spec.Global.Logs) > 0 {
			return
		}
	}
	c.warn(p.Pos, "log format ignored for %s since it has no log address.", p.Title())
}

// httpOnly warns about what has no effect in TCP mode.
func (c *checker) httpOnly(p *Proxy) {
	if p.CaptureCookie != nil {
		c.warn(p.Pos, "'capture' statement ignored for %s as it requires HTTP mode.", p.Title())
	}
	if p.MonitorURI != "" && p.Kind.IsFrontend() {
		c.warn(p.Pos, "'monitor-uri' statement ignored for %s as it requires HTTP mode.", p.Title())
	}
	for _, set := range []string{"http-request", "http-response", "http-after-response", "redirect"} {
		// Those of a defaults section serve many proxies of both modes.
		if r := p.Rules[set]; len(r) > 0 {
			c.warn(r[0].Pos, "'%s' rules ignored for %s as they require HTTP mode.", set, p.Title())
		}
	}
	if f := p.Options.ForwardFor; f != nil && (p.From == nil || p.From.Options.ForwardFor != f) {
		c.warn(p.Pos, "'option forwardfor' ignored for %s as it requires HTTP mode.", p.Title())
	}
	if f := p.Options.OriginalTo; f != nil && (p.From == nil || p.From.Options.OriginalTo != f) {
		c.warn(p.Pos, "'option originalto' ignored for %s as it requires HTTP mode.", p.Title())
	}
}
