package config

import (
	"errors"
	"fmt"
	"time"
)

// Transport is how connections to a server are made (manual 5.2).
type Transport struct {
	Source        *Source       // nil: the backend's
	Namespace     string        // network namespace, "" that of the process
	TFO           bool          // data goes out with the first segment
	UserTimeout   time.Duration // tcp-ut; 0: not set
	IdlePing      time.Duration // 0: never
	CC            string        // congestion control algorithm; "": the system's
	MD5Password   string        // "": none
	Proto         string        // h1, none; "" as the mode says
	WebSocket     string        // auto, h1; "" is auto
	Socks4        *Address      // the proxy in between; nil: none. It may have a Host to resolve
	CheckViaSocks bool          // checks go through it too
}

func serverText(syntax, doc, missing string, field func(*serverLine) *string) serverOption {
	o := bindText(syntax, doc, missing, nil)
	return serverOption{name: o.name, args: 1, syntax: syntax, doc: doc, parse: func(_ *Parser, s *serverLine, a []string) error {
		if a[0] == "" {
			return errors.New("'" + o.name + "' : " + missing)
		}
		*field(s) = a[0]
		return nil
	}}
}

// serverTransport are the options of connections.
var serverTransport = []serverOption{
	sourceOption,
	serverText("cc <algo>", "Sets the congestion control algorithm.", "missing TCP congestion control algorithm", func(s *serverLine) *string { return &s.CC }),
	{name: "namespace", args: 1, syntax: "namespace <name>", doc: "Connects from a network namespace.", parse: func(p *Parser, s *serverLine, a []string) error {
		switch a[0] {
		case "":
			return errors.New("'namespace' : expects <name> as argument")
		case "*":
			return errors.New("'namespace *' is not built yet in this version of Sluice")
		}
		s.Namespace = a[0]
		return nil
	}},
	{name: "idle-ping", args: 1, syntax: "idle-ping <delay>", doc: "Sets the interval at which idle connections are tried, which only HTTP/2 does.", parse: parseServerIdlePing},
	{name: "proto", args: 1, syntax: "proto <name>", doc: "Sets the protocol of connections, whatever the handshake says.", parse: func(_ *Parser, s *serverLine, a []string) error {
		switch a[0] {
		case "":
			return errors.New("'proto' : missing value")
		case "h1", "none":
			s.Proto = a[0]
			return nil
		case "h2", "fcgi", "spop", "quic", "qmux":
			return fmt.Errorf("'proto %s' is not built yet in this version of Sluice", a[0])
		}
		return fmt.Errorf("'proto' :  unknown MUX protocol '%s'", clip(a[0]))
	}},
	serverFlag("check-via-socks4", "Checks through the SOCKS4 proxy too.", func(s *serverLine) { s.CheckViaSocks = true }),
	{name: "socks4", args: 1, syntax: "socks4 <addr>:<port>", doc: "Connects through a SOCKS4 proxy.", parse: func(p *Parser, s *serverLine, a []string) error {
		if a[0] == "" {
			return errors.New("'socks4' expects <addr>:<port> as argument.")
		}
		addr, err := p.address(a[0], AddressUse{PortNeeded: true})
		switch {
		case err != nil:
			return fmt.Errorf("'socks4 %s' : %w", clip(a[0]), err)
		case !addr.IsIP():
			return fmt.Errorf("'socks4 %s' : an address of IP is needed", clip(a[0]))
		}
		s.Socks4 = &addr
		return nil
	}},
	{name: "tcp-md5sig", args: 1, syntax: "tcp-md5sig <password>", doc: "Signs every TCP segment with a password.", parse: func(p *Parser, s *serverLine, a []string) error {
		b := Bind{}
		if err := parseBindMD5(p, &b, a); err != nil {
			return fmt.Errorf("'tcp-md5sig' : %w", err)
		}
		s.MD5Password = b.MD5Password
		return nil
	}},
	{name: "tcp-ut", args: 1, syntax: "tcp-ut <delay>", doc: "Sets how long sent data may remain unacknowledged.", parse: parseServerUserTimeout},
	serverFlag("tfo", "Sends data in the first TCP segment.", func(s *serverLine) { s.TFO = true }),
	serverFlag("no-tfo", "Undoes an inherited \"tfo\".", func(s *serverLine) { s.TFO = false }),
	// A word of "source" that is met here only without it.
	{name: "usesrc", args: 1, syntax: "usesrc { <addr2>[:<port2>] | client | clientip | hdr_ip(<hdr>[,<occ>]) }", doc: "Goes with \"source\": sets whose address the connection is to come from.",
		parse: func(*Parser, *serverLine, []string) error {
			return errors.New("'usesrc' only allowed after a 'source' statement.")
		}},
	{name: "ws", args: 1, syntax: "ws { auto | h1 | h2 }", doc: "Sets the protocol of WebSocket.", parse: func(_ *Parser, s *serverLine, a []string) error {
		switch a[0] {
		case "auto":
			s.WebSocket = ""
		case "h1":
			s.WebSocket = a[0]
		case "h2":
			return errors.New("'ws h2' is not built yet in this version of Sluice")
		default:
			return errors.New("'ws' has to be 'auto', 'h1' or 'h2'")
		}
		return nil
	}},
}

