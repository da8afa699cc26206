package config

import (
	"strings"
	"time"
)

// ConnOptions are the options of a proxy about its connections (manual 4.2).
type ConnOptions struct {
	ClientKeepAlive, ServerKeepAlive bool // clitcpka, srvtcpka
	ContStats, SocketStats           bool
	IdleCloseOnResponse              bool
	IndependentStreams               bool
	NoDelay                          bool // http-no-delay
	NoLinger                         bool
	Persist                          bool
	PreferLastServer                 bool
	AllBackups                       bool
	PretendKeepAlive                 bool
	SmartAccept, NoSmartAccept       bool // without either it is on in HTTP mode
	SmartConnect, NoSmartConnect     bool // the same, where the reference has it off

	SpliceAuto, SpliceRequest, SpliceResponse bool

	ClientProbes, ServerProbes Probes // clitcpka-*, srvtcpka-*
	KeepAliveQueue             int    // max-keep-alive-queue; -1: no limit
}

// Probes are the settings of TCP keep-alive probes; 0 leaves the system's.
type Probes struct {
	Count          int
	Idle, Interval time.Duration
}

var defaultConn = ConnOptions{KeepAliveQueue: -1}

// connFlag is an option that is on or off.
type connFlag struct {
	name  string
	in    Sections
	doc   string
	field func(*ConnOptions) *bool
}

var connFlags = []connFlag{
	{"clitcpka", InFrontends, "Lets the kernel probe silent clients.", func(o *ConnOptions) *bool { return &o.ClientKeepAlive }},
	{"srvtcpka", InBackends, "Lets the kernel probe silent servers.", func(o *ConnOptions) *bool { return &o.ServerKeepAlive }},
	{"contstats", InFrontends, "Counts bytes as they pass, not at the end of the session.", func(o *ConnOptions) *bool { return &o.ContStats }},
	{"socket-stats", InFrontends, "Counts traffic for each listening socket.", func(o *ConnOptions) *bool { return &o.SocketStats }},
	{"http-no-delay", InProxies, "Sends every piece at once instead of filling packets.", func(o *ConnOptions) *bool { return &o.NoDelay }},
	{"http-pretend-keepalive", InBackends, "Does not tell servers that their connection will be closed.", func(o *ConnOptions) *bool { return &o.PretendKeepAlive }},
	{"idle-close-on-response", InFrontends, "Closes idle client connections only after one more response during a soft stop.", func(o *ConnOptions) *bool { return &o.IdleCloseOnResponse }},
	{"independent-streams", InProxies, "Lets sent data not count as a sign of life of the receiver.", func(o *ConnOptions) *bool { return &o.IndependentStreams }},
	{"nolinger", InProxies, "Resets connections instead of waiting for what is still to be sent.", func(o *ConnOptions) *bool { return &o.NoLinger }},
	{"persist", InBackends, "Sends clients to their server even when it is down.", func(o *ConnOptions) *bool { return &o.Persist }},
	{"allbackups", InBackends, "Spreads the load over all backup servers instead of the first.", func(o *ConnOptions) *bool { return &o.AllBackups }},
	{"prefer-last-server", InBackends, "Stays with the server of the last request where that is free to choose.", func(o *ConnOptions) *bool { return &o.PreferLastServer }},
	{"splice-auto", InProxies, "Lets the kernel forward bodies in both directions where that pays, which tunnels do anyway.", func(o *ConnOptions) *bool { return &o.SpliceAuto }},
	{"splice-request", InProxies, "Lets the kernel forward what clients send, in bodies and in tunnels, from the first byte.", func(o *ConnOptions) *bool { return &o.SpliceRequest }},
	{"splice-response", InProxies, "Lets the kernel forward what servers send, in bodies and in tunnels, from the first byte.", func(o *ConnOptions) *bool { return &o.SpliceResponse }},
}

