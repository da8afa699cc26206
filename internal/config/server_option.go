package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

func sprintf(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// serverLine is what an option of a server line may set.
type serverLine struct {
	*ServerParams
	server     *Server // nil on a default-server line
	line       *Line
	intro, who string
}

// serverOption is a row: a word of a server line (manual 5.2).
type serverOption struct {
	name   string
	args   int
	syntax string // see bindOption.syntax
	doc    string // a sentence
	since  string // see Keyword.Since
	// tail tells how many of the words after the arguments belong to them; nil: none.
	tail       func(rest []string) int
	serverOnly bool
	parse      func(p *Parser, s *serverLine, args []string) error
}

func serverFlag(name, doc string, set func(*serverLine)) serverOption {
	return serverOption{name: name, doc: doc, parse: func(_ *Parser, s *serverLine, _ []string) error { set(s); return nil }}
}

func serverCount(syntax, doc string, lo int, tooLow string, field func(*serverLine) *int) serverOption {
	name, _, _ := strings.Cut(syntax, " ")
	return serverOption{name: name, syntax: syntax, args: 1, doc: doc, parse: func(_ *Parser, s *serverLine, a []string) error {
		if a[0] == "" {
			return fmt.Errorf("'%s' expects an integer argument.", name)
		}
		n, ok := parseInt(a[0], lo, maxInt)
		if !ok {
			return fmt.Errorf("'%s' %s", name, tooLow)
		}
		*field(s) = n
		return nil
	}}
}

func serverDelay(syntax, doc string, field func(*serverLine) *time.Duration) serverOption {
	name, _, _ := strings.Cut(syntax, " ")
	return serverOption{name: name, syntax: syntax, args: 1, doc: doc, parse: func(p *Parser, s *serverLine, a []string) error {
		d, err := p.delay(a[0], time.Millisecond)
		switch {
		case err == errNoDelay:
			return fmt.Errorf("'%s' expects a delay as argument.", name)
		case err == errTimerOverflow:
			return fmt.Errorf("timer overflow in argument <%s> to <%s> of %s, maximum value is 2147483647 ms (~24.8 days).", clip(a[0]), name, s.who)
		case err != nil:
			return fmt.Errorf("%s in '%s' argument of %s.", err, name, s.who)
		case d == 0:
			return fmt.Errorf("invalid value %d for argument '%s' of %s.", 0, name, s.who)
		}
		if bareSmall(a[0], d) {
			p.report(Diagnostic{Level: Warning, Form: FormPlace, Pos: s.line.Pos,
				Text: s.intro + smallText(name, a[0], strings.Replace(s.who, " ", " '", 1)+"'")})
		}
		*field(s) = d
		return nil
	}}
}

var serverOptions = slices.Concat([]serverOption{
	{name: "weight", args: 1, syntax: "weight <weight>", doc: "Sets the server's share of the load, from 0 to 256.", parse: func(_ *Parser, s *serverLine, a []string) error {
		n, ok := parseInt(a[0], 0, 256)
		if !ok {
			return fmt.Errorf("weight of %s is not within 0 and 256 (%s).", s.who, clip(a[0]))
		}
		s.Weight = n
		return nil
	}},
	serverFlag("backup", "Uses the server only when no other is usable.", func(s *serverLine) { s.Backup = true }),
	serverFlag("no-backup", "Undoes an inherited \"backup\".", func(s *serverLine) { s.Backup = false }),
	serverFlag("check", "Checks the server's health.", func(s *serverLine) { s.Check = true }),
	serverFlag("no-check", "Undoes an inherited \"check\".", func(s *serverLine) { s.Check = false }),
	serverFlag("disabled", "Starts the server in maintenance.", func(s *serverLine) { s.Disabled = true }),
	serverFlag("enabled", "Undoes an inherited \"disabled\".", func(s *serverLine) { s.Disabled = false }),
	serverFlag("send-proxy", "Begins every connection with a PROXY protocol header.", func(s *serverLine) { s.SendProxy = true }),
	serverFlag("no-send-proxy", "Undoes an inherited \"send-proxy\".", func(s *serverLine) { s.SendProxy = false }),
	serverFlag("send-proxy-v2", "Begins every connection with a PROXY protocol header of version 2.", func(s *serverLine) { s.SendProxyV2 = true }),
	serverFlag("no-send-proxy-v2", "Undoes an inherited \"send-proxy-v2\".", func(s *serverLine) { s.SendProxyV2 = false }),
	serverDelay("inter <delay>", "Sets the interval between checks.", func(s *serverLine) *time.Duration { return &s.Inter }),
	serverDelay("fastinter <delay>", "Sets the interval between checks while the state changes.", func(s *serverLine) *time.Duration { return &s.FastInter }),
	serverDelay("downinter <delay>", "Sets the interval between checks of a server that is down.", func(s *serverLine) *time.Duration { return &s.DownInter }),
	serverCount("rise <count>", "Sets how many good checks bring a server up.", 1, "has to be > 0.", func(s *serverLine) *int { return &s.Rise }),
	serverCount("fall <count>", "Sets how many failed checks bring a server down.", 1, "has to be > 0.", func(s *serverLine) *int { return &s.Fall }),
	serverCount("maxconn <maxconn>", "Sets the largest number of concurrent connections.", 0, "expects an integer argument", func(s *serverLine) *int { return &s.Maxconn }),
	serverCount("minconn <minconn>", "Sets the limit of connections under low load.", 0, "expects an integer argument", func(s *serverLine) *int { return &s.Minconn }),
	serverCount("maxqueue <maxqueue>", "Sets how many requests may wait for the server.", 0, "expects an integer argument", func(s *serverLine) *int { return &s.Maxqueue }),
	{name: "port", args: 1, syntax: "port <port>", doc: "Sets the port of checks.", parse: func(_ *Parser, s *serverLine, a []string) error {
		n, ok := parseInt(a[0], 0, 65535)
		if !ok {
			return errors.New("'port' expects a port number as argument.")
		}
		s.CheckPort = n
		return nil
	}},
	{name: "addr", args: 1, syntax: "addr <ipv4|ipv6>", doc: "Sets the address of checks.", parse: func(p *Parser, s *serverLine, a []string) error {
		if a[0] == "" {
			return errors.New("'addr' expects <ipv4|ipv6> as argument.")
		}
		addr, err := p.address(a[0], AddressUse{NoPort: true})
		if err != nil {
			return fmt.Errorf("'addr' : %w", err)
		}
		s.CheckAddr = &addr
		return nil
	}},
	{name: "log-proto", args: 1, syntax: "log-proto <logproto>", doc: "Sets how log lines are told apart on a stream.", parse: func(p *Parser, s *serverLine, a []string) error {
		if a[0] != "legacy" && a[0] != "octet-count" {
			return fmt.Errorf("'log-proto' expects one of 'legacy' or 'octet-count' but got '%s'", clip(a[0]))
		}
		s.LogProto = a[0]
		return p.onlyIn(InRing, "log-proto")
	}},
	{name: "shard", args: 1, syntax: "shard <shard>", doc: "Sets which part of the stick tables a peer gets.", parse: func(p *Parser, s *serverLine, a []string) error {
		n, ok := parseInt(a[0], 0, maxInt)
		if !ok {
			return fmt.Errorf("'shard' expects a positive integer argument, found '%s'", clip(a[0]))
		}
		s.Shard = n
		return p.onlyIn(InPeers, "shard")
	}},
	{name: "id", args: 1, syntax: "id <value>", serverOnly: true, doc: "Sets the number of the server.", parse: func(_ *Parser, s *serverLine, a []string) error {
		if a[0] == "" {
			return errors.New("'id' : expects an integer argument")
		}
		n, ok := parseInt(a[0], 1, 1<<32-1)
		if !ok {
			return errors.New("'id' : custom id has to be between 1 and 4294967295.")
		}
		s.server.ID = n
		return nil
	}},
}, serverCheckOptions, serverTransport, serverProxy, serverAddress, serverPool, serverShare, serverPersistence, unbuiltServerOptions)

// onlyIn refuses an option of server lines outside of the section in which it
// means something.
func (p *Parser) onlyIn(in Sections, name string) error {
	if p.sect != in {
		return fmt.Errorf("'%s' is not built yet in this version of Sluice", name)
	}
	return nil
}
