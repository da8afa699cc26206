package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Reuse says which requests may go over server connections that others have
// used ("http-reuse").
type Reuse uint8

const (
	ReuseSafe       Reuse = iota // all but the first of a client's connection
	ReuseNever                   // a connection is its client's alone
	ReuseAggressive              // the first as well, over connections that were used again before
	ReuseAlways                  // all
)

var reuseNames = [...]string{"safe", "never", "aggressive", "always"}

func (r Reuse) String() string { return reuseNames[r] }

// reuseRows are the settings of idle connections in proxies (manual 4.2).
var reuseRows = Table{
	{Name: "http-reuse", In: InBackends | InDefaults, Max: -1, Syntax: "http-reuse { never | safe | aggressive | always }", Since: "1.6",
		Doc: "Sets when requests of different clients may share server connections.", Parse: parseReuse},
	{Name: "max-session-srv-conns", In: InFrontends | InDefaults, Max: 1, Syntax: "max-session-srv-conns <nb>", Since: "1.9",
		Doc: "Limits the idle server connections kept for one client.", Parse: func(p *Parser, l *Line) {
			if !p.need(l, "'max-session-srv-conns' expects a number. Got no argument") {
				return
			}
			n, ok := parseInt(l.Words[1], -maxInt, maxInt)
			if !ok {
				p.Alert(l.Pos, "'max-session-srv-conns' expects a number. Got '%s'", clip(l.Words[1]))
				return
			}
			n = max(n, 0)
			p.proxy.SessionConns = &n
		}},
}

func parseReuse(p *Parser, l *Line) {
	r := slices.Index(reuseNames[:], l.Arg(1))
	switch {
	case r < 0:
		p.Alert(l.Pos, "'http-reuse' only supports 'never', 'safe', 'aggressive', 'always'.")
	case len(l.Words) > 2:
		p.Alert(l.Pos, "'http-reuse %s' cannot handle unexpected argument '%s'.", reuseNames[r], clip(l.Words[2]))
	default:
		p.proxy.Reuse = Reuse(r)
	}
}

// PoolParams are the settings of idle connections on server lines (manual 5.2).
type PoolParams struct {
	MaxConn    int           // pool-max-conn; -1: no limit
	LowConn    int           // pool-low-conn
	PurgeDelay time.Duration // pool-purge-delay; 0: no connection is kept
	MaxReuse   int           // max-reuse; -1: no limit
	Strict     bool          // strict-maxconn
	ConnName   string        // pool-conn-name: an expression; "": none
}

var defaultPool = PoolParams{MaxConn: -1, PurgeDelay: 5 * time.Second, MaxReuse: -1}

// serverPool are the options of connection pools on server lines.
var serverPool = []serverOption{
	poolCount("max-reuse <count>", "Limits how often a connection is used again; -1 sets no limit.", -maxInt, func(s *serverLine) *int { return &s.Pool.MaxReuse }),
	poolCount("pool-low-conn <max>", "Sets from how many idle connections threads take them from each other.", -maxInt, func(s *serverLine) *int { return &s.Pool.LowConn }),
	poolCount("pool-max-conn <max>", "Limits the idle connections; -1 sets no limit.", -1, func(s *serverLine) *int { return &s.Pool.MaxConn }),
	{name: "pool-purge-delay", args: 1, syntax: "pool-purge-delay <delay>", doc: "Sets the interval at which half of the unneeded idle connections are closed.", parse: func(p *Parser, s *serverLine, a []string) error {
		d, err := p.delay(a[0], time.Millisecond)
		switch {
		case a[0] == "":
			return errors.New("'pool-purge-delay' expects <value> as argument.")
		case err == errTimerOverflow:
			return fmt.Errorf("timer overflow in argument '%s' to 'pool-purge-delay' (maximum value is 2147483647 ms or ~24.8 days)", clip(a[0]))
		case err != nil:
			return fmt.Errorf("%s in argument to <pool-purge-delay>.", err)
		}
		s.Pool.PurgeDelay = d
		return nil
	}},
	{name: "pool-conn-name", args: 1, syntax: "pool-conn-name <expr>", doc: "Sets the name of idle connections; only requests that give the same name share them.", parse: func(_ *Parser, s *serverLine, a []string) error {
		if a[0] == "" {
			return errors.New("'pool-conn-name' expects <value> as argument")
		}
		s.Pool.ConnName = a[0]
		return nil
	}},
	serverFlag("strict-maxconn", "Counts idle connections in \"maxconn\" too, as is always done here.", func(s *serverLine) { s.Pool.Strict = true }),
}

func poolCount(syntax, doc string, lo int, field func(*serverLine) *int) serverOption {
	name, _, _ := strings.Cut(syntax, " ")
	return serverOption{name: name, syntax: syntax, args: 1, doc: doc, parse: func(_ *Parser, s *serverLine, a []string) error {
		if a[0] == "" {
			return fmt.Errorf("'%s' expects <value> as argument.", name)
		}
		n, ok := parseInt(a[0], -maxInt, maxInt)
		switch {
		case !ok:
			return fmt.Errorf("'%s' expects an integer argument", name)
		case n < lo:
			return fmt.Errorf("'%s' must be >= %d", name, lo)
		}
		*field(s) = max(n, -1)
		return nil
	}}
}

// reuse writes the settings of idle connections in which p differs from base.
func (t *textWriter) reuse(p, base *Proxy) {
	if p.Reuse != base.Reuse {
		t.line("http-reuse", p.Reuse.String())
	}
	if n := p.SessionConns; n != nil && n != base.SessionConns {
		t.line("max-session-srv-conns", itoa(*n))
	}
}

// words returns the options in which v differs from base.
func (v *PoolParams) words(base *PoolParams) (w []string) {
	for _, x := range []struct {
		name   string
		n, was int
	}{{"pool-max-conn", v.MaxConn, base.MaxConn}, {"pool-low-conn", v.LowConn, base.LowConn}, {"max-reuse", v.MaxReuse, base.MaxReuse}} {
		if x.n != x.was {
			w = append(w, x.name, itoa(x.n))
		}
	}
	if v.PurgeDelay != base.PurgeDelay {
		w = append(w, "pool-purge-delay", duration(v.PurgeDelay))
	}
	if v.ConnName != base.ConnName {
		w = append(w, "pool-conn-name", v.ConnName)
	}
	if v.Strict && !base.Strict {
		w = append(w, "strict-maxconn")
	}
	return w
}
