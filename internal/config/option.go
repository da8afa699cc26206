package config

import (
	"net/netip"
	"strings"
)

// ProxyOptions are the "option" lines of a proxy.
type ProxyOptions struct {
	ForwardFor *ForwardFor // nil: off
	OriginalTo *ForwardFor // nil: off
	Forwarded  *Forwarded  // nil: off
	CheckCache bool
	Traits     Traits
	NameHeader string // http-send-name-header, in small letters; "": off

	HTTPLog    bool // option httplog, with clf or without
	HTTPLogCLF bool
	HTTPSLog   bool // option httpslog
	TCPLog     bool // option tcplog, with clf or without
	TCPLogCLF  bool

	DontLogNull     bool
	LogASAP         bool
	LogHealthChecks bool
	AbortOnClose    bool // asked for
	NoAbortOnClose  bool // refused: without either it is on in HTTP mode

	Conn ConnMode
	ConnOptions
}

// ConnMode is how HTTP connections are used (manual 4.2 "option httpclose").
type ConnMode uint8

const (
	ConnKeepAlive   ConnMode = iota // option http-keep-alive, the default
	ConnServerClose                 // option http-server-close
	ConnClose                       // option httpclose
)

// ForwardFor is "option forwardfor" or "option originalto".
type ForwardFor struct {
	Name   string       // the field's name, lower case; "x-forwarded-for" when not set
	Except netip.Prefix // no field is added for clients in it; invalid: none
	IfNone bool         // only when the request has no such field
}

var optionRows = Table{
	{Name: "option", In: InAnyProxy, Max: -1, No: true, Default: true, Group: true, Parse: parseUnknownOption},
	boolOption("dontlognull", InFrontends, "Does not log connections that brought no data.", func(o *ProxyOptions) *bool { return &o.DontLogNull }),
	boolOption("logasap", InFrontends, "Logs before the end of the session.", func(o *ProxyOptions) *bool { return &o.LogASAP }),
	boolOption("log-health-checks", InBackends, "Logs every change of a server's checks.", func(o *ProxyOptions) *bool { return &o.LogHealthChecks }),
	{Name: "option abortonclose", In: InAnyProxy, No: true, Default: true, Doc: "Drops queued requests of clients that have gone; the default in HTTP mode.", Parse: func(p *Parser, l *Line) {
		o := &p.proxy.Options
		o.AbortOnClose, o.NoAbortOnClose = !l.No && !l.Default, l.No
	}},
	connOption("http-keep-alive", ConnKeepAlive, "Keeps connections of both sides for more requests."),
	connOption("http-server-close", ConnServerClose, "Closes server connections after each response."),
	connOption("httpclose", ConnClose, "Closes both connections after each response."),
	{Name: "option forwardfor", In: InAnyProxy, Max: -1, Syntax: "option forwardfor [ except <network> ] [ header <name> ] [ if-none ]", Doc: "Tells servers the client's address in a header field.", Parse: parseForwardFor},
	{Name: "option httplog", In: InFrontends | InDefaults, Max: -1, Syntax: "option httplog [ clf ]", Doc: "Logs in the HTTP format.", Parse: parseLogOption},
	{Name: "option httpslog", In: InFrontends | InDefaults, Doc: "Logs in the HTTP format with fields about TLS.", Since: "2.5", Parse: parseLogOption},
	{Name: "option tcplog", In: InFrontends | InDefaults, Max: -1, Syntax: "option tcplog [ clf ]", Doc: "Logs in the TCP format.", Parse: parseLogOption},
	{Name: "option redispatch", In: InBackends | InDefaults, Max: 1, No: true, Default: true, Syntax: "option redispatch [<interval>]", Doc: "Retries a failed connection on another server.", Parse: parseRedispatch},
}

func parseUnknownOption(p *Parser, l *Line) {
	name := l.Arg(1)
	switch {
	case name == "":
		p.alertTight(l.Pos, "'option' expects an option name.")
	case l.No || l.Default:
		p.alertTight(l.Pos, "negation/default is not supported for option '%s'.", clip(name))
	default:
		hint := "."
		if s := suggest(name, p.rows.names(p.sect, "option")); s != "" {
			hint = "; did you mean '" + s + "' maybe ?"
		}
		p.Alert(l.Pos, "unknown option '%s'%s", clip(name), hint)
	}
}

func boolOption(name string, in Sections, doc string, field func(*ProxyOptions) *bool) Keyword {
	return Keyword{Name: "option " + name, In: in | InDefaults, No: true, Default: true, Doc: doc, Parse: func(p *Parser, l *Line) {
		v := field(&p.proxy.Options)
		// "default" restores what holds without any defaults section, which is off.
		*v = !l.No && !l.Default
	}}
}

func connOption(name string, mode ConnMode, doc string) Keyword {
	return Keyword{Name: "option " + name, In: InAnyProxy, No: true, Doc: doc, Parse: func(p *Parser, l *Line) {
		o := &p.proxy.Options
		switch {
		case !l.No:
			o.Conn = mode
		case o.Conn == mode:
			o.Conn = ConnKeepAlive
		}
	}}
}

