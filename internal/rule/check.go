package rule

import (
	"fmt"

	"github.com/sluice-proxy/sluice/internal/config"
)

// Check looks at what only a whole configuration shows: rules a mode ignores,
// defaults sections whose rules do not fit the sections that use them, and
// backends that do not exist.
func Check(s *config.Spec, d *config.Diagnostics) {
	c := checker{diag: d, backends: map[string]bool{}, users: map[*config.Proxy]config.Kind{}}
	for _, p := range s.Proxies {
		if p.Kind.IsBackend() {
			c.backends[p.Name] = true
		}
	}
	for _, p := range s.Proxies {
		c.defaults(p)
		if p.Disabled {
			continue
		}
		c.mode(p)
		c.targets(p)
	}
}

type checker struct {
	diag     *config.Diagnostics
	backends map[string]bool
	users    map[*config.Proxy]config.Kind // who took rules from a defaults section first
}

func (c *checker) add(level config.Level, form config.Form, pos config.Pos, format string, a ...any) {
	c.diag.Add(config.Diagnostic{Level: level, Form: form, Pos: pos, Text: fmt.Sprintf(format, a...)})
}

// mode warns about rules on HTTP messages in a proxy that sees none.
func (c *checker) mode(p *config.Proxy) {
	if p.Mode == config.ModeHTTP {
		return
	}
	for _, set := range []ruleset{httpRequest, httpResponse, redirects} {
		if len(p.RulesOf(set.String())) > 0 {
			c.add(config.Warning, config.FormBare, p.Pos, "'%s' rules ignored for %s as they require HTTP mode.", set, p.Title())
		}
	}
}

// targets makes sure that the backends use_backend names exist.
func (c *checker) targets(p *config.Proxy) {
	for _, r := range CollectSwitch(p) {
		if r.Dynamic == nil && !c.backends[r.Name] {
			c.add(config.Alert, config.FormBare, r.Pos, "Proxy '%s': unable to find required use_backend: '%s'.", p.Name, r.Name)
		}
	}
}

// defaults keeps rules of a defaults section to one side: evaluated before the
// proxy's own, they could otherwise run twice for one request (manual 4.2).
func (c *checker) defaults(p *config.Proxy) {
	from := p.From
	if from == nil || !hasRules(from) {
		return
	}
	alert := func(text string) { c.add(config.Alert, config.FormTight, p.Pos, "%s.", text) }
	where := fmt.Sprintf(" (defaults section at %s)", from.Pos)
	first, used := c.users[from]
	switch {
	case p.Kind == config.KindListen:
		alert("a listen section cannot inherit from a defaults section defining TCP/HTTP rules")
	case used && first != p.Kind:
		alert("frontends and backends cannot inherit from the same defaults section if it defines TCP/HTTP rules" + where)
	case p.Kind == config.KindBackend && len(from.Rules[tcpConnection.String()]) > 0:
		alert("a backend section cannot inherit from a defaults section defining 'tcp-request connection' or 'tcp-request session' rules" + where)
	}
	if !used {
		c.users[from] = p.Kind
	}
}

func hasRules(p *config.Proxy) bool {
	for _, set := range []ruleset{tcpConnection, tcpContent, httpRequest, httpResponse} {
		if len(p.Rules[set.String()]) > 0 {
			return true
		}
	}
	return false
}
