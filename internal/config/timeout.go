package config

import "time"

// Timeouts are a proxy's timeouts; 0 is not set, which is no limit.
type Timeouts struct {
	Client, Server, Connect, Queue time.Duration
	HTTPRequest, HTTPKeepAlive     time.Duration
	Tunnel, ClientFin, ServerFin   time.Duration
	Check, Tarpit, ClientHandshake time.Duration
}

// timeoutNames are the timeouts in the order in which they are printed.
var timeoutNames = []struct {
	name  string
	in    Sections
	doc   string
	field func(*Timeouts) *time.Duration
}{
	{"client", InFrontends, "Limits how long a client may be silent.", func(t *Timeouts) *time.Duration { return &t.Client }},
	{"client-fin", InFrontends, "Limits how long a half-closed client may be silent.", func(t *Timeouts) *time.Duration { return &t.ClientFin }},
	{"client-hs", InFrontends, "Limits the TLS handshake with a client.", func(t *Timeouts) *time.Duration { return &t.ClientHandshake }},
	{"connect", InBackends, "Limits how long connecting to a server may take.", func(t *Timeouts) *time.Duration { return &t.Connect }},
	{"server", InBackends, "Limits how long a server may be silent.", func(t *Timeouts) *time.Duration { return &t.Server }},
	{"server-fin", InBackends, "Limits how long a half-closed server may be silent.", func(t *Timeouts) *time.Duration { return &t.ServerFin }},
	{"queue", InBackends, "Limits how long a request waits for a server.", func(t *Timeouts) *time.Duration { return &t.Queue }},
	{"check", InBackends, "Limits the answer to a health check.", func(t *Timeouts) *time.Duration { return &t.Check }},
	{"tunnel", InBackends, "Limits how long a tunnel may be silent.", func(t *Timeouts) *time.Duration { return &t.Tunnel }},
	{"http-request", InProxies, "Limits how long a request head may take.", func(t *Timeouts) *time.Duration { return &t.HTTPRequest }},
	{"http-keep-alive", InProxies, "Limits the wait for the next request.", func(t *Timeouts) *time.Duration { return &t.HTTPKeepAlive }},
	{"tarpit", InProxies, "Sets how long tarpitted requests are held.", func(t *Timeouts) *time.Duration { return &t.Tarpit }},
}

var timeoutRows = makeTimeoutRows()

func makeTimeoutRows() Table {
	t := Table{groupRow(InAnyProxy, "timeout", "", "'timeout' supports 'client', 'server', 'connect', 'check', 'queue', 'handshake', 'http-keep-alive', 'http-request', 'tunnel', 'tarpit', 'client-fin' and 'server-fin' (got '%s')")}
	for _, n := range timeoutNames {
		t = append(t, Keyword{Name: "timeout " + n.name, In: n.in | InDefaults, Max: -1, Syntax: "timeout " + n.name + " <timeout>", Doc: n.doc, Parse: func(p *Parser, l *Line) {
			parseTimeout(p, l, n.field(&p.proxy.Timeouts))
		}})
	}
	return t
}

func parseTimeout(p *Parser, l *Line, v *time.Duration) {
	name, value := "timeout "+l.Words[1], l.Arg(2)
	d, err := p.delay(value, time.Millisecond)
	switch {
	case err == errNoDelay:
		p.Alert(l.Pos, "'%s' expects an integer value (in milliseconds)", name)
	case err == errTimerOverflow:
		p.Alert(l.Pos, "timer overflow in argument '%s' to '%s' (maximum value is 2147483647 ms or ~24.8 days)", clip(value), name)
	case err != nil:
		p.Alert(l.Pos, "%s in '%s'", err, name)
	case len(l.Words) > 3:
		p.Alert(l.Pos, "'%s' : unexpected extra argument '%s' after value '%s'.", name, clip(l.Words[3]), clip(value))
	default:
		if bareSmall(value, d) {
			p.Warn(l.Pos, "%s", smallText(name, value, p.proxy.Title()))
		}
		*v = d
	}
}