func parseForwardFor(p *Parser, l *Line) {
	if f := p.addressField(l, "x-forwarded-for", true); f != nil {
		p.proxy.Options.ForwardFor = f
	}
}

// addressField reads the arguments of "option forwardfor" and "option originalto";
// nil: they are wrong.
func (p *Parser) addressField(l *Line, name string, ifNone bool) *ForwardFor {
	f, option := &ForwardFor{Name: name}, l.Words[1]
	for i := 2; i < len(l.Words); i++ {
		switch word := l.Words[i]; {
		case word == "except":
			i++
			prefix, ok := parseNetwork(l.Arg(i))
			if !ok {
				p.Alert(l.Pos, "'option %s except' expects <address>[/mask] as argument.", option)
				return nil
			}
			f.Except = prefix
		case word == "header":
			i++
			if !isToken(l.Arg(i)) {
				p.Alert(l.Pos, "'option %s header' expects <header_name> as argument.", option)
				return nil
			}
			f.Name = strings.ToLower(l.Words[i])
		case word == "if-none" && ifNone:
			f.IfNone = true
		case ifNone:
			p.Alert(l.Pos, "'option %s' only supports optional values: 'except', 'header' and 'if-none'.", option)
			return nil
		default:
			p.Alert(l.Pos, "'option %s' only supports optional values: 'except' and 'header'.", option)
			return nil
		}
	}
	return f
}

// words are those of the option's line.
func (f *ForwardFor) words(option string) []string {
	w := []string{"option", option}
	if f.Except.IsValid() {
		w = append(w, "except", f.Except.String())
	}
	w = append(w, "header", f.Name)
	if f.IfNone {
		w = append(w, "if-none")
	}
	return w
}

// parseNetwork parses "address" or "address/mask", the mask being a number of
// bits or, for IPv4, dotted.
func parseNetwork(s string) (netip.Prefix, bool) {
	host, mask, hasMask := strings.Cut(s, "/")
	ip, err := netip.ParseAddr(host)
	if err != nil || ip.Zone() != "" {
		return netip.Prefix{}, false
	}
	bits := ip.BitLen()
	if hasMask {
		n, ok := parseInt(mask, 0, bits)
		if m, err := netip.ParseAddr(mask); !ok && err == nil && m.Is4() && ip.Is4() {
			n, ok = maskBits(m)
		}
		if !ok {
			return netip.Prefix{}, false
		}
		bits = n
	}
	return netip.PrefixFrom(ip, bits).Masked(), true
}

func maskBits(m netip.Addr) (int, bool) {
	n, over := 0, false
	for _, b := range m.As4() {
		for i := 7; i >= 0; i-- {
			set := b>>i&1 == 1
			if set && over {
				return 0, false
			}
			if set {
				n++
			} else {
				over = true
			}
		}
	}
	return n, true
}

// isToken says whether s can be a header field's name (RFC 9110 5.6.2).
func isToken(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isNameByte(c) && strings.IndexByte("!#$%&'*+-.^`|~", c) < 0 {
			return false
		}
	}
	return s != ""
}

func parseLogOption(p *Parser, l *Line) {
	name := l.Words[1]
	clf := false
	switch {
	case len(l.Words) > 3 && l.Words[2] == "clf":
		p.Alert(l.Pos, "'option %s' cannot handle unexpected argument '%s'.", name, clip(l.Words[3]))
		return
	case len(l.Words) > 2 && l.Words[2] != "clf":
		p.Alert(l.Pos, "keyword '%s' only supports option 'clf'.", name)
		return
	case len(l.Words) > 2:
		clf = true
	}
	o := &p.proxy.Options
	wanted := *o
	wanted.HTTPLog, wanted.HTTPLogCLF = name == "httplog", name == "httplog" && clf
	wanted.TCPLog, wanted.TCPLogCLF = name == "tcplog", name == "tcplog" && clf
	wanted.HTTPSLog = name == "httpslog"
	if *o != wanted || o.HTTPSLog || p.proxy.LogFormat != nil {
		title := "option " + name
		if clf {
			title += " clf"
		}
		p.overrides(l, title)
	}
	*o = wanted
	p.proxy.LogFormat = nil
	p.proxy.LogOptionPos = l.Pos
}

func parseRedispatch(p *Parser, l *Line) {
	switch {
	case l.No || l.Default:
		p.proxy.Redispatch = 0
	case len(l.Words) == 2:
		p.proxy.Redispatch = -1
	default:
		n, ok := parseInt(l.Words[2], -maxInt, maxInt)
		if !ok {
			p.Alert(l.Pos, "'option redispatch' expects an integer interval (got '%s').", clip(l.Words[2]))
			return
		}
		p.proxy.Redispatch = n
	}
}
