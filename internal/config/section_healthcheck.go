package config

import (
	"slices"
	"strings"
)

// HealthCheck is a healthcheck section (manual 12.9): a health check that server
// lines name.
type HealthCheck struct {
	SectionHead
	Type string   // "" when not set
	Args []string // of the type
	// Proxy holds the http-check rules, as a backend does.
	Proxy    *Proxy
	TCPRules []*Setting // tcp-check lines without the keyword
}

// checkTypes are those of "type" in the order of messages.
var checkTypes = []string{"tcp-check", "httpchk", "ssl-hello-chk", "smtpchk", "pgsql-check", "redis-check", "mysql-check", "ldap-check", "spop-check"}

var healthCheckRows = Table{
	{Name: "type", In: InHealthCheck, Max: -1, Since: "3.4", Syntax: "type <type>", Doc: "Sets the kind of check.", Parse: of(parseCheckType)},
	{Name: "http-check expect", In: InHealthCheck, Max: -1, Syntax: "http-check expect [min-recv <int>] [comment <msg>] [ok-status <st>] [error-status <st>] [tout-status <st>] [on-success <fmt>] [on-error <fmt>] [status-code <expr>] [!] <match> <pattern>", Since: "3.4", Doc: "Sets what a good answer to a check is.", Parse: httpCheckRow(parseCheckExpect)},
	{Name: "http-check send", In: InHealthCheck, Max: -1, Syntax: "http-check send [meth <method>] [ uri <uri> | uri-lf <fmt> ] [ver <version>] [hdr <name> <fmt>]* [ body <string> | body-lf <fmt> ] [comment <msg>]", Since: "3.4", Doc: "Sets the request of a check.", Parse: httpCheckRow(parseCheckSend)},
	{Name: "tcp-check", In: InHealthCheck, Max: -1, Syntax: "tcp-check <step> [<argument> ...]", Since: "3.4", Doc: "Adds a step to a TCP health check.", Parse: of(parseTCPCheck)},
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
	kind, args := l.Arg(1), l.Words[min(2, len(l.Words)):]
	arg := func(i int) string {
		if i < len(args) {
			return args[i]
		}
		return ""
	}
	most := 0
	switch {
	case kind == "":
		p.Alert(l.Pos, "'type' expects a healthcheck type.")
		return
	case !slices.Contains(checkTypes, kind):
		p.Alert(l.Pos, "unknown healthcheck type '%s' (expects '%s').", clip(kind), strings.Join(checkTypes, "', '"))
		return
	case c.Type != "":
		p.Alert(l.Pos, "healthcheck type already defined.")
		return
	case kind == "tcp-check" && c.Proxy.Checks.rules(), kind == "httpchk" && len(c.TCPRules) > 0:
		p.Alert(l.Pos, "cannot mix 'tcp-check' and 'http-check' rules")
		return
	}
	switch kind {
	case "httpchk":
		most = 4
		if text := requestLineFault(arg(0), arg(1), ""); len(args) > 1 && text != "" {
			p.Alert(l.Pos, "'type httpchk' : %s", text)
			return
		}
	case "smtpchk":
		most = 2
	case "pgsql-check":
		most = 2
		if arg(0) != "user" || arg(1) == "" {
			p.Alert(l.Pos, "'type pgsql-check' expects 'user <username>' as argument.")
			return
		}
	case "mysql-check":
		most = 3
		switch {
		case len(args) > 0 && args[0] != "user":
			p.Alert(l.Pos, "'type mysql-check' only supports optional values: 'user' (got '%s').", clip(args[0]))
			return
		case len(args) == 1:
			p.Alert(l.Pos, "'type mysql-check user' expects <username> as argument.")
			return
		case len(args) > 2 && !slices.Contains([]string{"post-41", "pre-41", "post-80"}, args[2]):
			p.Alert(l.Pos, "keyword 'user' only supports 'post-41', 'pre-41' and 'post-80' (got '%s').", clip(args[2]))
			return
		}
	}
	if len(args) > most {
		p.Alert(l.Pos, "'type %s' cannot handle unexpected argument '%s'.", kind, clip(args[most]))
		return
	}
	c.Type, c.Args = kind, args
}

// rules says whether there are http-check rules.
func (c *CheckSpec) rules() bool { return c.Expect != nil || c.SendPos.IsValid() }

// httpCheckRow lets a row of backends act on the section.
func httpCheckRow(parse func(*Parser, *Line)) func(*Parser, *Line) {
	return of(func(p *Parser, l *Line, c *HealthCheck) {
		switch {
		case c.Type != "" && c.Type != "httpchk":
			p.Alert(l.Pos, "unable to configure 'http-check' rule for '%s' healthcheck", checkProtocol(c.Type))
		case len(c.TCPRules) > 0:
			p.Alert(l.Pos, "cannot mix 'tcp-check' and 'http-check' rules")
		default:
			parse(p, l)
		}
	})
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
	for _, x := range []struct {
		rules bool
		word  string
		kind  string
	}{{len(c.TCPRules) > 0, "tcp-check", "tcp-check"}, {c.Proxy.Checks.rules(), "http-check", "httpchk"}} {
		if x.rules && c.Type != x.kind {
			k.d.Add(Diagnostic{Level: Alert, Mild: true, Pos: c.Pos,
				Text: sprintf("healthcheck section '%s' : %s rules without 'type %s', so the rules are ignored.", c.Name, x.word, x.kind)})
		}
	}
}

func (c *HealthCheck) write(t *textWriter) {
	t.section("healthcheck", c.Name)
	if c.Type != "" {
		t.line(append([]string{"type", c.Type}, c.Args...)...)
	}
	t.checks(&c.Proxy.Checks, &newProxy(KindBackend, "", Pos{}).Checks)
	for _, r := range c.TCPRules {
		t.line(append([]string{"tcp-check"}, r.Words...)...)
	}
}
