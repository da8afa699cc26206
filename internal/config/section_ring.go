package config

import (
	"slices"
	"strings"
)

// Ring is a ring section (manual 12.5): a buffer that log lines and traces go to,
// and the servers that get what it holds.
type Ring struct {
	SectionHead
	Description string // "": the name
	Format      string // as of log targets; "" is raw
	MaxLen      int    // longest message, 0 when not set: 1024
	Size        int    // bytes, 0 when not set: one buffer
	BackingFile string
	Proxy       *Proxy // its servers, and "timeout connect" and "timeout server"
}

var ringRows = Table{
	{Name: "backing-file", In: InRing, Max: 1, Since: "2.7", Syntax: "backing-file <path>",
		Doc: "Keeps the ring in a file.", Parse: of(parseBackingFile)},
	{Name: "description", In: InRing, Max: -1, Since: "2.2", Syntax: "description <text>",
		Doc: "Sets a text that describes the ring.", Parse: of(func(p *Parser, l *Line, r *Ring) {
			if p.need(l, "missing ring description text.") {
				r.Description = strings.Join(l.Words[1:], " ")
			}
		})},
	{Name: "format", In: InRing, Max: 1, Since: "2.2", Syntax: "format <format>",
		Doc: "Sets the format of messages in the ring.", Parse: of(func(p *Parser, l *Line, r *Ring) {
			if !slices.Contains(logLineFormats, l.Arg(1)) {
				p.Alert(l.Pos, "unknown format '%s'.", clip(l.Arg(1)))
				return
			}
			r.Format = l.Words[1]
		})},
	{Name: "maxlen", In: InRing, Max: 1, Since: "2.2", Syntax: "maxlen <length>",
		Doc: "Limits the length of a message.", Parse: of(func(p *Parser, l *Line, r *Ring) {
			n, ok := parseInt(l.Arg(1), 1, maxInt)
			if !ok {
				p.Alert(l.Pos, "invalid size '%s' for new sink buffer.", clip(l.Arg(1)))
				return
			}
			r.MaxLen = n
		})},
	{Name: "server", In: InRing, Max: -1, Since: "2.2", Syntax: "server <name> <address> [param*]",
		Doc: "Adds a server that gets what the ring holds.", Parse: parseServer},
	{Name: "size", In: InRing, Max: 1, Since: "2.2", Syntax: "size <size>",
		Doc: "Sets the size of the ring.", Parse: of(parseRingSize)},
	{Name: "timeout", In: InRing, Max: -1, Group: true, Parse: func(p *Parser, l *Line) { p.timeoutName(l, "'connect' or 'server'") }},
	{Name: "timeout connect", In: InRing, Max: 1, Since: "2.2", Syntax: "timeout connect <timeout>",
		Doc: "Limits how long connecting to a server may take.", Parse: func(p *Parser, l *Line) { p.sectionTimeout(l, &p.proxy.Timeouts.Connect) }},
	{Name: "timeout server", In: InRing, Max: 1, Since: "2.2", Syntax: "timeout server <timeout>",
		Doc: "Limits how long a server may take nothing.", Parse: func(p *Parser, l *Line) { p.sectionTimeout(l, &p.proxy.Timeouts.Server) }},
}

func openRing(p *Parser, l *Line) {
	p.skipSection("ring")
	name := l.Arg(1)
	bad := badNameByte(name)
	switch {
	case p.discovery:
		return
	case name == "":
		p.Alert(l.Pos, "missing ring name.")
		return
	case bad >= 0:
		p.Alert(l.Pos, "invalid ring name '%s' (character '%s' is not permitted).", clip(name), clip(name[bad:bad+1]))
		return
	case len(l.Words) > 2:
		p.strayName(l)
	}
	if _, taken := p.taken(l, name); taken {
		p.Alert(l.Pos, "sink named '%s' already exists.", clip(name))
		return
	}
	p.enter(InRing, "ring", name)
	r := &Ring{SectionHead: SectionHead{l.Pos, name}, Proxy: newProxy(KindBackend, name, l.Pos)}
	p.other, p.proxy = r, r.Proxy
	p.clearProxyNames()
	p.spec.Rings = append(p.spec.Rings, r)
}

func parseBackingFile(p *Parser, l *Line, r *Ring) {
	switch {
	case len(l.Words) < 2:
		p.Alert(l.Pos, "cannot open backing-file '' for ring '%s': No such file or directory.", r.Name)
	case r.BackingFile != "":
		p.Alert(l.Pos, "'backing-file' already specified for ring '%s' (was '%s').", r.Name, clip(r.BackingFile))
	default:
		r.BackingFile = l.Words[1]
	}
}

func parseRingSize(p *Parser, l *Line, r *Ring) {
	n, rest := parseSize(l.Arg(1))
	switch {
	case rest != "" || n <= 0:
		p.Alert(l.Pos, "invalid size '%s' for new sink buffer.", clip(l.Arg(1)))
	case r.BackingFile != "":
		p.Alert(l.Pos, "cannot resize an already mapped file, please specify 'size' before 'backing-file'.")
	default:
		r.Size = int(n)
	}
}

// ringOverhead is what a ring keeps for itself: a message that is longer than the
// rest could never be stored.
const (
	defaultRingSize = 16384
	ringOverhead    = 197
)

func (r *Ring) check(c *checker) {
	size := r.Size
	if size == 0 {
		size = defaultRingSize
	}
	if most := size - ringOverhead; most > 0 && r.MaxLen > most {
		c.warn(r.Pos, "config : ring '%s' event max length '%d' exceeds max payload size, forced to '%d'.", r.Name, r.MaxLen, most)
	}
}

func (r *Ring) write(t *textWriter) {
	t.section("ring", r.Name)
	t.text("description", r.Description)
	t.text("format", r.Format)
	t.number("maxlen", r.MaxLen, 0)
	t.number("size", r.Size, 0)
	t.text("backing-file", r.BackingFile)
	t.delay("timeout connect", r.Proxy.Timeouts.Connect, 0)
	t.delay("timeout server", r.Proxy.Timeouts.Server, 0)
	t.servers(r.Proxy, newProxy(KindBackend, "", Pos{}))
}
