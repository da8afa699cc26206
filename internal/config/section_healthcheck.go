package config

import (
	"slices"
	"strings"
)

// HealthCheck is a healthcheck section (manual 12.9): a health check that server
// lines name.
type HealthCheck struct {
	SectionHead
	// Proxy holds the check as a backend does.
	Proxy *Proxy
}

var healthCheckRows = Table{
	{Name: "type", In: InHealthCheck, Max: -1, Since: "3.4", Syntax: "type <type>", Doc: "Sets the kind of check.", Parse: of(parseCheckType)},
}

func openHealthCheck(p *Parser, l *Line) {
	h, ok := p.openNamed(l, InHealthCheck, FormParsing, "missing name for healthcheck section.")
	if !ok {
		return
	}
	if old, taken := p.taken(l, h.Name); taken {
		p.same(l, FormParsing, "healthcheck section '%s' already defined at %s.", h.Name, old)
		return
	}
	c := &HealthCheck{SectionHead: h, Proxy: newProxy(KindBackend, h.Name, l.Pos)}
	p.other, p.proxy = c, c.Proxy
	p.spec.HealthChecks = append(p.spec.HealthChecks, c)
}

func parseCheckType(p *Parser, l *Line, c *HealthCheck) {
	kind, args, spec := l.Arg(1), l.Words[min(2, len(l.Words)):], &c.Proxy.Checks
	switch {
	case kind == "":
		p.Alert(l.Pos, "'type' expects a healthcheck type.")
	case !slices.Contains(checkTypes, kind):
		p.Alert(l.Pos, "unknown healthcheck type '%s' (expects '%s').", clip(kind), strings.Join(checkTypes, "', '"))
	case spec.Type != "":
		p.Alert(l.Pos, "healthcheck type already defined.")
	case kind == "tcp-check" && len(spec.HTTP) > 0, kind == "httpchk" && len(spec.TCP) > 0:
		p.Alert(l.Pos, "cannot mix 'tcp-check' and 'http-check' rules")
	default:
		if text := checkTypeFault("type", kind, args); text != "" {
			p.Alert(l.Pos, "%s", text)
			return
		}
		spec.setType(kind, args, l.Pos, &CheckSpec{})
	}
}

// takes says whether a rule of the ruleset may stand in the section, and reports
// why not.
func (c *HealthCheck) takes(p *Parser, l *Line, ruleset string) bool {
	kind, others := "httpchk", c.Proxy.Checks.TCP
	if ruleset == "tcp-check" {
		kind, others = "tcp-check", c.Proxy.Checks.HTTP
	}
	switch t := c.Proxy.Checks.Type; {
	case t != "" && t != kind:
		p.Alert(l.Pos, "unable to configure '%s' rule for '%s' healthcheck", ruleset, checkProtocol(t))
	case len(others) > 0:
		p.Alert(l.Pos, "cannot mix 'tcp-check' and 'http-check' rules")
	default:
		return true
	}
	return false
}

func checkProtocol(kind string) string {
	switch kind {
	case "tcp-check":
		return "TCP"
	case "httpchk":
		return "HTTP"
	}
	return kind
}

func (c *HealthCheck) check(k *checker) {
	spec := &c.Proxy.Checks
	for _, x := range []struct {
		rules int
		word  string
		kind  string
	}{{len(spec.TCP), "tcp-check", "tcp-check"}, {len(spec.HTTP), "http-check", "httpchk"}} {
		if x.rules > 0 && spec.Type != x.kind {
			k.d.Add(Diagnostic{Level: Alert, Mild: true, Pos: c.Pos,
				Text: sprintf("healthcheck section '%s' : %s rules without 'type %s', so the rules are ignored.", c.Name, x.word, x.kind)})
		}
	}
}

func (c *HealthCheck) write(t *textWriter) {
	t.section("healthcheck", c.Name)
	if s := &c.Proxy.Checks; s.Type != "" {
		t.line(append([]string{"type", s.Type}, s.Args...)...)
	}
	t.checkRules(&c.Proxy.Checks, &CheckSpec{})
}
