package config

import (
	"time"
)

// Resolvers is a resolvers section (manual 5.3.2).
type Resolvers struct {
	SectionHead
	Servers         []*NameServer
	ParseResolvConf bool // /etc/resolv.conf adds name servers
	PayloadSize     int  // greatest answer, 512 when not set
	Retries         int  // 3 when not set
	TimeoutResolve  time.Duration
	TimeoutRetry    time.Duration
	Hold            Hold
}

// NameServer is a "nameserver" line. Stream servers have options of a server.
type NameServer struct {
	Pos     Pos
	Name    string
	Address Address
	Stream  bool
	ServerParams
}

// Hold is how long the last valid answer counts after another status.
type Hold struct{ NX, Refused, Timeout, Other, Valid, Obsolete time.Duration }

func defaultHold() Hold {
	return Hold{NX: 30 * time.Second, Refused: 30 * time.Second, Timeout: 30 * time.Second, Other: 30 * time.Second, Valid: 10 * time.Second}
}

// holds are the statuses of "hold" in the order in which they are printed.
var holds = []struct {
	name  string
	field func(*Hold) *time.Duration
}{
	{"nx", func(h *Hold) *time.Duration { return &h.NX }},
	{"refused", func(h *Hold) *time.Duration { return &h.Refused }},
	{"timeout", func(h *Hold) *time.Duration { return &h.Timeout }},
	{"other", func(h *Hold) *time.Duration { return &h.Other }},
	{"valid", func(h *Hold) *time.Duration { return &h.Valid }},
	{"obsolete", func(h *Hold) *time.Duration { return &h.Obsolete }},
}

var resolversRows = Table{
	{Name: "accepted_payload_size", In: InResolvers, Max: 1, Since: "1.8", Syntax: "accepted_payload_size <nb>",
		Doc: "Sets the greatest answer that name servers are told to send, in bytes.", Parse: of(parsePayloadSize)},
	{Name: "hold", In: InResolvers, Max: 2, Since: "1.6", Syntax: "hold <status> <period>",
		Doc: "Sets how long the last valid answer counts after another status.", Parse: of(parseHold)},
	{Name: "nameserver", In: InResolvers, Max: -1, Since: "1.6", Syntax: "nameserver <name> <address>[:port] [param*]",
		Doc: "Adds a name server.", Parse: of(parseNameServer)},
	{Name: "parse-resolv-conf", In: InResolvers, Since: "1.9",
		Doc: "Adds the name servers of /etc/resolv.conf.", Parse: of(func(_ *Parser, _ *Line, r *Resolvers) { r.ParseResolvConf = true })},
	{Name: "resolution_pool_size", In: InResolvers, Max: -1, Syntax: "resolution_pool_size <nb>", Doc: "No longer exists.", Parse: of(func(p *Parser, l *Line, _ *Resolvers) {
		p.Alert(l.Pos, "'resolution_pool_size' directive is not supported anymore (it never appeared in a stable release).")
	})},
	{Name: "resolve_retries", In: InResolvers, Max: 1, Since: "1.6", Syntax: "resolve_retries <nb>",
		Doc: "Sets how many queries are sent before giving up.", Parse: of(parseResolveRetries)},
	{Name: "timeout", In: InResolvers, Max: -1, Group: true, Parse: of(func(p *Parser, l *Line, _ *Resolvers) {
		p.timeoutName(l, "'retry' or 'resolve'")
	})},
	{Name: "timeout resolve", In: InResolvers, Max: 1, Since: "1.8", Syntax: "timeout resolve <time>",
		Doc: "Sets the time between resolutions of a name.", Parse: of(func(p *Parser, l *Line, r *Resolvers) {
			p.sectionTimeout(l, &r.TimeoutResolve)
		})},
	{Name: "timeout retry", In: InResolvers, Max: 1, Since: "1.6", Syntax: "timeout retry <time>",
		Doc: "Sets the time after which a query is sent again.", Parse: of(func(p *Parser, l *Line, r *Resolvers) {
			p.sectionTimeout(l, &r.TimeoutRetry)
		})},
}

func openResolvers(p *Parser, l *Line) {
	h, ok := p.openNamed(l, InResolvers, FormParsing, "missing name for resolvers section.")
	if !ok {
		return
	}
	if old, taken := p.taken(l, h.Name); taken {
		p.same(l, FormConfig, "Parsing [%s]: resolvers '%s' has same name as another resolvers (declared at %s).", l.Pos, h.Name, old)
		return
	}
	r := &Resolvers{SectionHead: h, PayloadSize: 512, Retries: 3, TimeoutResolve: time.Second, TimeoutRetry: time.Second, Hold: defaultHold()}
	p.other = r
	p.spec.Resolvers = append(p.spec.Resolvers, r)
}

