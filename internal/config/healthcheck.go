package config

import (
	"slices"
	"strings"
)

// CheckSpec is how the servers of a backend are checked.
type CheckSpec struct {
	// Type is one of checkTypes, or "external-check"; "" when a connection is
	// enough. Args are the words after it.
	Type    string
	Args    []string
	TypePos Pos

	// HTTP and TCP are the lines of http-check and tcp-check without that word, one
	// a step. Their syntax is checked; expressions are compiled by package check.
	HTTP, TCP []*Setting

	DisableOn404 bool // http-check disable-on-404
	SendState    bool // http-check send-state

	Command, Path string // external-check command, external-check path
}

// checkTypes are those of "type" in the order of messages.
var checkTypes = []string{"tcp-check", "httpchk", "ssl-hello-chk", "smtpchk", "pgsql-check", "redis-check", "mysql-check", "ldap-check", "spop-check"}

// Request returns the words of "option httpchk": uri, method uri, method uri
// version, method uri version host. What is not set is "".
func (c *CheckSpec) Request() (method, uri, version, host string) {
	a := append(slices.Clone(c.Args), "", "", "", "")
	if len(c.Args) == 1 {
		return "", a[0], "", ""
	}
	return a[0], a[1], a[2], a[3]
}

const httpCheckWords = "'disable-on-404', 'send-state', 'comment', 'connect', 'send', 'expect', 'set-var-fmt(*)', 'set-var(*)', 'unset-var(*)'."

const inChecks = InBackends | InDefaults | InHealthCheck

var checkRows = slices.Concat(Table{
	checkOption("httpchk", "[ <uri> | <method> <uri> [<version> [<host>]] ]", "Checks servers by HTTP requests."),
	checkOption("ldap-check", "", "Checks servers by binding to LDAP without a name."),
	checkOption("mysql-check", "[ user <username> [ { post-41 | pre-41 | post-80 } ] ]", "Checks servers by the greeting of MySQL, or by logging in."),
	checkOption("pgsql-check", "user <username>", "Checks servers by beginning a session of PostgreSQL."),
	checkOption("redis-check", "", "Checks servers by a PING to Redis."),
	checkOption("smtpchk", "[ <hello> <domain> ]", "Checks servers by greeting them in SMTP."),
	checkOption("spop-check", "", "Checks servers by greeting them in SPOP."),
	checkOption("ssl-hello-chk", "", "Checks servers by the first message of an SSL 3.0 handshake."),
	checkOption("tcp-check", "", "Checks servers by the steps of tcp-check."),
	groupRow(InAnyProxy|InHealthCheck, "http-check", "", "'http-check' only supports "+httpCheckWords+" but got '%s'"),
	groupRow(InAnyProxy|InHealthCheck, "tcp-check", "", "'tcp-check' only supports "+tcpCheckWords+" but got '%s'"),
	{Name: "http-check disable-on-404", In: inChecks, Doc: "Takes a server that answers its check with 404 out of new sessions only.", Parse: func(p *Parser, _ *Line) { p.proxy.Checks.DisableOn404 = true }},
	{Name: "http-check send-state", In: inChecks, Doc: "Tells a server its own state with every check.", Parse: func(p *Parser, _ *Line) { p.proxy.Checks.SendState = true }},
},
	stepRows("http-check", "HTTP", httpStepFault, func(c *CheckSpec) *[]*Setting { return &c.HTTP }),
	stepRows("tcp-check", "TCP", tcpStepFault, func(c *CheckSpec) *[]*Setting { return &c.TCP }),
)

// checkOption makes the row of an option that sets the kind of check.
func checkOption(kind, args, doc string) Keyword {
	return Keyword{Name: "option " + kind, In: InBackends | InDefaults, Max: -1, Syntax: notation("option "+kind, args), Doc: doc,
		Parse: func(p *Parser, l *Line) {
			if text := checkTypeFault("option", kind, l.Words[2:]); text != "" {
				p.Alert(l.Pos, "%s", text)
				return
			}
			p.proxy.Checks.setType(kind, l.Words[2:], l.Pos, p.inheritedChecks())
		}}
}

// setType sets the kind of check. Steps that come from a defaults section belong
// to its kind, and to no other line that sets it.
func (c *CheckSpec) setType(kind string, args []string, pos Pos, inherited *CheckSpec) {
	switch kind {
	case "httpchk":
		c.HTTP = own(c.HTTP, inherited.HTTP)
	case "tcp-check":
		c.TCP = own(c.TCP, inherited.TCP)
	}
	c.Type, c.Args, c.TypePos = kind, args, pos
}

// own is what of steps was not inherited.
func own(steps, inherited []*Setting) []*Setting {
	if len(steps) > 0 && len(inherited) > 0 && steps[0] == inherited[0] {
		return nil
	}
	return steps
}

// inheritedChecks are those of the section's defaults. What a section says of the
// steps itself replaces all that they say of them.
func (p *Parser) inheritedChecks() *CheckSpec {
	if p.proxy.From == nil {
		return &CheckSpec{}
	}
	return &p.proxy.From.Checks
}

// checkTypeFault says what is wrong with the words after a kind of check, which
// follows word ("option" or "type").
func checkTypeFault(word, kind string, args []string) string {
	arg := func(i int) string {
		if i < len(args) {
			return args[i]
		}
		return ""
	}
	most, name := 0, "'"+word+" "+kind+"'"
	switch kind {
	case "httpchk":
		most = 4
		c := CheckSpec{Args: args}
		method, uri, version, _ := c.Request()
		if strings.ContainsAny(version, "\r\n") {
			return name + " : hiding headers or body at the end of the version string is unsupported.Use 'http-check send' directive instead.."
		}
		if text := requestLineFault(method, uri, version); len(args) <= most && text != "" {
			return name + " : " + text
		}
	case "smtpchk":
		most = 2
	case "pgsql-check":
		most = 2
		if arg(0) != "user" || arg(1) == "" {
			return name + " expects 'user <username>' as argument."
		}
	case "mysql-check":
		most = 3
		switch {
		case len(args) > 0 && args[0] != "user":
			return name + " only supports optional values: 'user' (got '" + clip(args[0]) + "')."
		case len(args) == 1:
			return "'" + word + " " + kind + " user' expects <username> as argument."
		case len(args) > 2 && !slices.Contains([]string{"post-41", "pre-41", "post-80"}, args[2]):
			return "keyword 'user' only supports 'post-41', 'pre-41' and 'post-80' (got '" + clip(args[2]) + "')."
		}
	}
	if len(args) > most {
		return name + " cannot handle unexpected argument '" + clip(args[most]) + "'."
	}
	return ""
}

// requestLineFault says what keeps a check's request from being sent; "" when
// nothing does. Empty parts are not set.
func requestLineFault(method, uri, version string) string {
	switch {
	case method != "" && !isToken(method):
		return "invalid method '" + clip(method) + "'."
	case strings.ContainsFunc(uri, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return "invalid character in URI '" + clip(uri) + "'."
	case version != "" && version != "HTTP/1.0" && version != "HTTP/1.1":
		return "unsupported version '" + clip(version) + "', only 'HTTP/1.0' and 'HTTP/1.1' are."
	}
	return ""
}