// connRows are the rows of connFlags and of what belongs to them.
var connRows = append(connFlagRows(),
	Keyword{Name: "option tcp-smart-accept", In: InFrontends | InDefaults, No: true, Default: true, Doc: "Saves the packet that acknowledges a request alone; the default in HTTP mode.", Parse: func(p *Parser, l *Line) {
		o := &p.proxy.Options.ConnOptions
		o.SmartAccept, o.NoSmartAccept = !l.No && !l.Default, l.No
	}},
	Keyword{Name: "option tcp-smart-connect", In: InBackends | InDefaults, No: true, Default: true, Doc: "Saves the packet that acknowledges a server's acceptance alone; the default in HTTP mode, other than in HAProxy.", Parse: func(p *Parser, l *Line) {
		o := &p.proxy.Options.ConnOptions
		o.SmartConnect, o.NoSmartConnect = !l.No && !l.Default, l.No
	}},
	Keyword{Name: "option tcpka", In: InAnyProxy, Doc: "Lets the kernel probe silent connections of both sides.", Parse: func(p *Parser, l *Line) {
		o := &p.proxy.Options.ConnOptions
		o.ClientKeepAlive, o.ServerKeepAlive = true, true
	}},
	Keyword{Name: "max-keep-alive-queue", In: InBackends | InDefaults, Max: 1, Syntax: "max-keep-alive-queue <value>",
		Doc: "Limits the queue of a server that a kept connection may wait in before another server is taken.", Parse: func(p *Parser, l *Line) {
			if n, ok := p.connInt(l, "'max-keep-alive-queue' expects expects an integer value (or -1 to disable)"); ok {
				p.proxy.Options.KeepAliveQueue = max(n, -1)
			}
		}},
	probeCount("clitcpka-cnt", InFrontends, "Sets how many unanswered keep-alive probes end a client connection.", func(o *ConnOptions) *int { return &o.ClientProbes.Count }),
	probeTime("clitcpka-idle", InFrontends, "Sets after what silence a client is probed.", func(o *ConnOptions) *time.Duration { return &o.ClientProbes.Idle }),
	probeTime("clitcpka-intvl", InFrontends, "Sets the interval of keep-alive probes to clients.", func(o *ConnOptions) *time.Duration { return &o.ClientProbes.Interval }),
	probeCount("srvtcpka-cnt", InBackends, "Sets how many unanswered keep-alive probes end a server connection.", func(o *ConnOptions) *int { return &o.ServerProbes.Count }),
	probeTime("srvtcpka-idle", InBackends, "Sets after what silence a server is probed.", func(o *ConnOptions) *time.Duration { return &o.ServerProbes.Idle }),
	probeTime("srvtcpka-intvl", InBackends, "Sets the interval of keep-alive probes to servers.", func(o *ConnOptions) *time.Duration { return &o.ServerProbes.Interval }),
)

func connFlagRows() (rows Table) {
	for _, f := range connFlags {
		rows = append(rows, boolOption(f.name, f.in, f.doc, func(o *ProxyOptions) *bool { return f.field(&o.ConnOptions) }))
	}
	return rows
}

// connInt reads the argument of a keyword, a number of any sign.
func (p *Parser) connInt(l *Line, missing string) (int, bool) {
	if l.Arg(1) == "" {
		p.Alert(l.Pos, "%s", missing)
		return 0, false
	}
	n, ok := parseInt(l.Words[1], -maxInt, maxInt)
	if !ok {
		odd := strings.TrimLeft(strings.TrimPrefix(l.Words[1], "-"), "0123456789")
		p.Alert(l.Pos, "'%s' : unexpected character '%s' in integer value '%s'", l.Words[0], odd[:min(1, len(odd))], clip(l.Words[1]))
	}
	return n, ok
}

func probeCount(name string, in Sections, doc string, field func(*ConnOptions) *int) Keyword {
	return Keyword{Name: name, In: in | InDefaults, Max: 1, Syntax: name + " <count>", Since: "2.3", Doc: doc, Parse: func(p *Parser, l *Line) {
		if n, ok := p.connInt(l, "'"+name+"' expects an integer value"); ok {
			*field(&p.proxy.Options.ConnOptions) = max(n, 0)
		}
	}}
}

func probeTime(name string, in Sections, doc string, field func(*ConnOptions) *time.Duration) Keyword {
	return Keyword{Name: name, In: in | InDefaults, Max: 1, Syntax: name + " <timeout>", Since: "2.3", Doc: doc, Parse: func(p *Parser, l *Line) {
		if !p.need(l, "'"+name+"' expects an integer value") {
			return
		}
		d, err := p.delay(l.Words[1], time.Second)
		switch {
		case err == errTimerOverflow:
			p.Alert(l.Pos, "timer overflow in argument '%s' to '%s' (maximum value is 2147483647 ms or ~24.8 days).", clip(l.Words[1]), name)
		case err != nil:
			p.Alert(l.Pos, "%s in argument to <%s>.", err, name)
		default:
			*field(&p.proxy.Options.ConnOptions) = d
		}
	}}
}

// conn writes the options in which o differs from was.
func (t *textWriter) conn(o, was *ConnOptions) {
	onOff := func(name string, v, was bool) {
		switch {
		case v && !was:
			t.line("option", name)
		case !v && was:
			t.line("no", "option", name)
		}
	}
	for _, f := range connFlags {
		onOff(f.name, *f.field(o), *f.field(was))
	}
	if o.NoSmartAccept && !was.NoSmartAccept {
		t.line("no", "option", "tcp-smart-accept")
	} else {
		onOff("tcp-smart-accept", o.SmartAccept, was.SmartAccept)
	}
	if o.NoSmartConnect && !was.NoSmartConnect {
		t.line("no", "option", "tcp-smart-connect")
	} else {
		onOff("tcp-smart-connect", o.SmartConnect, was.SmartConnect)
	}
	t.number("max-keep-alive-queue", o.KeepAliveQueue, was.KeepAliveQueue)
	for _, x := range []struct {
		name   string
		p, was *Probes
	}{{"clitcpka", &o.ClientProbes, &was.ClientProbes}, {"srvtcpka", &o.ServerProbes, &was.ServerProbes}} {
		t.number(x.name+"-cnt", x.p.Count, x.was.Count)
		t.delay(x.name+"-idle", x.p.Idle, x.was.Idle)
		t.delay(x.name+"-intvl", x.p.Interval, x.was.Interval)
	}
}
