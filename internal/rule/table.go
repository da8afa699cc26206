package rule

import (
	"os"

	"github.com/sluice-proxy/sluice/internal/config"
)

// Table gives the rows of ACLs and rules. Files that rules name are read by the
// parser's ReadFile: it may block, and only the one who loads then waits.
func Table() config.Table {
	host, _ := os.Hostname() // without one, hostname() is empty
	t := &table{host, os.Getpid()}
	const named = config.InAnyProxy | config.NamedDefaults
	const frontNamed = config.InFrontends | config.InDefaults | config.NamedDefaults
	return config.Table{
		{Name: "acl", In: named | config.InFCGIApp, Max: -1, Parse: t.acl,
			Doc: "declares or completes a named set of tests"},
		{Name: "http-error", In: config.InAnyProxy, Max: -1, Since: "2.2", Parse: t.httpError, Syntax: "http-error status <code> [content-type <type>] [{ default-errorfiles | errorfile <file> | errorfiles <name> | file <file> | lf-file <file> | string <str> | lf-string <fmt> }] [hdr <name> <fmt>]*",
			Doc: "answers a status with a reply of its own"},
		{Name: "http-request", In: named, Max: -1, Since: "1.4", Parse: t.http(httpRequest),
			Doc: "adds an action on requests"},
		{Name: "http-response", In: named, Max: -1, Since: "1.5", Parse: t.http(httpResponse),
			Doc: "adds an action on responses"},
		{Name: "http-after-response", In: named, Max: -1, Since: "2.2",
			Doc: "adds an action on every response, those of the proxy itself included"},
		{Name: "pass-header", In: config.InFCGIApp, Max: -1, Since: "2.1", Parse: t.fcgiParam(1), Syntax: "pass-header <name> [ { if | unless } <condition> ]",
			Doc: "passes a request header to the application"},
		{Name: "set-param", In: config.InFCGIApp, Max: -1, Since: "2.1", Parse: t.fcgiParam(2), Syntax: "set-param <name> <fmt> [ { if | unless } <condition> ]",
			Doc: "sets a parameter of the application"},
		{Name: "redirect", In: config.InProxies, Max: -1, Parse: t.redirect,
			Doc: "answers requests with a redirection"},
		{Name: "tcp-request", In: named, Max: -1, Parse: t.tcpRequest,
			Doc: "adds an action on connections"},
		{Name: "tcp-request connection", In: frontNamed, Max: -1, Parse: t.tcp(tcpConnection),
			Doc: "adds an action on connections as soon as they are accepted"},
		{Name: "tcp-request content", In: named, Max: -1, Parse: t.tcp(tcpContent),
			Doc: "adds an action on connections once their contents may be looked at"},
		{Name: "tcp-request session", In: frontNamed, Max: -1, Since: "1.7",
			Doc: "adds an action on connections after their handshakes"},
		{Name: "tcp-request inspect-delay", In: named, Max: -1,
			Doc: "sets how long tcp-request content may wait for contents"},
		{Name: "tcp-response content", In: config.InBackends | config.InDefaults | config.NamedDefaults, Max: -1,
			Doc: "adds an action on the first bytes of a server"},
		{Name: "tcp-response inspect-delay", In: config.InBackends | config.InDefaults | config.NamedDefaults, Max: -1,
			Doc: "sets how long tcp-response content may wait for contents"},
		{Name: "use_backend", In: config.InFrontends, Max: -1, Parse: t.useBackend,
			Doc: "chooses a backend under a condition"},
		{Name: "use-server", In: config.InBackends, Max: -1,
			Doc: "chooses a server under a condition"},
		{Name: "monitor-uri", In: config.InFrontends | config.InDefaults, Max: -1,
			Doc: "answers a health check of the proxy itself"},
		{Name: "monitor fail", In: config.InFrontends, Max: -1,
			Doc: "makes monitor-uri report a failure under a condition"},
	}
}

// table holds what fetches tell about this process.
type table struct {
	hostname string
	pid      int
}

// compiler gives a Compiler for the line being parsed.
func (t *table) compiler(p *config.Parser, l *config.Line) *Compiler {
	k := &Compiler{ReadFile: p.ReadFile}
	k.Scope.Env, k.Scope.Hostname, k.Scope.PID = p.Env().Lookup, t.hostname, t.pid
	k.Find = func(name string) *ACL { return declared(p.Proxy(), name) }
	k.Warn = func(text string) { warn(p, l.Pos, text) }
	return k
}

// warn reports a warning; the one about missing patterns names its keyword in
// place of a line, as in the reference.
func warn(p *config.Parser, pos config.Pos, text string) {
	const noLine = "parsing acl keyword"
	if len(text) > len(noLine) && text[:len(noLine)] == noLine {
		p.Diagnostics().Add(config.Diagnostic{Level: config.Warning, Form: config.FormConfig, Pos: pos, Text: text})
		return
	}
	p.Warn(pos, "%s", text)
}
