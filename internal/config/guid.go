package config

// maxGUID is the longest unique name (manual 4.2, "guid").
const maxGUID = 127

var guidRows = Table{
	{Name: "guid", In: InProxies, Max: 1, Syntax: "guid <string>", Since: "3.0", Doc: "Sets a name of the section that no other object has.", Parse: func(p *Parser, l *Line) {
		if l.Arg(1) == "" {
			p.Alert(l.Pos, "'guid' : expects an argument")
			return
		}
		if text := guidFault(l.Words[1]); text != "" {
			p.Alert(l.Pos, "'guid': %s", text)
			return
		}
		p.proxy.GUID, p.proxy.GUIDPos = l.Words[1], l.Pos
	}},
}

// guidFault says what is wrong with a unique name, "" when nothing is.
func guidFault(name string) string {
	for i := range len(name) {
		if ch := name[i]; !alnum(ch) && ch != '_' && ch != ':' && ch != '-' && ch != '.' {
			return sprintf("invalid character '%c'", ch)
		}
	}
	if len(name) > maxGUID {
		return "invalid length"
	}
	return ""
}

// claim takes a unique name for what, and returns what has it already.
func (c *checker) claim(name, what string) (fault string) {
	if old, dup := c.guids[name]; dup {
		return "duplicate entry with " + old
	}
	c.guids[name] = what
	return ""
}

// bindGUID checks the unique name that "guid-prefix" gives the listener.
func (c *checker) bindGUID(p *Proxy, b *Bind, index int) {
	if b.GUIDPrefix == "" {
		return
	}
	name := sprintf("%s-%d", b.GUIDPrefix, index)
	text := guidFault(b.GUIDPrefix)
	if text == "" {
		text = guidFault(name)
	}
	if text == "" {
		text = c.claim(name, sprintf("listener %s (%s)", p.Name, b.Pos))
	}
	if text != "" {
		c.alert(b.Pos, "[%s] : error on GUID generation : %s. You may fix it by adjusting guid-prefix.", b.Pos, text)
	}
}

// guidsOf checks the unique names of a proxy and of its servers.
func (c *checker) guidsOf(p *Proxy) {
	if p.GUID != "" {
		if text := c.claim(p.GUID, p.Kind.String()+" "+p.Name); text != "" {
			c.alert(p.GUIDPos, "parsing [%s] : 'guid': %s", p.GUIDPos, text)
		}
	}
	for _, s := range p.Servers {
		if s.GUID == "" {
			continue
		}
		if text := c.claim(s.GUID, "server "+p.Name+"/"+s.Name); text != "" {
			c.alert(s.Pos, "config : [%s] : 'server %s/%s' : 'guid': %s.", s.Pos, p.Name, s.Name, text)
		}
	}
}
