package rule

import (
	"os"

	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/pattern"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// Table gives the rows of ACLs and rules. Files that rules name are read by the
// parser's ReadFile: it may block, and only the one who loads then waits.
func Table() config.Table {
	host, _ := os.Hostname() // without one, hostname() is empty
	t := &table{host, os.Getpid()}
	const named = config.InAnyProxy | config.NamedDefaults
	const frontNamed = config.InFrontends | config.InDefaults | config.NamedDefaults
	return append(config.Table{
		{Name: "acl", In: named | config.InFCGIApp, Max: -1, Parse: t.acl, Syntax: "acl <aclname> <criterion> [flags] [operator] <value> ...",
			Doc: "Names a set of tests, or adds to it."},
		{Name: "http-after-response", In: named, Max: -1, Since: "2.2", Parse: t.http(httpAfter), Syntax: "http-after-response <action> [options...] [ { if | unless } <condition> ... ]",
			Doc: "Adds a rule for every response, those of the proxy itself included."},
		{Name: "http-error", In: config.InAnyProxy, Max: -1, Since: "2.2", Parse: t.httpError, Syntax: "http-error status <code> [content-type <type>] [{ default-errorfiles | errorfile <file> | errorfiles <name> | file <file> | lf-file <file> | string <str> | lf-string <fmt> }] [hdr <name> <fmt>]*",
			Doc: "Answers a status with a reply of its own."},
		{Name: "http-request", In: named, Max: -1, Since: "1.4", Parse: t.http(httpRequest), Syntax: "http-request <action> [options...] [ { if | unless } <condition> ... ]",
			Doc: "Adds a rule for requests."},
		{Name: "http-response", In: named, Max: -1, Since: "1.5", Parse: t.http(httpResponse), Syntax: "http-response <action> [options...] [ { if | unless } <condition> ... ]",
			Doc: "Adds a rule for the responses of servers."},
		{Name: "pass-header", In: config.InFCGIApp, Max: -1, Since: "2.1", Parse: t.fcgiParam(1), Syntax: "pass-header <name> [ { if | unless } <condition> ... ]",
			Doc: "Passes a request header to the application."},
		{Name: "set-param", In: config.InFCGIApp, Max: -1, Since: "2.1", Parse: t.fcgiParam(2), Syntax: "set-param <name> <fmt> [ { if | unless } <condition> ... ]",
			Doc: "Sets a parameter of the application."},
		{Name: "set-var", In: config.InGlobal, Max: -1, Since: "2.4", Parse: t.globalVar, Syntax: "set-var <var-name> <expr>",
			Doc: "Sets a variable of the process to the value of an expression."},
		{Name: "set-var-fmt", In: config.InGlobal, Max: -1, Since: "2.5", Parse: t.globalVar, Syntax: "set-var-fmt <var-name> <fmt>",
			Doc: "Sets a variable of the process to a text made by a format."},
		{Name: "redirect", In: config.InProxies, Max: -1, Parse: t.redirect, Syntax: "redirect { location | prefix | scheme } <value> [code <code>] [<option> ...] [ { if | unless } <condition> ... ]",
			Doc: "Answers requests with a redirection."},
		{Name: "tcp-request connection", In: frontNamed, Max: -1, Parse: t.tcp(tcpConnection), Syntax: "tcp-request connection <action> [options...] [ { if | unless } <condition> ... ]",
			Doc: "Adds a rule for connections as soon as they are accepted."},
		{Name: "tcp-request content", In: named, Max: -1, Parse: t.tcp(tcpContent), Syntax: "tcp-request content <action> [options...] [ { if | unless } <condition> ... ]",
			Doc: "Adds a rule for the first bytes of a client."},
		{Name: "tcp-request session", In: frontNamed, Max: -1, Since: "1.7", Parse: t.tcp(tcpSession), Syntax: "tcp-request session <action> [options...] [ { if | unless } <condition> ... ]",
			Doc: "Adds a rule for connections after their handshakes."},
		{Name: "tcp-response content", In: config.InBackends | config.InDefaults | config.NamedDefaults, Max: -1, Parse: t.tcp(tcpResponse), Syntax: "tcp-response content <action> [options...] [ { if | unless } <condition> ... ]",
			Doc: "Adds a rule for the first bytes of a server."},
		{Name: "use_backend", In: config.InFrontends, Max: -1, Parse: t.useBackend, Syntax: "use_backend <backend> [ { if | unless } <condition> ... ]",
			Doc: "Chooses the backend under a condition."},
	}, t.persistRows()...)
}

// table holds what fetches tell about this process.
type table struct {
	hostname string
	pid      int
}

// compiler gives a Compiler for the line being parsed.
func (t *table) compiler(p *config.Parser, l *config.Line) *Compiler {
	k := &Compiler{ReadFile: p.ReadFile, FileName: p.FileName, Place: pattern.Place{File: l.Pos.File, Line: l.Pos.Line}}
	of := p.Patterns(newKept)
	k.Lists, k.exprs = Lists(of), of.(*kept).exprs
	k.Loaded = func(f *Patterns) {
		p.ReadsPatterns(config.PatternFiles{Pos: l.Pos, Names: f.Files, What: f})
	}
	k.Scope.Env, k.Scope.Hostname, k.Scope.PID = p.Env().Lookup, t.hostname, t.pid
	k.Scope.Refer = func(r *sample.Reference) {
		p.Refer(config.Reference{Pos: l.Pos, In: p.Proxy(), Where: placeOf(r.Keyword, r.InACL, l.Words[0]), What: r})
	}
	k.Scope.JWE = p.Global().JWE.Allows
	k.Scope.Users = func(r *sample.UserList) {
		k.mentions.users = append(k.mentions.users, r)
		p.Refer(config.Reference{Pos: l.Pos, In: p.Proxy(), Where: placeOf(r.Keyword, r.InACL, l.Words[0]), What: r})
	}
	k.Find = func(name string) *ACL { return declared(p.Proxy(), name) }
	k.Warn = func(text string) { warn(p, l.Pos, text) }
	return k
}

// placeOf says where a name is referred to as an argument of fetch, in the
// reference's words.
func placeOf(fetch string, inACL bool, keyword string) string {
	if inACL {
		return "ACL keyword '" + fetch + "'"
	}
	where := keyword + " expression"
	switch keyword {
	case "tcp-request", "tcp-response":
		where = keyword + " content expression"
	case "http-response", "http-after-response":
		where = "http-response response"
	case "redirect":
		where = "redirect format string"
	}
	return "sample fetch keyword '" + fetch + "' in " + where
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
