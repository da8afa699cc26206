package config

import (
	"fmt"
	"strings"
	"time"
)

// Bind is one concrete address of a bind or stats socket line: port ranges and
// comma lists are expanded (manual 4.2 "bind", 5.1).
type Bind struct {
	Pos     Pos
	Address Address // its Host is still to be resolved, when it has one
	Text    string  // the addresses of the line as written
	Name    string
	ID      int // 0: not set
	Maxconn int // 0: not set
	Backlog int // 0: not set

	// What a proxy in front sends of a connection before its first byte:
	// AcceptProxy a PROXY protocol header, NetScaler, the magic number, a client
	// IP insertion header (0: none).
	AcceptProxy bool
	NetScaler   uint32

	// Of UNIX listeners. UID and GID -1: not set; User and Group are names still
	// to be looked up. Mode 0: not set.
	Mode        uint32
	User, Group string
	UID, GID    int

	V4V6, V6Only bool
	Interface    string
	Transparent  bool
	DeferAccept  bool
	TFO          bool
	MSS          int           // 0: not set; negative: subtracted from the path's
	UserTimeout  time.Duration // tcp-ut; 0: not set
	TOS          int           // the DSCP and ECN bits of what is sent; 0: the kernel's
	CC           string        // congestion control algorithm, "" the system's
	MD5Password  string        // tcp-md5sig; "": none
	SaveSYN      int           // tcp-ss
	Namespace    string        // network namespace, "" that of the process
	Nice         int           // -1024, first, to 1024, last
	Shards       int           // 0: not set, which is 1; ShardsByThread, ShardsByGroup
	Threads      ThreadSet     // who watches the sockets; empty: all
	Proto        string        // "": by mode; h1, none
	IdlePing     time.Duration // of HTTP/2; 0: none
	Label        string
	GUIDPrefix   string

	// Of stats sockets.
	Level           string // user, operator, admin; "" is operator
	ExposeListeners bool   // expose-fd listeners
	SeverityOutput  string // none, number, string; "" is none
}

// The values of Bind.Shards that are no numbers.
const (
	ShardsByThread = -1
	ShardsByGroup  = -2
)

// maxBinds bounds what the port ranges of a configuration may expand to: every
// port of four addresses. A few bytes of text must not take all memory.
const maxBinds = 4 * 65536

type bindID struct {
	pos  Pos
	text string
}

var bindRows = Table{
	{Name: "bind", In: InFrontends, Max: -1, Syntax: "bind { [<address>]:<port_range> | /<path> }[, ...] [<param> ...]", Doc: "Adds listening addresses.", Parse: parseBind},
}

// bindUse is what addresses of bind lines may be.
var bindUse = AddressUse{PortNeeded: true, PortRange: true, FD: true}

func parseBind(p *Parser, l *Line) {
	if list, ok := p.bindLine(l, bindUse, Bind{UID: -1, GID: -1}); ok {
		p.proxy.Binds = append(p.proxy.Binds, list...)
	}
}

// bindLine parses a line of addresses with options, which begin as those of
// proto.
func (p *Parser) bindLine(l *Line, use AddressUse, proto Bind) ([]*Bind, bool) {
	keyword := l.Words[0]
	if len(l.Words) < 2 {
		p.Alert(l.Pos, "'%s' expects {<path>|[addr1]:port1[-end1]}{,[addr]:port[-end]}... as arguments.", keyword)
		return nil, false
	}
	addresses, err := p.expandBind(l.Words[1], use)
	if err != nil {
		if p.sect&InAnyProxy == 0 {
			keyword += " " + clip(l.Words[1])
		}
		p.Alert(l.Pos, "'%s' : %s", keyword, err)
		return nil, false
	}
	proto.Pos, proto.Text = l.Pos, l.Words[1]
	intro := "'" + keyword + " " + clip(l.Words[1]) + "' in section '" + p.title + "'"
	if !p.bindOptions(l, l.Words[2:], intro, &proto) {
		return nil, false
	}
	if proto.ID != 0 {
		if len(addresses) > 1 {
			p.Alert(l.Pos, "%s : 'id' can only be used with a single socket", intro)
			return nil, false
		}
		if old, dup := p.bindIDs[proto.ID]; dup {
			p.Alert(l.Pos, "%s : 'id' : custom id %d already used at %s ('bind %s')", intro, proto.ID, old.pos, old.text)
			return nil, false
		}
		p.bindIDs[proto.ID] = bindID{l.Pos, clip(l.Words[1])}
	}
	if p.nbinds += len(addresses); p.nbinds > maxBinds {
		p.Alert(l.Pos, "'%s' : more than %d addresses in the configuration", keyword, maxBinds)
		return nil, false
	}
	proto.Level, proto.ExposeListeners, proto.SeverityOutput = "", false, ""
	var list []*Bind
	for _, a := range addresses {
		b := proto
		b.Address = a
		list = append(list, &b)
	}
	return list, true
}

// bindOptions parses the options of a line into b; intro begins the messages.
func (p *Parser) bindOptions(l *Line, words []string, intro string, b *Bind) bool {
	return eachOption(bindIndex, words, func(o *bindOption, args []string) bool {
		if o.parse == nil {
			p.Alert(l.Pos, "%s : '%s' is not built yet in this version of Sluice.", intro, o.name)
			return false
		}
		if o.stats {
			p.Warn(l.Pos, "%s : '%s' is ignored, it has no meaning outside of a 'stats socket'.", intro, o.name)
		}
		if err := o.parse(p, b, args); err != nil {
			p.Alert(l.Pos, "%s : %s", intro, o.explain(err))
			return false
		}
		return true
	}, func(word, hint string) {
		if hint != "" {
			hint = "; did you mean '" + hint + "' maybe ?"
		} else {
			hint = "."
		}
		p.Alert(l.Pos, "%s: unknown keyword '%s'%s", intro, clip(word), hint)
	})
}

// expandBind parses a comma list of addresses with port ranges.
func (p *Parser) expandBind(s string, use AddressUse) ([]Address, error) {
	var list []Address
	for s != "" {
		one, rest, _ := strings.Cut(s, ",")
		s = rest
		a, err := p.address(one, use)
		if err != nil {
			return nil, err
		}
		if len(list)+a.PortHigh-a.Port >= maxBinds {
			return nil, fmt.Errorf("more than %d addresses", maxBinds)
		}
		for port := a.Port; port <= a.PortHigh; port++ {
			b := a
			b.Port, b.PortHigh = port, port
			list = append(list, b)
		}
	}
	return list, nil
}
