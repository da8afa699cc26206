package config

// binds checks what is known of bind lines only when all is read.
func (c *checker) binds(p *Proxy) {
	index := 0
	for i, b := range p.Binds {
		if i > 0 && p.Binds[i-1].Pos != b.Pos {
			index = 0
		}
		c.proto(p, b)
		c.guid(p, b, index)
		index++
	}
}

// proto checks that the protocol forced on connections fits the mode.
func (c *checker) proto(p *Proxy, b *Bind) {
	fits := map[string]Mode{"h1": ModeHTTP, "h2": ModeHTTP, "quic": ModeHTTP, "qmux": ModeHTTP, "none": ModeTCP}
	if m, ok := fits[b.Proto]; b.Proto != "" && (!ok || m != p.Mode) {
		c.alert(b.Pos, "%s : MUX protocol '%s' is not usable for 'bind %s' at [%s].", p.Title(), b.Proto, clip(b.Text), b.Pos)
	}
}

// maxGUID is the longest unique name (manual 4.2, "guid").
const maxGUID = 127

// guid checks the unique name that "guid-prefix" gives the listener.
func (c *checker) guid(p *Proxy, b *Bind, index int) {
	if b.GUIDPrefix == "" {
		return
	}
	fault := func(format string, args ...any) {
		c.alert(b.Pos, "[%s] : error on GUID generation : %s. You may fix it by adjusting guid-prefix.", b.Pos, sprintf(format, args...))
	}
	for i := range len(b.GUIDPrefix) {
		if ch := b.GUIDPrefix[i]; !alnum(ch) && ch != '_' && ch != ':' && ch != '-' && ch != '.' {
			fault("invalid character '%c'", ch)
			return
		}
	}
	name := sprintf("%s-%d", b.GUIDPrefix, index)
	if len(name) > maxGUID {
		fault("invalid length")
		return
	}
	if old, dup := c.guids[name]; dup {
		fault("duplicate entry with %s", old)
		return
	}
	c.guids[name] = sprintf("listener %s (%s)", p.Name, b.Pos)
}

func alnum(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' }