func parsePayloadSize(p *Parser, l *Line, r *Resolvers) {
	if len(l.Words) < 2 {
		p.Alert(l.Pos, "'accepted_payload_size' expects <nb> as argument.")
		return
	}
	// RFC 1035 4.1.1: a message has at least its header.
	n, ok := parseInt(l.Words[1], 12, 65535)
	if !ok {
		p.Alert(l.Pos, "'accepted_payload_size' must be between 12 and 65535 inclusive (was %s).", clip(l.Words[1]))
		return
	}
	r.PayloadSize = n
}

func parseHold(p *Parser, l *Line, r *Resolvers) {
	if len(l.Words) < 3 {
		p.Alert(l.Pos, "'hold' expects an <event> and a <time> as arguments.")
		p.report(Diagnostic{Level: Alert, Mild: true, Form: FormConfig, Pos: l.Pos,
			Text: "<event> can be either 'valid', 'nx', 'refused', 'timeout', or 'other'"})
		return
	}
	for _, h := range holds {
		if h.name == l.Words[1] {
			if d, ok := p.sectionDelay(l, "hold", l.Words[2], time.Millisecond); ok {
				*h.field(&r.Hold) = d
			}
			return
		}
	}
	p.Alert(l.Pos, "'hold' unknown <event>: '%s', expects either 'nx', 'timeout', 'valid', 'obsolete' or 'other'.", clip(l.Words[1]))
}

func parseResolveRetries(p *Parser, l *Line, r *Resolvers) {
	if len(l.Words) < 2 {
		p.Alert(l.Pos, "'resolve_retries' expects <nb> as argument.")
		return
	}
	n, ok := parseInt(l.Words[1], 0, maxInt)
	if !ok {
		p.Alert(l.Pos, "'resolve_retries' expects an integer argument, found '%s'.", clip(l.Words[1]))
		return
	}
	r.Retries = n
}

func parseNameServer(p *Parser, l *Line, r *Resolvers) {
	if len(l.Words) < 3 {
		p.Alert(l.Pos, "'nameserver' expects <name> and <addr>[:<port>] as arguments.")
		return
	}
	name := l.Words[1]
	if c := badNameByte(name); c >= 0 {
		p.Alert(l.Pos, "character '%s' is not permitted in server name '%s'.", clip(name[c:c+1]), clip(name))
		return
	}
	if old, again := p.again(l, name); again {
		p.report(Diagnostic{Level: Alert, Form: FormConfig, Pos: l.Pos,
			Text: sprintf("Parsing [%s]: nameserver '%s' has same name as another nameserver (declared at %s).", l.Pos, clip(name), old)})
		return
	}
	a, stream, err := p.addressOf(l.Words[2], AddressUse{PortNeeded: true, Datagram: true})
	if err != nil {
		p.Alert(l.Pos, "'nameserver %s' : %s", clip(name), err)
		return
	}
	n := &NameServer{Pos: l.Pos, Name: name, Address: a, Stream: stream, ServerParams: defaultServerParams()}
	if !stream && len(l.Words) > 3 {
		p.Alert(l.Pos, "'nameserver' cannot handle unexpected argument '%s'.", clip(l.Words[3]))
		return
	}
	s := &Server{Pos: l.Pos, Name: name, Address: a}
	if p.serverOptions(l, l.Words[3:], &n.ServerParams, s, "'server "+r.Name+"/"+name+"' : ", "server "+name, "") {
		r.Servers = append(r.Servers, n)
	}
}

func (r *Resolvers) check(c *checker) {
	if len(r.Servers) == 0 && !r.ParseResolvConf {
		c.warn(r.Pos, "resolvers '%s' [%s] has no nameservers configured!", r.Name, r.Pos)
	}
}

func (r *Resolvers) write(t *textWriter) {
	t.section("resolvers", r.Name)
	base := defaultServerParams()
	for _, n := range r.Servers {
		a := n.Address.String()
		if n.Stream {
			a = "tcp@" + a
		}
		t.line(append([]string{"nameserver", n.Name, a}, serverWords(&n.ServerParams, &base)...)...)
	}
	t.flag("parse-resolv-conf", r.ParseResolvConf)
	t.number("accepted_payload_size", r.PayloadSize, 512)
	t.number("resolve_retries", r.Retries, 3)
	t.delay("timeout resolve", r.TimeoutResolve, time.Second)
	t.delay("timeout retry", r.TimeoutRetry, time.Second)
	unset := defaultHold()
	for _, h := range holds {
		t.delay("hold "+h.name, *h.field(&r.Hold), *h.field(&unset))
	}
}