func parseServerIdlePing(p *Parser, s *serverLine, a []string) error {
	d, rest, err := parseTime(a[0], time.Millisecond)
	bad, isBad := err.(badByte)
	switch {
	case err == errNoDelay:
		return errors.New("'idle-ping' expects an argument.")
	case err == errTimerOverflow:
		return fmt.Errorf("timer overflow in argument <%s> to <idle-ping> of %s, maximum value is 2147483647 ms (~24.8 days)", clip(a[0]), s.who)
	case isBad:
		return fmt.Errorf("unexpected character '%c' in 'idle-ping' argument of %s.", rune(bad), s.who)
	case rest != "":
		return fmt.Errorf("unexpected character '%s' in 'idle-ping' argument of %s.", rest[:1], s.who)
	}
	s.IdlePing = d
	return nil
}

func parseServerUserTimeout(p *Parser, s *serverLine, a []string) error {
	if a[0] == "" {
		return errors.New("'tcp-ut' : missing TCP User Timeout value")
	}
	d, err := p.delay(a[0], time.Millisecond)
	switch {
	case err == errTimerOverflow:
		return fmt.Errorf("timer overflow in argument '%s' to 'tcp-ut' (maximum value is 2147483647 ms or ~24.8 days)", clip(a[0]))
	case err != nil:
		return errors.New("'tcp-ut' : expects a positive delay in milliseconds")
	}
	s.UserTimeout = d
	return nil
}

// words writes in what t differs from base.
func (t *Transport) words(base *Transport) (w []string) {
	text := func(name, v, was, unset string) {
		if v != was {
			w = append(w, name, def(v, unset))
		}
	}
	if t.Source != nil && t.Source != base.Source {
		w = append(w, t.Source.words()...)
	}
	text("namespace", t.Namespace, base.Namespace, "")
	text("cc", t.CC, base.CC, "")
	text("tcp-md5sig", t.MD5Password, base.MD5Password, "")
	text("proto", t.Proto, base.Proto, "")
	text("ws", t.WebSocket, base.WebSocket, "auto")
	if t.UserTimeout != base.UserTimeout {
		w = append(w, "tcp-ut", duration(t.UserTimeout))
	}
	if t.IdlePing != base.IdlePing {
		w = append(w, "idle-ping", duration(t.IdlePing))
	}
	if t.Socks4 != nil && t.Socks4 != base.Socks4 {
		w = append(w, "socks4", t.Socks4.String())
	}
	if t.CheckViaSocks && !base.CheckViaSocks {
		w = append(w, "check-via-socks4")
	}
	switch {
	case t.TFO && !base.TFO:
		w = append(w, "tfo")
	case !t.TFO && base.TFO:
		w = append(w, "no-tfo")
	}
	return w
}

// transport checks what server lines say of connections against the rest.
func (c *checker) transport(p *Proxy, s *Server) {
	const retries = RetryConnFailure | RetryEmptyResponse | RetryResponseTimeout
	if s.TFO && p.RetryOn&retries != retries {
		c.warn(s.Pos, "[%s] : 'server %s/%s' : server has tfo activated, the backend should be configured with at least 'conn-failure', 'empty-response' and 'response-timeout' or we wouldn't be able to retry the connection on failure.", s.Pos, p.Name, s.Name)
	}
	if s.Source != nil && s.Source.Use == UseHeader && p.Mode != ModeHTTP {
		c.warn(s.Pos, "%s : server %s cannot use header %s as source IP in non-HTTP mode.", p.Title(), s.Name, s.Source.Header)
	}
	if s.Proto != "" && (s.Proto == "h1") != (p.Mode == ModeHTTP) {
		c.alert(s.Pos, "%s : MUX protocol '%s' is not usable for server '%s' at [%s].", p.Title(), s.Proto, s.Name, s.Pos)
	}
}
