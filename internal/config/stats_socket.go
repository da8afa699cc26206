package config

import "time"

var statsSocketRows = Table{
	{Name: "stats", In: InGlobal, Max: -1, Group: true, Parse: func(p *Parser, l *Line) {
		if l.Arg(1) == "bind-process" {
			p.Alert(l.Pos, "'stats bind-process' is not supported anymore.")
			return
		}
		p.Alert(l.Pos, "'stats' only supports 'socket', 'maxconn', 'bind-process', 'calculate-max-counters'  and 'timeout' (got '%s')%s", clip(l.Arg(1)), p.nextHint(l.Words))
	}},
	{Name: "stats socket", In: InGlobal, Max: -1, Syntax: "stats socket [<address:port>|<path>] [<param> ...]", Doc: "Adds a socket of the runtime API.", Parse: parseStatsSocket},
	{Name: "stats timeout", In: InGlobal, Max: -1, Syntax: "stats timeout <timeout>", Doc: "Sets how long a connection to the runtime API may be idle.", Parse: func(p *Parser, l *Line) {
		d, err := p.delay(l.Arg(2), time.Millisecond)
		switch {
		case err == errNoDelay:
			p.Alert(l.Pos, "'stats timeout' : missing value")
		case err == errTimerOverflow:
			p.Alert(l.Pos, "timer overflow in argument '%s' to 'stats timeout' (maximum value is 2147483647 ms or ~24.8 days)", clip(l.Arg(2)))
		case err != nil:
			p.Alert(l.Pos, "'stats timeout' : %s", err)
		case d == 0:
			p.Alert(l.Pos, "'stats timeout' expects a positive value")
		case len(l.Words) > 3:
			p.Alert(l.Pos, "'stats timeout' cannot handle unexpected argument '%s'.", clip(l.Words[3]))
		default:
			p.spec.Global.StatsTimeout = d
		}
	}},
	{Name: "stats maxconn", In: InGlobal, Max: 1, Syntax: "stats maxconn <connections>", Doc: "Sets how many connections to the runtime API there may be.", Parse: func(p *Parser, l *Line) {
		n, ok := parseInt(l.Arg(2), 1, maxInt)
		if !ok {
			p.Alert(l.Pos, "'stats maxconn' expects a positive value")
			return
		}
		p.spec.Global.StatsMaxconn = n
	}},
}

func parseStatsSocket(p *Parser, l *Line) {
	if len(l.Words) < 3 {
		p.Alert(l.Pos, "'stats socket' in global section expects an address or a path to a UNIX socket")
		return
	}
	list, err := p.expandBind(l.Words[2], bindUse)
	if err != nil {
		p.Alert(l.Pos, "'stats socket' : %s", err)
		return
	}
	proto := Bind{Pos: l.Pos, Text: l.Words[2], UID: -1, GID: -1}
	ok := eachOption(bindIndex, l.Words[3:], func(o *bindOption, args []string) bool {
		if o.parse == nil {
			p.Alert(l.Pos, "'stats socket' : '%s' is not built yet in this version of Sluice.", o.name)
			return false
		}
		if err := o.parse(p, &proto, args); err != nil {
			p.Alert(l.Pos, "'stats socket' : '%s'", o.explain(err))
			return false
		}
		return true
	}, func(word, hint string) {
		if hint != "" {
			hint = ". Did you mean '" + hint + "' maybe ?"
		} else {
			hint = "."
		}
		p.Alert(l.Pos, "'stats socket' : unknown keyword '%s'%s", clip(word), hint)
	})
	if !ok || !p.statsSocketOptions(l, &proto) {
		return
	}
	if p.nbinds += len(list); p.nbinds > maxBinds {
		p.Alert(l.Pos, "'stats socket' : more than %d addresses in the configuration", maxBinds)
		return
	}
	for _, a := range list {
		b := proto
		b.Address = a
		p.spec.Global.StatsSockets = append(p.spec.Global.StatsSockets, &b)
	}
}

// statsSocketOptions refuses the options whose meaning depends on what a stats
// socket does not do, and warns of those that change nothing on one: its clients
// are few, and served by no event loop.
func (p *Parser) statsSocketOptions(l *Line, b *Bind) bool {
	for _, o := range []struct {
		set  bool
		name string
	}{{b.AcceptProxy, "accept-proxy"}, {b.NetScaler != 0, "accept-netscaler-cip"}} {
		if o.set {
			p.Alert(l.Pos, "'stats socket' : '%s' is not built yet for stats sockets in this version of Sluice.", o.name)
			return false
		}
	}
	for _, o := range []struct {
		set  bool
		name string
	}{
		{b.Maxconn != 0, "maxconn"}, {b.Shards != 0 && b.Shards != 1, "shards"}, {len(b.Threads) > 0 && b.Threads.String() != "all", "thread"},
		{b.Nice != 0, "nice"}, {b.Proto != "", "proto"}, {b.IdlePing != 0, "idle-ping"}, {b.GUIDPrefix != "", "guid-prefix"}, {b.MSS < 0, "mss"},
	} {
		if o.set {
			p.Warn(l.Pos, "'stats socket' : '%s' has no effect on a stats socket in this version of Sluice.", o.name)
		}
	}
	return true
}
