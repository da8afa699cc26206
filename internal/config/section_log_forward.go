package config

import (
	"slices"
	"strings"
)

// LogForward is a log-forward section (manual 12.6): listeners for log messages
// and where those go.
type LogForward struct {
	SectionHead
	DgramBinds   []*Bind
	NonTransp    bool   // option assume-rfc6587-ntf
	DontParseLog bool   // option dont-parse-log
	Host         string // replace, fill, keep, append; "" is fill
	// Proxy has the stream listeners, the log targets, backlog, maxconn and
	// "timeout client".
	Proxy *Proxy
}

// dgramUse is what addresses of dgram-bind lines may be.
var dgramUse = AddressUse{PortNeeded: true, PortRange: true, Datagram: true, FD: true}

const defaultForwardMaxconn = 10

var logForwardRows = Table{
	{Name: "backlog", In: InLogForward, Max: 1, Since: "2.3", Syntax: "backlog <conns>",
		Doc: "Sets the length of the accept queues.", Parse: func(p *Parser, l *Line) {
			p.proxyInt(l, &p.proxy.Backlog, "'backlog' expects an integer argument.")
		}},
	{Name: "bind", In: InLogForward, Max: -1, Since: "2.3", Syntax: "bind <addr> [param*]",
		Doc: "Adds a stream listener for messages.", Parse: parseBind},
	{Name: "dgram-bind", In: InLogForward, Max: -1, Since: "2.3", Syntax: "dgram-bind <addr> [param*]",
		Doc: "Adds a datagram listener for messages.", Parse: of(parseDgramBind)},
	{Name: "log", In: InLogForward, Max: -1, No: true, Since: "2.3", Syntax: "log <target> [len <length>] [format <format>] [sample <ranges>:<size>] <facility> [<level> [<minlevel>]]",
		Doc: "Adds a target of the messages.", Parse: parseLog},
	{Name: "maxconn", In: InLogForward, Max: 1, Since: "2.3", Syntax: "maxconn <conns>",
		Doc: "Limits the concurrent connections.", Parse: func(p *Parser, l *Line) {
			p.proxyInt(l, &p.proxy.Maxconn, "'maxconn' expects an integer argument.")
		}},
	{Name: "option", In: InLogForward, Max: -1, No: true, Default: true, Group: true, Parse: sectionOption},
	{Name: "option assume-rfc6587-ntf", In: InLogForward, No: true, Default: true, Since: "3.2",
		Doc: "Takes every stream for one without message lengths.", Parse: of(func(_ *Parser, l *Line, f *LogForward) {
			f.NonTransp = !l.No && !l.Default
		})},
	{Name: "option dont-parse-log", In: InLogForward, No: true, Default: true, Since: "3.2",
		Doc: "Passes messages on as they are.", Parse: of(func(_ *Parser, l *Line, f *LogForward) {
			f.DontParseLog = !l.No && !l.Default
		})},
	{Name: "option host", In: InLogForward, Max: 1, Since: "3.2", Syntax: "option host { replace | fill | keep | append }",
		Doc: "Sets what becomes of the host name in messages.", Parse: of(func(p *Parser, l *Line, f *LogForward) {
			if !slices.Contains([]string{"replace", "fill", "keep", "append"}, l.Arg(2)) {
				p.Alert(l.Pos, "option 'host' expects {replace|fill|keep|append}.")
				return
			}
			f.Host = l.Words[2]
		})},
	{Name: "timeout", In: InLogForward, Max: -1, Group: true, Parse: func(p *Parser, l *Line) { p.timeoutName(l, "'client'") }},
	{Name: "timeout client", In: InLogForward, Max: -1, Since: "2.3", Syntax: "timeout client <timeout>",
		Doc: "Limits how long a client may be silent.", Parse: func(p *Parser, l *Line) {
			if len(l.Words) < 3 {
				p.Alert(l.Pos, "missing timeout client value.")
				return
			}
			parseTimeout(p, l, &p.proxy.Timeouts.Client)
		}},
}

func openLogForward(p *Parser, l *Line) {
	h, ok := p.openNamed(l, InLogForward, FormParsing, "missing name for log-forward section.")
	if !ok {
		return
	}
	if old, taken := p.taken(l, h.Name); taken {
		p.same(l, FormConfig, "Parsing [%s]: log-forward section '%s' has the same name as another log-forward section declared at %s.", l.Pos, h.Name, old)
		return
	}
	f := &LogForward{SectionHead: h, Proxy: newProxy(KindFrontend, h.Name, l.Pos)}
	f.Proxy.Maxconn = defaultForwardMaxconn
	p.other, p.proxy = f, f.Proxy
	p.clearProxyNames()
	p.spec.LogForwards = append(p.spec.LogForwards, f)
}

func parseDgramBind(p *Parser, l *Line, f *LogForward) {
	for _, one := range strings.Split(l.Arg(1), ",") {
		if _, stream, err := p.addressOf(one, dgramUse); err == nil && stream {
			p.Alert(l.Pos, "'dgram-bind %s' : stream-type address not acceptable in '%s'", clip(l.Arg(1)), clip(one))
			return
		}
	}
	if list, ok := p.bindLine(l, dgramUse, Bind{UID: -1, GID: -1}); ok {
		f.DgramBinds = append(f.DgramBinds, list...)
	}
}

func (f *LogForward) check(c *checker) {
	if p := c.proxies[f.Name]; p != nil {
		c.alert(f.Pos, "config : Parsing [%s]: log forward section '%s' has the same name as %s declared at %s.", f.Pos, f.Name, p.Title(), p.Pos)
	}
	if len(f.DgramBinds)+len(f.Proxy.Binds) == 0 {
		c.warn(f.Pos, "log forward section '%s' has no 'bind' or 'dgram-bind' directive.", f.Name)
	}
}

func (f *LogForward) write(t *textWriter) {
	t.section("log-forward", f.Name)
	for _, b := range f.DgramBinds {
		t.bind([]string{"dgram-bind", b.Address.String()}, b)
	}
	for _, b := range f.Proxy.Binds {
		t.bind([]string{"bind", b.Address.String()}, b)
	}
	t.number("backlog", f.Proxy.Backlog, 0)
	t.number("maxconn", f.Proxy.Maxconn, defaultForwardMaxconn)
	t.delay("timeout client", f.Proxy.Timeouts.Client, 0)
	t.flag("option assume-rfc6587-ntf", f.NonTransp)
	t.flag("option dont-parse-log", f.DontParseLog)
	if f.Host != "" {
		t.line("option", "host", f.Host)
	}
	t.logs(f.Proxy.Logs)
}
